"""How the lines of an entry are cut, named and ordered, beyond the accounts they move."""

from datetime import date
from decimal import Decimal

import pytest

from ledger.book import book, walk_in_balance
from ledger.closing import Closing
from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.plan import BookingPlan, MeansPlan, SlotPlan
from tests.ledger.given import (
    LABEL,
    PLAN,
    WALK_IN,
    booked,
    closing,
    codes,
    move,
    pay,
    plan,
    plan_with_families,
    plan_with_means,
    refund,
    sale,
    took,
)


def sales_of(given: Closing, by: BookingPlan = PLAN) -> Entry:
    """Return the sales entry, booked as paid in cash."""
    (entry,) = [entry for entry in booked(given, by) if entry.kind is EntryKind.SALES]
    return entry


def receipts_of(given: Closing, by: BookingPlan = PLAN) -> Entry:
    (entry,) = [entry for entry in booked(given, by) if entry.kind is EntryKind.RECEIPTS]
    return entry


def cut(entry: Entry, role: LineRole) -> list[tuple[str, str, str]]:
    """Return account, label and amount of each line of a role."""
    return [(line.account, line.label, str(line.amount)) for line in entry.lines if line.role is role]


def paid(*sales: dict[str, object]) -> Closing:
    gross = sum(Decimal(str(it["gross"])) for it in sales)
    return closing(sales=list(sales), payments=[pay("ESP", str(gross))])


def test_book__entries_carry_label_journal_date_and_walk_in() -> None:
    given = closing(
        business_date="2026-03-13",
        closed_at="2026-03-14T00:40:00+01:00",
        sales=[sale(2, "100.00", "10.00")],
        payments=[pay("ESP", "110.00")],
    )
    heads = [(it.kind, it.journal, it.date, it.label, it.third_party) for it in booked(given)]
    assert heads == [
        (EntryKind.SALES, "70", date(2026, 3, 13), LABEL, "0000002"),
        (EntryKind.RECEIPTS, "30", date(2026, 3, 13), LABEL, "0000002"),
    ]


def test_book__sales_line_carries_its_vat() -> None:
    assert sales_of(paid(sale(2, "100.00", "10.00", family="CUISINE"))).lines == (
        Line(account="411000", third_party="0000002", amount=Decimal("110.00"), role=LineRole.CUSTOMER),
        Line(
            account="706010",
            amount=Decimal("-100.00"),
            role=LineRole.SALES,
            label="CUISINE",
            vat_code="VR",
            vat_slot=2,
            vat_rate=Decimal("10.00"),
            vat=Decimal("-10.00"),
        ),
        Line(
            account="445710",
            amount=Decimal("-10.00"),
            role=LineRole.VAT,
            vat_code="VR",
            vat_slot=2,
            vat_rate=Decimal("10.00"),
        ),
    )


def test_book__means_lines_carry_code_and_label() -> None:
    given = closing(sales=[sale(2, "100.00", "10.00")], payments=[pay("ESP", "40.00"), pay("CB", "70.00")])
    assert receipts_of(given).lines == (
        Line(
            account="411000",
            third_party="0000002",
            amount=Decimal("-70.00"),
            role=LineRole.CUSTOMER,
            label="Carte bancaire",
            means="CB",
        ),
        Line(
            account="511500",
            amount=Decimal("70.00"),
            role=LineRole.MEANS,
            label="Carte bancaire",
            means="CB",
        ),
        Line(
            account="411000",
            third_party="0000002",
            amount=Decimal("-40.00"),
            role=LineRole.CUSTOMER,
            label="Espèces",
            means="ESP",
        ),
        Line(account="530000", amount=Decimal("40.00"), role=LineRole.JOURNAL),
    )


def test_book__refunds_stand_on_lines_of_their_own() -> None:
    entry = sales_of(paid(refund(1, "-50.00", "-10.00"), sale(1, "200.00", "40.00")))
    assert cut(entry, LineRole.SALES) == [("707020", "", "-200.00"), ("707020", "", "50.00")]
    assert cut(entry, LineRole.VAT) == [("445720", "", "-40.00"), ("445720", "", "10.00")]


def test_book__refunds_are_netted_where_the_plan_says_so() -> None:
    given = paid(sale(1, "200.00", "40.00"), refund(1, "-50.00", "-10.00"))
    entry = sales_of(given, plan(separate_refunds=False))
    assert cut(entry, LineRole.SALES) == [("707020", "", "-150.00")]
    assert cut(entry, LineRole.VAT) == [("445720", "", "-30.00")]


FAMILIES = (
    sale(2, "60.00", "6.00", family="CUISINE"),
    sale(2, "40.00", "4.00", family="DESSERT"),
    sale(2, "-10.00", "-1.00", family="REMISE"),
)


def test_book__families_of_one_account_share_a_line() -> None:
    entry = sales_of(paid(*FAMILIES), plan_with_families(2, {"REMISE": "709000"}))
    assert cut(entry, LineRole.SALES) == [("706010", "", "-100.00"), ("709000", "REMISE", "10.00")]
    assert cut(entry, LineRole.VAT) == [("445710", "", "-9.00")]


def test_book__families_apart_where_the_plan_says_so() -> None:
    entry = sales_of(paid(*FAMILIES), plan(separate_families=True))
    assert cut(entry, LineRole.SALES) == [
        ("706010", "CUISINE", "-60.00"),
        ("706010", "DESSERT", "-40.00"),
        ("706010", "REMISE", "10.00"),
    ]
    assert cut(entry, LineRole.VAT) == [("445710", "", "-9.00")]


def test_book__sales_and_refunds_that_cancel_out_leave_no_customer_line() -> None:
    given = closing(sales=[sale(2, "100.00", "10.00"), refund(1, "-91.67", "-18.33")])
    (entry,) = booked(given)
    assert cut(entry, LineRole.CUSTOMER) == []
    assert entry.third_party == "0000002"


def vat_carried(entry: Entry) -> list[tuple[str, str]]:
    return [(str(line.amount), str(line.vat)) for line in entry.lines if line.role is LineRole.SALES]


def test_book__vat_of_a_family_without_net_is_carried_by_the_largest_line_of_its_slot() -> None:
    entry = sales_of(
        paid(
            sale(2, "60.00", "6.00", family="BAR"),
            sale(2, "80.00", "8.00", family="CUISINE"),
            sale(2, "0.00", "0.02", family="SAUCE"),
            refund(2, "-90.00", "-9.00"),
            sale(1, "500.00", "100.00"),
        ),
        plan(separate_families=True),
    )
    assert vat_carried(entry) == [
        ("-500.00", "-100.00"),
        ("-60.00", "-6.00"),
        ("-80.00", "-8.02"),
        ("90.00", "9.00"),
    ]
    assert cut(entry, LineRole.VAT) == [
        ("445720", "", "-100.00"),
        ("445710", "", "-14.02"),
        ("445710", "", "9.00"),
    ]


def test_book__vat_of_a_family_without_net_is_carried_by_a_large_discount() -> None:
    entry = sales_of(
        paid(
            sale(2, "60.00", "6.00", family="BAR"),
            sale(2, "-90.00", "-9.00", family="REMISE"),
            sale(2, "0.00", "0.02", family="SAUCE"),
        ),
        plan(separate_families=True),
    )
    assert vat_carried(entry) == [("-60.00", "-6.00"), ("90.00", "8.98")]


def test_book__vat_of_sales_without_net_is_carried_by_the_refunds_of_the_slot() -> None:
    entry = sales_of(paid(sale(2, "0.00", "0.02"), refund(2, "-90.00", "-9.00")))
    assert vat_carried(entry) == [("90.00", "8.98")]
    assert cut(entry, LineRole.VAT) == [("445710", "", "-0.02"), ("445710", "", "9.00")]


def test_book__vat_of_a_slot_without_net_stands_alone_and_is_told() -> None:
    booking = book(paid(sale(2, "0.00", "0.01"), sale(1, "5.00", "1.00")), PLAN, label=LABEL)
    entry = booking.entries[0]
    assert vat_carried(entry) == [("-5.00", "-1.00")]
    assert cut(entry, LineRole.VAT) == [("445720", "", "-1.00"), ("445710", "", "-0.01")]
    (problem,) = booking.problems
    assert (problem.code, problem.blocking) == ("vat_without_net", False)
    assert problem.facts == {"slot": "2", "rate": "10.00", "tax": "0.01"}


def test_book__an_offered_item_is_taken_from_its_own_family_and_side() -> None:
    given = closing(
        sales=[
            sale(2, "100.00", "10.00", family="CUISINE"),
            sale(2, "50.00", "5.00", family="BAR"),
            refund(2, "-20.00", "-2.00"),
        ],
        payments=[
            pay("ESP", "132.00"),
            pay("OFFERT", "11.00", sales=[sale(2, "10.00", "1.00", family="BAR")]),
        ],
    )
    assert cut(sales_of(given, plan(separate_families=True)), LineRole.SALES) == [
        ("706010", "BAR", "-40.00"),
        ("706010", "CUISINE", "-100.00"),
        ("706010", "", "20.00"),
    ]


def test_book__an_offered_item_without_family_does_not_rename_the_line() -> None:
    given = closing(
        sales=[sale(2, "100.00", "10.00", family="CUISINE")],
        payments=[pay("ESP", "99.00"), pay("OFFERT", "11.00", sales=[sale(2, "10.00", "1.00")])],
    )
    assert cut(sales_of(given), LineRole.SALES) == [("706010", "CUISINE", "-90.00")]


def test_book__offered_beside_other_offered_without_vat() -> None:
    given = closing(
        sales=[sale(2, "20.00", "2.00")],
        payments=[pay("OFFERT", "11.00", sales=[sale(2, "10.00", "1.00")]), pay("OFFERT", "11.00")],
    )
    entry = receipts_of(given, plan_with_means({"OFFERT": MeansPlan(account="623400")}))
    assert cut(entry, LineRole.MEANS) == [("623400", "Offert", "11.00")]


def test_book__payments_by_one_means_are_one_line() -> None:
    given = closing(
        sales=[sale(5, "50.00", "0.00")],
        payments=[pay("CB", "30.00"), pay("CB", "25.00"), pay("CB", "-5.00"), pay("CHQ", "0.00")],
    )
    assert cut(receipts_of(given), LineRole.MEANS) == [("511500", "Carte bancaire", "50.00")]


def test_book__a_means_that_comes_to_nothing_needs_no_account() -> None:
    given = closing(payments=[pay("DIVERS", "10.00"), pay("DIVERS", "-10.00")])
    assert booked(given) == ()


def test_book__customers_on_account_stand_apart() -> None:
    given = closing(
        sales=[sale(5, "50.00", "0.00")],
        payments=[pay("COMPTE", "20.00", account="DURAND"), pay("COMPTE", "30.00", account="DUPONT")],
    )
    lines = [it for it in receipts_of(given).lines if it.role is LineRole.MEANS]
    assert [(it.third_party, str(it.amount)) for it in lines] == [("0000117", "30.00"), ("DURAND", "20.00")]


def test_book__tips_of_two_labels_stand_apart() -> None:
    given = closing(
        other_receipts=[
            took("tip", "5.00", label="Salle"),
            took("tip", "3.00", label="Bar"),
            took("tip", "2.00", label="Salle"),
        ],
        payments=[pay("ESP", "10.00")],
    )
    entry = receipts_of(given)
    assert cut(entry, LineRole.RECEIPT) == [("426100", "Bar", "-3.00"), ("426100", "Salle", "-7.00")]
    assert cut(entry, LineRole.CUSTOMER) == [
        ("411000", "Espèces", "-10.00"),
        ("411000", "Bar", "3.00"),
        ("411000", "Salle", "7.00"),
    ]


def test_book__entries_come_in_the_order_of_their_journals() -> None:
    given = closing(sales=[sale(5, "50.00", "0.00")], payments=[pay("CB", "20.00"), pay("ESP", "30.00")])
    by = plan_with_means({"CB": MeansPlan(journal="31")}, journal_accounts={"30": "530000", "31": "512000"})
    assert [entry.journal for entry in booked(given, by)] == ["70", "30", "31"]


def test_book__a_tip_has_no_third_party() -> None:
    given = closing(other_receipts=[took("tip", "5.00", account="DUPONT")], payments=[pay("ESP", "5.00")])
    (tip,) = [line for line in receipts_of(given).lines if line.role is LineRole.RECEIPT]
    assert tip.third_party == ""


def test_book__rounding_on_an_account_of_its_own() -> None:
    given = closing(other_receipts=[took("rounding", "-0.02")], payments=[pay("ESP", "-0.02")])
    entry = receipts_of(given, plan(receipt_accounts={"rounding": "758100"}))
    assert cut(entry, LineRole.RECEIPT) == [("758100", "", "0.02")]


def test_book__movements_keep_their_labels() -> None:
    movements = [move("expense", "-11.00", "Pain", tax="-0.57"), move("expense", "0.00")]
    given = closing(cash={"movements": movements})
    entry = receipts_of(given)
    assert cut(entry, LineRole.MOVEMENT) == [("607000", "Pain", "10.43"), ("445660", "Pain", "0.57")]
    assert cut(entry, LineRole.JOURNAL) == [("530000", "", "-11.00")]


def test_book__movements_come_in_the_same_order_whatever_the_tills() -> None:
    movements = [
        move("withdrawal", "-40.00"),
        move("expense", "-2.00", "Sel"),
        move("expense", "-11.00", "Pain"),
    ]
    entry = receipts_of(closing(cash={"movements": movements}))
    assert cut(entry, LineRole.MOVEMENT) == [
        ("607000", "Pain", "11.00"),
        ("607000", "Sel", "2.00"),
        ("108000", "", "40.00"),
    ]
    assert receipts_of(closing(cash={"movements": movements[::-1]})) == entry


def test_book__difference_has_a_role_of_its_own() -> None:
    entry = receipts_of(closing(cash={"expected": "10.00", "counted": "8.00"}))
    assert cut(entry, LineRole.DIFFERENCE) == [("658000", "", "2.00")]


def test_book__training_is_not_even_checked() -> None:
    given = closing(training=True, sales=[sale(2, "100.00", "10.00")], payments=[pay("DIVERS", "1.00")])
    assert booked(given) == ()


def test_book__zero_lines_on_unknown_slots_are_nothing() -> None:
    zero = {**sale(1, "0.00", "0.00"), "vat": 9}
    assert booked(closing(sales=[zero], payments=[pay("DIVERS", "0.00")])) == ()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (
            closing(
                sales=[{**sale(2, "100.00", "10.00"), "gross": "110.01"}],
                payments=[pay("ESP", "110.01")],
            ),
            "sale_total",
        ),
        (closing(sales=[sale(2, "100.00", "10.00")], payments=[pay("ESP", "1.00")]), "receipts_identity"),
        (
            closing(
                sales=[sale(2, "100.00", "10.00")],
                payments=[pay("OFFERT", "110.00", sales=[sale(2, "10.00", "1.00")])],
            ),
            "offered_vat",
        ),
        (closing(currency="CHF"), "currency"),
    ],
)
def test_book__refuses_a_closing_that_no_plan_can_book(given: Closing, code: str) -> None:
    booking = book(given, PLAN, label=LABEL)
    assert (booking.entries, codes(booking)) == ((), [code])


def test_walk_in_balance__counts_the_walk_in_only() -> None:
    given = closing(
        sales=[sale(5, "50.00", "0.00")],
        payments=[pay("COMPTE", "20.00", account="DUPONT"), pay("ESP", "30.00")],
    )
    sold, received = booked(given)
    account, third_party = WALK_IN
    assert walk_in_balance([sold], customer_account=account, third_party=third_party) == Decimal("50.00")
    assert walk_in_balance([received], customer_account=account, third_party=third_party) == Decimal("-50.00")
    assert walk_in_balance([received], customer_account=account, third_party="0000117") == Decimal("20.00")


def test_book__two_rates_of_one_slot_each_with_its_own_settings() -> None:
    then = SlotPlan(slot=2, rate=Decimal("5.50"), sales_account="706055", vat_code="VB", vat_account="445755")
    sold_then = {**refund(2, "-100.00", "-5.50"), "rate": "5.50"}
    given = closing(sales=[sale(2, "200.00", "20.00"), sold_then], payments=[pay("ESP", "114.50")])
    (sales, _receipts) = booked(given, plan(former_slots={(2, Decimal("5.50")): then}))
    assert [(it.account, it.amount, it.vat_code, it.vat_rate, it.vat) for it in sales.lines[1:]] == [
        ("706055", Decimal("100.00"), "VB", Decimal("5.50"), Decimal("5.50")),
        ("706010", Decimal("-200.00"), "VR", Decimal("10.00"), Decimal("-20.00")),
        ("445755", Decimal("5.50"), "VB", Decimal("5.50"), None),
        ("445710", Decimal("-20.00"), "VR", Decimal("10.00"), None),
    ]


def test_book__what_is_in_force_goes_before_what_was() -> None:
    before = SlotPlan(slot=2, rate=Decimal("10.00"), sales_account="706999", vat_code="VX", vat_account="445799")
    given = closing(sales=[sale(2, "200.00", "20.00")], payments=[pay("ESP", "220.00")])
    assert booked(given, plan(former_slots={(2, Decimal("10.00")): before})) == booked(given)
