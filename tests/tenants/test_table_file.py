"""Tables for spreadsheets: what others typed is no formula there, and breaks no file."""

import csv
import io

import pytest
from openpyxl import load_workbook

from tenants.table_file import Table, as_csv, as_xlsx

FORMULA = '=HYPERLINK("https://ailleurs.example";"Voir")'


def table(*cells: str) -> Table:
    return Table(title="Clients [a/b]", head=["Nom"] * len(cells), rows=[cells])


@pytest.mark.parametrize("text", [FORMULA, "+33 1 02 03 04 05", "-1+1", "@SUM(A1)", "\tcaché"])
def test_csv__takes_no_text_for_a_formula(text: str) -> None:
    _head, (cell,) = csv.reader(io.StringIO(as_csv([table(text)]).decode("utf-8-sig"), newline=""), delimiter=";")
    assert cell == f"'{text}"


def test_xlsx__takes_no_text_for_a_formula_and_leaves_out_what_no_sheet_holds() -> None:
    sheet = load_workbook(io.BytesIO(as_xlsx([table(FORMULA, "Chez\x07 Paul\x0b")]))).active
    _head, (formula, name) = sheet.iter_rows()
    assert (formula.data_type, formula.value) == ("s", FORMULA)
    assert name.value == "Chez Paul"
