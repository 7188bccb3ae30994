"""Tables as files that spreadsheets open: CSV as French Excel reads it, or XLSX with one sheet a table."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ledger import texts

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE_MAX = 31
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
# A spreadsheet takes a cell that starts so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Value = str | int | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its title, the words above its columns, and its rows."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Value]]


def as_csv(tables: Iterable[Table]) -> bytes:
    """All tables below each other: UTF-8 with BOM, semicolons, decimal commas, day first.

    Of several each has its title above it; one alone begins with its columns, as spreadsheets sort and filter it.
    """
    tables = [*tables]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for table in tables:
        if len(tables) > 1:
            writer.writerow([table.title])
        writer.writerow(table.head)
        writer.writerows([_csv_cell(value) for value in row] for row in table.rows)
        if len(tables) > 1:
            writer.writerow([])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(tables: Iterable[Table]) -> bytes:
    """A sheet for each table, amounts as numbers of two places, dates as dates.

    Imported where it is used, openpyxl takes no part of every program's start: it was a sixteenth.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(NOT_IN_TITLES.sub(" ", table.title)[:TITLE_MAX])
        sheet.freeze_panes = "A2"
        head = [WriteOnlyCell(sheet, value=words) for words in table.head]
        for cell in head:
            cell.font = Font(bold=True)
        sheet.append(head)
        for row in table.rows:
            sheet.append([_write(WriteOnlyCell(sheet), value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _write(cell: Any, value: Value) -> Any:
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
    elif isinstance(value, str):
        value = texts.without_unusable(value)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    elif isinstance(value, Decimal):
        cell.number_format = "#,##0.00"
    elif isinstance(value, datetime):
        cell.number_format = "dd/mm/yyyy hh:mm"
    elif isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    return cell


# What a file is asked for by, and what it is sent as.
FILES = {"csv": (CSV_TYPE, as_csv), "xlsx": (XLSX_TYPE, as_xlsx)}
