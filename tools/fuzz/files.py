"""Customer files: rows of any text, saved in any encoding as CSV or XLSX, and bytes that were broken on their way."""

import csv
import io
from collections.abc import Iterator

from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError

from ledger import texts
from tenants.customer_file import HEADINGS, import_rows, read_file
from tenants.models import Reseller
from tenants.unreadable import Unreadable
from tools.fuzz.texts import anything

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850", "mac-roman", "utf-16-le", "utf-32", "cp1251")
NUMBERS = ("552100554", "552 100 554", "55210055400013", "5,52E+13", "٥٥٢١٠٠٥٥٤", "1", "")
COLUMNS = [names[0] for names in HEADINGS.values()]
cells = st.one_of(anything, st.sampled_from(NUMBERS), st.sampled_from(["Café", "Où", "a@b.fr", "ZINC01"]))
tables = st.lists(st.lists(cells, min_size=5, max_size=9), min_size=1, max_size=4)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The bytes of a file, whole or broken."""
    table = [draw(st.sampled_from([COLUMNS, COLUMNS, COLUMNS[::-1], [*COLUMNS, "client"]])), *draw(tables)]
    content = _xlsx(table) if draw(st.integers(0, 3)) == 0 else _csv(table, draw(st.sampled_from(ENCODINGS)))
    if content and draw(st.integers(0, 3)) == 0:
        place = draw(st.integers(0, len(content) - 1))
        content = draw(st.sampled_from([content[:place], content[:place] + b'\x00\xff"' + content[place:]]))
    return content


def broken_by_file(content: bytes, reseller: Reseller) -> Iterator[str]:
    """What does not hold of a file: it is read or refused in a sentence, and no text that cannot be kept goes in."""
    try:
        rows = read_file(content).rows
    except Unreadable as refused:
        if not str(refused):
            yield "a file refused without a word"
        return
    for row in rows:
        kept = not row.faults
        if kept and any(texts.unusable_in(text) is not None or "\ufffd" in text for text in row.values.values()):
            yield "a file whose texts nobody can keep"
    outcome = import_rows(rows, reseller, keep=False)
    if [row.number for row in outcome.rows] != sorted({row.number for row in rows}):
        yield "a file whose rows are numbered otherwise"


def _csv(table: list[list[str]], encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(table)
    return text.getvalue().encode(encoding, "replace")


def _xlsx(table: list[list[str]]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    for row in table:
        try:
            sheet.append([text.encode("utf-8", "replace").decode() for text in row])
        except IllegalCharacterError:
            sheet.append([text if text.isprintable() and text.isascii() else "é" for text in row])
    book.save(file)
    return file.getvalue()
