"""An entry as it is posted: Exact's field names, GUIDs and signs, and what is left to Exact (rules.md §5 and §6)."""

from decimal import Decimal
from typing import Any

import pytest

from exact.api.resources import BANK, CASH, SALES
from exact.company.catalogue import NotInCatalogue
from exact.entries.payloads import body_of, codes_in, expected_amount, expected_vat, resource_of, resources_to_search
from exact.models import CatalogueItem
from ledger.entry import Entry, LineRole
from tests.exact.known import ACCOUNT, JOURNAL, PARTY, company, item, line, receipts, sale

REFERENCE = "Z1042-3F7KQ2M9XAQT-V70.01"
SALE_BODY = {
    "Journal": "70",
    "Customer": "third_party:0000002",
    "EntryDate": "2026-03-14",
    "YourRef": REFERENCE,
    "Description": "Z 1042",
    "PaymentCondition": "30",
    "SalesEntryLines": [
        {
            "GLAccount": "gl_account:707000",
            "AmountFC": 100.0,
            "VATCode": "VN",
            "VATAmountFC": 20.0,
            "Description": "Z 1042 Pain",
        }
    ],
}
RECEIPTS_LINES = [
    {
        "GLAccount": "gl_account:511500",
        "AmountFC": -120.0,
        "Date": "2026-03-14",
        "Description": f"{REFERENCE} Carte bancaire",
    },
    {
        "GLAccount": "gl_account:411000",
        "AmountFC": 150.0,
        "Date": "2026-03-14",
        "Description": f"{REFERENCE} Z 1042",
        "Account": "third_party:0000002",
    },
]


def body(entry: Entry, *others: CatalogueItem, **options: Any) -> dict[str, Any]:
    return body_of(entry, reference=REFERENCE, catalogue=company(*others), **{"payment_condition": "30", **options})


def test_sale__has_a_line_for_each_of_its_sales_and_leaves_the_rest_to_exact() -> None:
    assert body(sale()) == SALE_BODY


def test_receipts__in_cash_are_seen_from_the_drawer() -> None:
    """Received is positive, whatever the side; the drawer's own line is Exact's."""
    assert body(receipts()) == {"JournalCode": "30", "CashEntryLines": RECEIPTS_LINES}


@pytest.mark.parametrize("journal_type", [12, 16])
def test_receipts__of_a_bank_journal_are_a_bank_entry(journal_type: int) -> None:
    bank = item(JOURNAL, "30", Type=journal_type)
    assert body(receipts(), bank) == {"JournalCode": "30", "BankEntryLines": RECEIPTS_LINES}


@pytest.mark.parametrize(
    ("entry", "journal", "written_to", "searched"),
    [
        (sale(), item(JOURNAL, "70"), SALES, (SALES,)),
        (sale(journal="99"), item(JOURNAL, "70"), SALES, (SALES,)),
        (receipts(), item(JOURNAL, "30", Type=10), CASH, (CASH,)),
        (receipts(), item(JOURNAL, "30", Type=12), BANK, (BANK,)),
        (receipts(), item(JOURNAL, "30", Type=16), BANK, (BANK,)),
        # A journal that is gone could have been either.
        (receipts(journal="99"), item(JOURNAL, "30"), CASH, (CASH, BANK)),
    ],
)
def test_resource__by_the_kind_and_the_journal(
    entry: Entry, journal: CatalogueItem, written_to: str, searched: tuple[str, ...]
) -> None:
    catalogue = company(journal)
    assert resource_of(entry, catalogue) == written_to
    assert resources_to_search(entry, catalogue) == searched


@pytest.mark.parametrize(
    ("amount", "vat", "sent"),
    [
        ("-100.00", "-20.00", (100.0, 20.0)),
        ("100.00", "20.00", (-100.0, -20.0)),
        ("-0.01", "0.00", (0.01, 0.0)),
        ("-1234567.89", "-0.10", (1234567.89, 0.1)),
        ("-100.00", None, (100.0, 0.0)),
    ],
)
def test_amount__of_a_sale_is_its_credit(amount: str, vat: str | None, sent: tuple[float, float]) -> None:
    share = None if vat is None else Decimal(vat)
    owed = -Decimal(amount) - (share or 0)
    lines = [line(LineRole.SALES, "707000", amount, vat_code="VN", vat=share)]
    lines += [line(LineRole.VAT, "445711", vat)] if share else []
    lines.append(line(LineRole.CUSTOMER, "411000", str(owed), third_party="0000002"))
    (posted,) = body(sale(lines=tuple(lines)))["SalesEntryLines"]
    assert (posted["AmountFC"], posted["VATAmountFC"]) == sent


@pytest.mark.parametrize(
    ("demands", "set_here", "sent"),
    [(1, "BAR", {"CostCenter": "BAR"}), (1, "", {}), (0, "BAR", {}), (2, "BAR", {})],
)
def test_cost_center__goes_where_the_account_demands_one(demands: int, set_here: str, sent: dict[str, str]) -> None:
    demanding = item(ACCOUNT, "707000", UseCostcenter=demands), item(ACCOUNT, "511500", UseCostcenter=demands)
    (sold,) = body(sale(), *demanding, cost_center=set_here)["SalesEntryLines"]
    card, owed = body(receipts(), *demanding, cost_center=set_here)["CashEntryLines"]
    for posted in (sold, card):
        assert {name: value for name, value in posted.items() if name == "CostCenter"} == sent
    assert "CostCenter" not in owed


def test_payment_condition__is_left_out_when_there_is_none() -> None:
    without = {name: value for name, value in SALE_BODY.items() if name != "PaymentCondition"}
    assert body(sale(), payment_condition="") == without


@pytest.mark.parametrize(
    ("label", "line_label", "description"),
    [
        ("Z 1042", "Pain", "Z 1042 Pain"),
        ("Z 1042", "", "Z 1042"),
        ("Z" * 80, "Pain", "Z" * 60),
        ("Z 1042", "P" * 80, f"Z 1042 {'P' * 53}"),
    ],
)
def test_description__has_what_exact_takes(label: str, line_label: str, description: str) -> None:
    lines = (
        line(LineRole.SALES, "707000", "-10.00", label=line_label, vat_code="VN"),
        line(LineRole.CUSTOMER, "411000", "10.00", third_party="0000002"),
    )
    (posted,) = body(sale(label=label, lines=lines))["SalesEntryLines"]
    assert posted["Description"] == description


def test_description__of_receipts_keeps_the_whole_reference_before_a_long_word() -> None:
    lines = (
        line(LineRole.JOURNAL, "530000", "10.00"),
        line(LineRole.MEANS, "511500", "-10.00", label="Chèque-vacances " * 5),
    )
    (posted,) = body(receipts(lines=lines))["CashEntryLines"]
    assert posted["Description"].startswith(f"{REFERENCE} Chèque-vacances")
    assert len(posted["Description"]) == 60


@pytest.mark.parametrize(
    ("entry", "gone"),
    [
        (sale(third_party="9"), (PARTY, "9")),
        (sale(lines=(line(LineRole.SALES, "1", "-1.00"), line(LineRole.CUSTOMER, "411000", "1.00"))), (ACCOUNT, "1")),
        (
            receipts(lines=(line(LineRole.JOURNAL, "530000", "1.00"), line(LineRole.MEANS, "2", "-1.00"))),
            (ACCOUNT, "2"),
        ),
    ],
)
def test_code__that_has_gone_from_exact_is_named(entry: Entry, gone: tuple[str, str]) -> None:
    with pytest.raises(NotInCatalogue) as missing:
        body(entry)
    assert (missing.value.kind, missing.value.code) == gone


def test_codes__that_an_entry_names() -> None:
    assert codes_in(sale()) == {"411000", "0000002", "707000", "VN", "445711", "70"}
    assert codes_in(receipts()) == {"530000", "511500", "411000", "0000002", "30"}


def test_sums__that_exact_must_show_are_of_the_lines_it_writes_itself() -> None:
    assert (expected_amount(sale()), expected_vat(sale())) == (Decimal("120.00"), Decimal("20.00"))
    assert (expected_amount(receipts()), expected_vat(receipts())) == (Decimal("30.00"), Decimal("0.00"))
