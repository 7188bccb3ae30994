"""The cells of an XLSX file as texts, and what a spreadsheet has made of a text."""

import zipfile
from collections.abc import Iterator
from datetime import date, time, timedelta
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from tenants.unreadable import Unreadable

PACKED = b"PK\x03\x04"
OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
# Beyond these stands nothing that anybody typed, and blank rows and columns are given one by one.
ROWS_READ, COLUMNS_READ = 20_000, 60
MEGABYTE = 1_000_000
ERRORS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})

Cell = tuple[str, str]


def cells_of_xlsx(content: bytes, *, unpacked_max: int) -> Iterator[tuple[int, list[Cell]]]:
    """Each row of the sheet that was open: its number, its texts, each with what is wrong. Raises `Unreadable`."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > unpacked_max:
            words = _("Unpacked, the file is larger than {max} MB. Keep only the sheet and the rows that are needed.")
            raise Unreadable(words.format(max=unpacked_max // MEGABYTE))
        # Formulas are read beside their results: a result that was never worked out reads like an empty cell.
        written, shown = (_rows(content, results=results) for results in (False, True))
        yield from (
            (number, [_cell(formula, value) for formula, value in zip(formulas, values, strict=False)])
            for number, (formulas, values) in enumerate(zip(written, shown, strict=False), 1)
        )
    except Unreadable:
        raise
    except Exception:  # openpyxl raises what the broken part of the file made it raise
        raise Unreadable(_("This is not a spreadsheet we can read. Save it as .xlsx or .csv.")) from None


def _rows(content: bytes, *, results: bool) -> Iterator[tuple[Any, ...]]:
    from openpyxl import load_workbook  # as in `table_file`
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    sheet = load_workbook(BytesIO(content), read_only=True, data_only=results).active
    if isinstance(sheet, ReadOnlyWorksheet):
        sheet.reset_dimensions()  # what a file says of its own size may be wrong
        for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS_READ, values_only=True), 1):
            if number > ROWS_READ:
                words = _("The sheet goes on after row {max}. Delete the empty rows at its end, or split it.")
                raise Unreadable(words.format(max=ROWS_READ))
            yield row


def _cell(written: Any, value: Any) -> Cell:
    """The text of a cell. A SIRET is often kept as a number; all else that is no text was made of one."""
    if value is None and written is not None:
        return "", _("A formula without a result stands here. Replace it by its value.")
    if value is None:
        return "", ""
    if isinstance(value, str):
        return value, _("The spreadsheet shows an error here. Type the value.") if value in ERRORS else ""
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        return str(int(value)), ""
    if isinstance(value, date | time | timedelta):
        return str(value), _("The spreadsheet has made a date of it. Make the cell text, and type it anew.")
    return str(value), _("The spreadsheet has made a number of it. Make the cell text, and type it anew.")
