"""Every setting of an establishment, one row each: whoever reads, sets, shows, checks, copies or tells them asks here.

A further setting is one row here, over an attribute of the plan (`ledger.plan`) and its place in `Overrides`, which
`booking.mapping.booking_plan` joins. What is forgotten mypy names, or `tests/booking/test_settings_table.py`.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as N_

from booking.codes import CodeKind
from booking.kind_words import movement_words, payment_words, receipt_words, without_account
from booking.mapping import journal_or_default
from booking.means_settings import OF_KINDS, OF_MEANS
from booking.places import NO, YES, FamilyAccount, Flag, Row, Text
from booking.setting import Area, Group, Need, Setting, Source, of_till
from booking.slot_settings import SLOT_SETTINGS
from booking.subjects import Customers, Families, FormerSlots, Kinds, MeansOfPayment, Once, Situation, Slots
from ledger.kinds import MovementKind, PaymentKind, ReceiptKind
from ledger.plan import BookingPlan

ACCOUNT, JOURNAL, PARTY = CodeKind.GL_ACCOUNT, CodeKind.JOURNAL, CodeKind.THIRD_PARTY


def _read_journal(parameters: Mapping[str, Any], which: str) -> object:
    return (parameters.get("journals") or {}).get(which)


def _say_whose_journal(situation: Situation, which: str) -> Source:
    """What is no number is none of Exact's journals, and as good as left out."""
    return Source.TILL if journal_or_default(_read_journal(situation.sent, which), "") else Source.DEFAULT


CUSTOMER_ACCOUNT: Setting[None] = Setting(
    field="customer_account",
    code=ACCOUNT,
    label=N_("Customer account"),
    place=Text("customer_account"),
    in_force=lambda situation, _key: situation.plan.customer_account,
    below=of_till,
    sent=lambda parameters, _key: parameters.get("customer_account"),
    need=Need.EVERY_CLOSING,
)
COUNTER_CUSTOMER: Setting[None] = Setting(
    field="third_party",
    code=PARTY,
    label=N_("Third party"),
    place=Text("third_party"),
    in_force=lambda situation, _key: situation.plan.third_party,
    below=of_till,
    sent=lambda parameters, _key: parameters.get("third_party"),
    need=Need.EVERY_CLOSING,
)
PAYMENT_CONDITION: Setting[None] = Setting(
    field="payment_condition",
    code=CodeKind.PAYMENT_CONDITION,
    label=N_("Payment condition"),
    place=Text("payment_condition"),
    in_force=lambda situation, _key: situation.people.payment_condition,
    need=Need.EVERY_CLOSING,
)
COST_CENTER: Setting[None] = Setting(
    field="cost_center",
    code=CodeKind.COST_CENTER,
    label=N_("Cost centre"),
    place=Text("cost_center"),
    in_force=lambda situation, _key: situation.people.cost_center,
    need=Need.WHERE_USED,
    left_open=lambda _situation, _key: N_("no cost centre"),
)
SALES_ACCOUNT, VAT_CODE, VAT_ACCOUNT = (it.now() for it in SLOT_SETTINGS)
SALES_JOURNAL: Setting[None] = Setting(
    field="journals.sales",
    code=JOURNAL,
    label=N_("Sales journal"),
    place=Text("sales_journal"),
    in_force=lambda situation, _key: situation.plan.sales_journal,
    below=lambda situation, _key: _say_whose_journal(situation, "sales"),
    sent=lambda parameters, _key: _read_journal(parameters, "sales"),
    need=Need.EVERY_CLOSING,
)
RECEIPTS_JOURNAL: Setting[None] = Setting(
    field="journals.receipts",
    code=JOURNAL,
    label=N_("Receipts journal"),
    place=Text("receipts_journal"),
    in_force=lambda situation, _key: situation.plan.receipts_journal,
    below=lambda situation, _key: _say_whose_journal(situation, "receipts"),
    sent=lambda parameters, _key: _read_journal(parameters, "receipts"),
    need=Need.EVERY_CLOSING,
)
RECEIPT_ACCOUNT: Setting[ReceiptKind] = Setting(
    field="receipts.{}",
    code=ACCOUNT,
    label="{name}",
    place=Row(lambda people: people.receipt_accounts),
    in_force=lambda situation, kind: situation.plan.receipt_accounts.get(kind, ""),
    left_open=lambda _situation, kind: without_account(kind),
)
SHORTAGE: Setting[None] = Setting(
    field="shortage",
    code=ACCOUNT,
    label=N_("Cash shortage"),
    place=Text("shortage_account"),
    in_force=lambda situation, _key: situation.plan.shortage_account,
)
SURPLUS: Setting[None] = Setting(
    field="surplus",
    code=ACCOUNT,
    label=N_("Cash surplus"),
    place=Text("surplus_account"),
    in_force=lambda situation, _key: situation.plan.surplus_account,
)
SUSPENSE: Setting[None] = Setting(
    field="suspense",
    code=ACCOUNT,
    label=N_("Gap of a closing that does not balance"),
    place=Text("suspense_account"),
    in_force=lambda situation, _key: situation.plan.suspense_account,
    need=Need.WHERE_USED,
)
MOVEMENT_ACCOUNT: Setting[MovementKind] = Setting(
    field="movements.{}",
    code=ACCOUNT,
    label="{name}",
    place=Row(lambda people: people.movement_accounts),
    in_force=lambda situation, kind: situation.plan.movement_accounts.get(kind, ""),
)
DEDUCTIBLE_VAT: Setting[None] = Setting(
    field="deductible_vat",
    code=ACCOUNT,
    label=N_("Deductible VAT of what was bought"),
    place=Text("deductible_vat_account"),
    in_force=lambda situation, _key: situation.plan.deductible_vat_account,
)
BANKED: Setting[None] = Setting(
    field="banked",
    code=ACCOUNT,
    label=N_("Cash banked at closing"),
    place=Text("banked_account"),
    in_force=lambda situation, _key: situation.plan.banked_account or "",
    left_open=lambda _situation, _key: N_("not booked"),
)
FAMILY_ACCOUNT: Setting[tuple[int, str]] = Setting(
    field="family.{}",
    code=ACCOUNT,
    label=N_("VAT {slot}: family {family}"),
    place=FamilyAccount(),
    in_force=lambda situation, key: _find_account_of_family(situation.plan, *key),
    below=of_till,
    of_sales=True,
)
NAMED_CUSTOMER: Setting[str] = Setting(
    field="customers.{}",
    code=PARTY,
    label=N_("Customer {name} of the till"),
    place=Row(lambda people: people.named_customers),
    in_force=lambda situation, code: situation.plan.third_party_of(code),
    below=of_till,
    need=Need.WHERE_USED,
)
SEPARATE_REFUNDS: Setting[None] = Setting(
    field="separate_refunds",
    code=None,
    label=N_("Refunds on lines of their own"),
    place=Flag("separate_refunds"),
    in_force=lambda situation, _key: YES if situation.plan.separate_refunds else NO,
)
SEPARATE_FAMILIES: Setting[None] = Setting(
    field="separate_families",
    code=None,
    label=N_("One line for each family"),
    place=Flag("separate_families"),
    in_force=lambda situation, _key: YES if situation.plan.separate_families else NO,
)


def _find_account_of_family(plan: BookingPlan, slot: int, family: str) -> str:
    return plan.slots[slot].account_of(family) if slot in plan.slots else ""


# In the order in which people set them.
TABLE: tuple[Group[Any], ...] = (
    Group(
        area=Area.CUSTOMER,
        subjects=Once(),
        settings=(CUSTOMER_ACCOUNT, COUNTER_CUSTOMER, PAYMENT_CONDITION, COST_CENTER),
    ),
    Group(
        area=Area.VAT,
        subjects=Slots(),
        settings=(SALES_ACCOUNT, VAT_CODE, VAT_ACCOUNT),
        till_says_which=True,
    ),
    Group(area=Area.FORMER, subjects=FormerSlots(), settings=tuple(it.former() for it in SLOT_SETTINGS)),
    Group(area=Area.JOURNALS, subjects=Once(), settings=(SALES_JOURNAL, RECEIPTS_JOURNAL)),
    Group(area=Area.MEANS, subjects=MeansOfPayment(), settings=OF_MEANS),
    Group(
        area=Area.KINDS,
        subjects=Kinds(PaymentKind, lambda people: people.means_by_kind, payment_words),
        settings=OF_KINDS,
    ),
    Group(
        area=Area.RECEIPTS,
        subjects=Kinds(ReceiptKind, lambda people: people.receipt_accounts, receipt_words),
        settings=(RECEIPT_ACCOUNT,),
    ),
    Group(area=Area.DRAWER, subjects=Once(), settings=(SHORTAGE, SURPLUS, SUSPENSE)),
    Group(
        area=Area.DRAWER,
        subjects=Kinds(MovementKind, lambda people: people.movement_accounts, movement_words),
        settings=(MOVEMENT_ACCOUNT,),
    ),
    Group(area=Area.DRAWER, subjects=Once(), settings=(DEDUCTIBLE_VAT, BANKED)),
    Group(area=Area.FAMILIES, subjects=Families(), settings=(FAMILY_ACCOUNT,)),
    Group(area=Area.CUSTOMERS, subjects=Customers(), settings=(NAMED_CUSTOMER,)),
    Group(area=Area.LINES, subjects=Once(), settings=(SEPARATE_REFUNDS, SEPARATE_FAMILIES)),
)
ROWS = tuple((group, setting) for group in TABLE for setting in group.settings)


def find(field: str) -> tuple[Group[Any], Setting[Any], str]:
    """Return the row of a field, with its group and the subject's name in it. Raises `KeyError` for no setting's."""
    for group, setting in ROWS:
        if (name := setting.name_in(field)) is not None:
            return group, setting, name
    raise KeyError(field)
