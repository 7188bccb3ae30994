"""A table from a file, CSV or XLSX, as rows of texts with their numbers in the file, and what is wrong with a cell.

Nothing is guessed: what a spreadsheet has made of a text (a date, a shortened number, other characters) is said.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from ledger import texts
from tenants.sheet_xlsx import OLD_EXCEL, PACKED, cells_of_xlsx
from tenants.unreadable import Unreadable

BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
DELIMITERS = ";,\t"
EXCEL_HINT = re.compile(r"sep=(.)", re.IGNORECASE).fullmatch
# Letters French names are written with, and those of its neighbours. Windows-1252 has others: they are what an older
# encoding (DOS, Macintosh) makes of an accent when it is taken for Windows-1252.
LETTERS = frozenset("ÀÁÂÃÄÇÈÉÊËÍÎÏÑÓÔÖÙÚÛÜŸŒÆàáâãäåæçèéêëíîïñóôöøùúûüÿœß")
SIGNS = frozenset("\u00a0€’–—«»°²³§")
# "Br–lerie", "O—": a dash that is none. "CRéME", "Hâtel" as "HÂtel", "Ë la une": capitals where nobody writes them.
UNLIKELY = re.compile(r"[^\W\d_][–—]|[A-ZÀ-ÖØ-Þ][à-öø-ÿ][A-ZÀ-ÖØ-Þ]|[a-zß-öø-ÿ][À-ÖØ-Þ]|\bË")
LOST = "\ufffd"
SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE).fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row that is not blank: its number as spreadsheets show it, its texts, and what is wrong, by column."""

    number: int
    cells: list[str]
    faults: dict[int, str] = field(default_factory=dict)


def read_sheet(content: bytes, *, unpacked_max: int, rows_max: int) -> list[SheetRow]:
    """The rows that are not blank, the headings first. What the file is, its bytes say and not its name.

    Reads no more than `rows_max` rows and the headings. Raises `Unreadable`.
    """
    if not content.strip():
        raise Unreadable(_("The file is empty. Choose another one."))
    if content.startswith(OLD_EXCEL):
        raise Unreadable(_("This is an old or protected Excel file. Save it as .xlsx, without a password."))
    if content.startswith(PACKED):
        found = cells_of_xlsx(content, unpacked_max=unpacked_max)
    else:
        found = ((number, [(text, "") for text in cells]) for number, cells in _records(_decode(content)))
    rows: list[SheetRow] = []
    for number, cells in found:
        told = [(_trim(text), fault or _fault_of(text)) for text, fault in cells]
        if any(text or fault for text, fault in told):
            faults = {at: fault for at, (_text, fault) in enumerate(told) if fault}
            rows.append(SheetRow(number=number, cells=[text for text, _fault in told], faults=faults))
        if len(rows) > rows_max + 1:
            raise Unreadable(_("The file has more than {max} rows. Split it.").format(max=rows_max))
    return rows


def _trim(text: str) -> str:
    """On one line, without blanks around it and twice within."""
    return " ".join(text.split(" ")).strip() if text.isascii() and text.isprintable() else " ".join(text.split())


def _fault_of(text: str) -> str:
    """What is wrong with a text, in a sentence; "" when it can be kept as it is."""
    if LOST in text or _is_twice_encoded(text):
        return _("Its characters were lost when the file was saved. Save it as “CSV UTF-8” or .xlsx.")
    if texts.unusable_in(text, lines=True) is not None:
        return _("It holds a character that nobody can read. Type it anew.")
    if text.startswith("="):
        return _("A formula stands here. Replace it by its value.")
    if SHORTENED(text.strip()):
        return _("The spreadsheet has shortened this number. Make the column text, and type it anew.")
    return ""


def _is_twice_encoded(text: str) -> bool:
    """ "CafÃ©": UTF-8 that was read as Windows-1252 and saved so."""
    if text.isascii():
        return False
    try:
        return text.encode("cp1252").decode() != text
    except UnicodeError:
        return False


def _decode(content: bytes) -> str:
    """The text of a CSV file: UTF-8, UTF-16 with its mark, or what Excel writes as "CSV" on a French Windows."""
    for mark, encoding in BOMS.items():
        if content.startswith(mark) and not content.startswith(codecs.BOM_UTF32_LE):
            return _decode_as(content, encoding)
    if b"\0" in content:
        raise _unknown_encoding(content[: content.index(b"\0")].count(b"\n") + 1)
    try:
        return content.decode()
    except UnicodeDecodeError:
        text = _decode_as(content, "cp1252")
    for number, line in enumerate(text.split("\n"), 1):
        odd = [it for it in line if not it.isascii() and it not in LETTERS and it not in SIGNS]
        if odd or UNLIKELY.search(line):
            raise _unknown_encoding(number)
    return text


def _decode_as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unknown_encoding(content[: error.start].count(b"\n") + 1) from None


def _unknown_encoding(row: int) -> Unreadable:
    words = _("The characters of row {row} cannot be read for sure. Save the file as “CSV UTF-8” or .xlsx.")
    return Unreadable(words.format(row=row))


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with its number, as a spreadsheet numbers its rows."""
    text = text.lstrip("\ufeff")
    first, _end, rest = text.partition("\n")
    hint = EXCEL_HINT(first.strip("\r"))
    before = 1 if hint else 0
    heading = next((line for line in (rest if hint else text).split("\n") if line.strip(" \r;,\t")), "")
    delimiter = hint[1] if hint else max(DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(rest if hint else text, newline=""), delimiter=delimiter, strict=True)
    number = before
    try:
        for number, record in enumerate(reader, before + 1):
            yield number, record
    except csv.Error:
        words = _("Row {row}: a quotation mark is wrong, or never closed. Mend it, or save the file as .xlsx.")
        raise Unreadable(words.format(row=number + 1)) from None
