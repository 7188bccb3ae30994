"""Master data that callers may write (rules 3.2, 3.7, 3.8)."""

from typing import Any

import pytest
from simulated_exact import Company, message

CREATABLE: list[tuple[str, dict[str, Any]]] = [
    ("financial/GLAccounts", {"Code": "706099", "Description": "Ventes", "Type": 110, "SearchCode": "V"}),
    ("financial/Journals", {"Code": "72", "Description": "Ventes 2", "Type": 20}),
    ("vat/VATCodes", {"Code": "T2", "Description": "TVA", "Type": "E"}),
    ("crm/Accounts", {"Code": "77", "Name": "Martin", "Status": "C", "City": "Lyon"}),
    ("cashflow/PaymentConditions", {"Code": "60", "Description": "60 jours", "PaymentDays": 60}),
    ("hrm/Costcenters", {"Code": "CUISINE", "Description": "Cuisine"}),
    ("hrm/Costunits", {"Code": "NUIT", "Description": "Nuit"}),
]
DELETABLE = [case for case in CREATABLE if case[0] != "cashflow/PaymentConditions"]


@pytest.mark.parametrize(("path", "body"), CREATABLE)
def test_create(exact: Company, path: str, body: dict[str, Any]) -> None:
    """What was posted comes back, the code padded where the resource pads."""
    row = exact.created(path, body)
    assert {name: str(row[name]).strip() for name in body} == {name: str(value) for name, value in body.items()}
    assert row["CreatorFullName"] == "Ada Test"


@pytest.mark.parametrize(("path", "body"), CREATABLE)
def test_create__without_prefer_only_the_id(exact: Company, path: str, body: dict[str, Any]) -> None:
    """Rules 3.2: without `Prefer` an account's POST answers its ID and little else."""
    row = exact.post(path, body).json()["d"]
    assert row["ID"]
    assert {name for name, value in row.items() if value is not None} == {"__metadata", "ID"}


@pytest.mark.parametrize(("path", "body"), CREATABLE)
def test_create__code_in_use(exact: Company, path: str, body: dict[str, Any]) -> None:
    exact.created(path, body)
    assert exact.refusal(path, body) == [f"Existe déjà - Code : {body['Code']}"]


@pytest.mark.parametrize(("path", "body"), CREATABLE)
def test_create__mandatory(exact: Company, path: str, body: dict[str, Any]) -> None:
    assert all(reason.startswith("Obligatoire : ") for reason in exact.refusal(path, {}))


@pytest.mark.parametrize(("path", "body"), DELETABLE)
def test_change_and_delete(exact: Company, path: str, body: dict[str, Any]) -> None:
    """Rules 3.3: 204 and nothing else; only what is given changes."""
    row = exact.created(path, body)
    key = f"{path}(guid'{row['ID']}')"
    name = "Name" if "Name" in body else "Description"
    answer = exact.call("PUT", key, json={name: "changed"})
    assert (answer.status_code, answer.content) == (204, b"")
    changed = exact.get(key).json()["d"]
    assert {field for field in row if row[field] != changed[field]} <= {name, "Modified"}
    assert changed[name] == "changed"
    assert exact.call("PUT", key, json={name: None}).status_code == 500
    assert exact.call("DELETE", key).status_code == 204
    assert exact.get(key).status_code == 404
    assert exact.call("PUT", key, json={name: "x"}).status_code == 404


def test_account__gets_the_next_code(exact: Company) -> None:
    assert exact.created("crm/Accounts", {"Name": "N"})["Code"] == "51".rjust(18)


def test_read_only_property_is_left_out(exact: Company) -> None:
    """Rules 3.7: silently."""
    body = {"Code": "2", "Description": "d", "CustomField": "x", "TypeDescription": "y"}
    row = exact.created("financial/GLAccounts", body)
    assert (row["CustomField"], row["TypeDescription"]) == (None, "General")


def test_account__status_makes_the_customer(exact: Company) -> None:
    """Rules 5: status C and active."""
    row = exact.created("crm/Accounts", {"Name": "N", "PaymentConditionSales": "00"})
    assert (row["Status"], row["IsSales"]) == ("A", False)
    sale = exact.sale(exact.line(), Customer=row["ID"])
    assert exact.refusal("salesentry/SalesEntries", sale) == ["Non valide : Client (Type)"]
    exact.call("PUT", f"crm/Accounts(guid'{row['ID']}')", json={"Status": "C"})
    exact.created("salesentry/SalesEntries", sale)


def test_flag_set_to_null_is_false(exact: Company) -> None:
    row = exact.created("financial/GLAccounts", {"Code": "1", "Description": "d", "IsBlocked": True})
    exact.call("PUT", f"financial/GLAccounts(guid'{row['ID']}')", json={"IsBlocked": None, "VATCode": None})
    assert exact.rows("financial/GLAccounts", filter="Code eq '1'", select="IsBlocked")[0]["IsBlocked"] is False


@pytest.mark.parametrize(
    ("path", "condition"),
    [
        ("financial/GLAccounts", "Code eq '706020'"),
        ("crm/Accounts", "trim(Code) eq '0000002'"),
        ("vat/VATCodes", "Code eq 'VN '"),
        ("financial/Journals", "Code eq '70'"),
    ],
)
def test_delete__in_use(exact: Company, path: str, condition: str) -> None:
    exact.created("salesentry/SalesEntries", exact.sale(exact.line("706020")))
    (row,) = exact.rows(path, filter=condition, select="ID")
    answer = exact.call("DELETE", f"{path}(guid'{row['ID']}')")
    assert (answer.status_code, message(answer)) == (500, "En cours d'utilisation : Code")


def test_joined_names(exact: Company) -> None:
    """What belongs to another row is shown with it."""
    journal = exact.rows("financial/Journals", filter="Code eq '30'")[0]
    assert (journal["GLAccountCode"], journal["GLAccountType"]) == ("530000", 10)
    account = exact.rows("financial/GLAccounts", filter="Code eq '706010'")[0]
    assert (account["VATCode"], account["VATDescription"], account["TypeDescription"]) == (
        "VR ",
        "TVA collectée 10 %",
        "Revenue",
    )
    customer = exact.rows("crm/Accounts", filter="Name eq 'DUPONT'")[0]
    assert (customer["PaymentConditionSales"], customer["PaymentConditionSalesDescription"]) == ("30", "30 jours")


def test_sync__shows_changed_accounts(exact: Company) -> None:
    """Rules 9: the timestamp grows with every change."""
    path = "sync/CRM/Accounts"
    last = exact.rows(path, select="Timestamp", filter="Timestamp gt 1")[-1]["Timestamp"]
    customer = exact.customer("0000010")
    exact.call("PUT", f"crm/Accounts(guid'{customer}')", json={"Name": "DUPONT fils"})
    (row,) = exact.rows(path, select="ID,Name", filter=f"Timestamp gt {last}")
    assert (row["ID"], row["Name"]) == (customer, "DUPONT fils")


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("FR83404833048", True),
        ("FR 83 404 833 048", True),
        ("FR84404833048", False),
        ("FRAB404833048", True),
        ("FR8340483304", False),
        ("BE0411905847", True),
        ("BE0411905848", False),
        ("NL004495445B01", True),
        ("NL004495446B01", False),
        ("DE123", True),
    ],
)
def test_account__check_digit_of_the_vat_number(exact: Company, number: str, is_right: bool) -> None:
    """Rules 4.3: a wrong one is refused, on POST and on PUT; countries without a rule here pass."""
    answer = exact.post("crm/Accounts", {"Name": "N", "VATNumber": number})
    customer = exact.customer("0000002")
    changed = exact.call("PUT", f"crm/Accounts(guid'{customer}')", json={"VATNumber": number})
    assert (answer.status_code, changed.status_code) == ((201, 204) if is_right else (500, 500))
    if not is_right:
        assert message(answer) == "Chiffre de contrôle non valide pour le numéro de TVA."
