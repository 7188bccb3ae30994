"""Customer files as spreadsheets, editors and other programs really save them: the true reason, at the true row."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from tenants.customer_file import read_file
from tenants.factories import StaffFactory
from tenants.models import Tenant, User
from tenants.unreadable import Unreadable
from tests.console.test_import import HEADINGS, ZINC, keep, look, there
from tools.fuzz.promises import unescaped

COLUMNS = HEADINGS.split(";")


def csv_of(*rows: str) -> str:
    return "\r\n".join([HEADINGS, *rows, ""])


def xlsx_of(*rows: tuple[Any, ...], headings: list[str] = COLUMNS) -> bytes:
    book = openpyxl.Workbook()
    for row in (headings, *rows):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, part: str, text: bytes) -> bytes:
    """The same file with another text in one of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, text if name == part else before.read(name))
    return file.getvalue()


def names(content: bytes) -> list[str]:
    return [row.values["customer"] for row in read_file(content).rows]


def faults(content: bytes) -> dict[int, str]:
    return {row.number: " ".join(row.faults) for row in read_file(content).rows if row.faults}


def why_not(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_file(content)
    return str(refused.value)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


ELAN = csv_of("Café L’Élan – Œuvre;;Hôtel;;;;Caisse")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text__is_the_same_in_every_encoding_that_is_read(encoding: str) -> None:
    assert names(ELAN.encode(encoding)) == ["Café L’Élan – Œuvre"]
    assert names(b"\xfe\xff" + ELAN.encode("utf-16-be")) == ["Café L’Élan – Œuvre"]


@pytest.mark.parametrize("encoding", ["cp850", "cp437", "mac-roman", "utf-16-le", "utf-16-be", "utf-32", "cp1251"])
@pytest.mark.parametrize("name", ["Café", "Hôtel", "Brûlerie", "À la une", "Le Français", "Crêpe d’été", "Noël", "Où"])
def test_other_encodings__are_refused_and_never_kept_wrong(encoding: str, name: str) -> None:
    content = csv_of(ZINC, f"{name};;Ici;;;;Caisse").encode(encoding, "ignore")
    try:
        read = names(content)[1]
    except Unreadable as refused:
        assert "CSV UTF-8" in str(refused)
    else:
        assert read == name.encode(encoding, "ignore").decode(encoding).strip()


@pytest.mark.parametrize(
    ("rows", "row", "words"),
    [
        (("", "", ";;;;;;", "Fournil;;;;;;Caisse"), 5, "etablissement"),
        (("Zinc;;Gare;;;;Caisse;more",), 2, "headings"),
        (("Zinc;;Gare;;;;Caisse;;;",), None, ""),
        (("CafÃ©;;Gare;;;;Caisse",), 2, "client\u00a0: Its characters were lost"),
        (("Caf\ufffd;;Gare;;;;Caisse",), 2, "client\u00a0: Its characters were lost"),
        (("Zinc;;Gare\x1b;;;;Caisse",), 2, "etablissement\u00a0: It holds a character"),
        (('=HYPERLINK("x");;Gare;;;;Caisse',), 2, "client\u00a0: A formula"),
        (("Zinc;;Gare;;5,5210055E+13;;Caisse",), 2, "siret\u00a0: The spreadsheet has shortened"),
        (("Zinc;52100554;Gare;;;;Caisse",), 2, "siren\u00a0: 52100554 has 8 digits instead of 9"),
        (("Zinc;552 100 554;Gare;;552.100.554.00013;;Caisse",), None, ""),
        (("Zinc;５５２１００５５４;Gare;;;;Caisse",), 2, "SIREN"),
        (("Zinc;;Gare;;٥٥٢١٠٠٥٥٤٠٠٠١٣;;Caisse",), 2, "SIRE"),
        (('Zinc;;"Gare\r\nSud";;;;Caisse', ";;Nord;;;;Caisse"), 3, "client"),
    ],
)
def test_fault__is_told_at_its_row_and_column(db: None, rows: tuple[str, ...], row: int | None, words: str) -> None:
    staff = StaffFactory(language="en")
    _client, shown = look(staff, content=csv_of(*rows).encode())
    wrong = {it.number: " ".join(it.errors) for it in shown.context["outcome"].rows if it.errors}
    assert [*wrong] == ([row] if row else [])
    assert words in "".join(wrong.values())
    assert there() == (0, 0, 0)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (date(2026, 3, 1), "client\u00a0: The spreadsheet has made a date"),
        (12.5, "client\u00a0: The spreadsheet has made a number"),
        (True, "client\u00a0: The spreadsheet has made a number"),
        ("=1+1", "client\u00a0: A formula without a result"),
        ("#REF!", "client\u00a0: The spreadsheet shows an error"),
    ],
)
def test_cell__that_a_spreadsheet_made_of_a_text_is_told(cell: Any, words: str) -> None:
    assert words in faults(xlsx_of((None,) * 7, (cell, None, "Gare", None, None, None, "Caisse")))[3]


def test_formula__is_read_by_its_result() -> None:
    content = xlsx_of(("=A1", None, "Gare", None, None, None, "Caisse"))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")
    shown = re.sub(rb"<f>A1</f><v ?/?>(</v>)?", b"<f>A1</f><v>552</v>", sheet)
    assert shown != sheet
    assert names(repacked(content, "xl/worksheets/sheet1.xml", shown)) == ["552"]


def test_number__that_lost_its_zeros_is_not_filled_up() -> None:
    row = ("Zinc", 1234567, "Gare", None, None, None, "Caisse")
    assert "1234567 has 7 digits instead of 9" in faults(xlsx_of(row))[2]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"", "empty"),
        (lambda: b" \r\n", "empty"),
        (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 99, "old or protected"),
        (lambda: b"PK\x03\x04" + b"x" * 99, "not a spreadsheet"),
        (lambda: xlsx_of(("a",))[:-200], "not a spreadsheet"),
        (lambda: repacked(xlsx_of(("a",)), "xl/worksheets/sheet1.xml", b"<x>" * 9), "not a spreadsheet"),
        (lambda: repacked(xlsx_of(("a",)), "xl/worksheets/sheet1.xml", b" " * 20_000_001), "larger than 20 MB"),
        (lambda: csv_of(*["Zinc;;Gare;;;;Caisse"] * 10_000).encode(), "more than 3000 rows"),
        (lambda: xlsx_of(*[("Zinc", None, "Gare")] * 10_000), "more than 3000 rows"),
        (lambda: csv_of('Zinc;;"Gare;;;;Caisse', "Fournil;;;;;;").encode(), "Row 2: a quotation mark"),
        (lambda: csv_of(f"Zinc;;{'x' * 200_000};;;;Caisse").encode(), "Row 2"),
        (lambda: csv_of("Zinc;;Gare;;;;Caisse", "Zinc\0;;Gare;;;;Caisse").encode(), "characters of row 3"),
        (lambda: csv_of("Zinc\x81;;Gare;;;;Caisse").encode("latin-1"), "characters of row 2"),
        (lambda: b"client;Raison sociale;etablissement\nA;B;C", "“client” and “Raison sociale”"),
        (lambda: b"nom;siren\nZinc;552100554", "missing: client, etablissement"),
    ],
)
def test_file__that_cannot_be_read_says_why(make: Callable[[], bytes], words: str) -> None:
    assert words in why_not(make())


def test_file__is_what_its_bytes_say_whatever_its_name(staff: User) -> None:
    keep(*look(staff, name="clients.csv", content=xlsx_of(("Zinc", None, "Gare", None, None, None, "Caisse"))))
    keep(*look(staff, name="clients.xlsx", content=csv_of("Fournil;;Marché;;;;Caisse").encode()))
    assert {*Tenant.objects.values_list("name", flat=True)} == {"Zinc", "Fournil"}


@pytest.mark.parametrize("text", ["sep=;\r\n" + csv_of("Zinc;;Gare;;;;C"), "\r\n;;\r\n" + csv_of("Zinc;;Gare;;;;C")])
def test_rows_before_the_headings__are_counted(text: str) -> None:
    [row] = read_file(text.encode()).rows
    assert row.number == text.count("\r\n")


def test_columns__that_are_not_read_are_said(staff: User) -> None:
    _client, shown = look(staff, content=b"client;etablissement;n\xc2\xb0 siren;<fuzz>\nZinc;Gare;552100554;x")
    assert shown.context["not_read"] == ["n° siren", "<fuzz>"]
    assert not [*unescaped(shown.content.decode())]


def test_rows_to_mend__come_first(staff: User) -> None:
    _client, shown = look(staff, ZINC, ";;Gare;;;;Caisse")
    assert [row.number for row in shown.context["outcome"].shown] == [3, 2]


@pytest.fixture
def staff(db: None) -> User:
    return StaffFactory()
