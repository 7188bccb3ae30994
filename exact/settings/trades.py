"""Settings to start from, by trade: the usual French accounts, as the company's own chart has them.

Sources: the French chart of accounts (PCG): 706 services, 707 goods; the accounts of money taken stand with their kinds
(`ledger.kinds`). CGI: meals taken on the spot at 10 %, alcohol at 20 %, food that keeps at 5.5 %, the press at 2.1 %.
What a tobacconist sells for others (tobacco, games, stamps) is not its turnover: no trade sets an account for slots at
0 %.
"""

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.means_settings import KIND_ACCOUNT
from booking.models import Mapping
from booking.settings_table import MOVEMENT_ACCOUNT, RECEIPT_ACCOUNT, SALES_ACCOUNT, SHORTAGE, SURPLUS, VAT_CODE
from exact.company.catalogue import Catalogue, percentage
from exact.company.facts import REVENUE
from exact.company.plan import plan_in
from exact.models import CatalogueItem, CatalogueKind, Division
from exact.settings.fixes import vat_code_fix
from ledger.kinds import MovementKind, PaymentKind, ReceiptKind, full_number
from ledger.plan import SHORTAGE as SHORTAGE_NUMBER
from ledger.plan import SURPLUS as SURPLUS_NUMBER

NORMAL, MIDDLE, REDUCED, SMALLEST = Decimal("20.00"), Decimal("10.00"), Decimal("5.50"), Decimal("2.10")
SERVICES, GOODS = "706", "707"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """Which kinds of account a trade has: of sales by VAT rate, by the beginning of their numbers.

    Of means of payment and of other receipts it has the usual ones of every kind but those it goes `without`.
    """

    name: str | Promise
    sales: ReadOnly[Decimal, str]
    without: frozenset[PaymentKind | ReceiptKind] = frozenset()


TRADES: dict[str, Trade] = {
    "restaurant": Trade(
        name=_("Restaurant"),
        sales={NORMAL: SERVICES, MIDDLE: SERVICES, REDUCED: GOODS, SMALLEST: GOODS},
    ),
    "bakery": Trade(
        name=_("Bakery"),
        sales={NORMAL: GOODS, MIDDLE: GOODS, REDUCED: GOODS, SMALLEST: GOODS},
        without=frozenset({ReceiptKind.TIP}),
    ),
    "bar_tabac": Trade(
        name=_("Bar with tobacco counter"),
        sales={NORMAL: SERVICES, MIDDLE: SERVICES, REDUCED: GOODS, SMALLEST: GOODS},
        without=frozenset({PaymentKind.PLATFORM}),
    ),
    "shop": Trade(
        name=_("Shop"),
        sales={NORMAL: GOODS, MIDDLE: GOODS, REDUCED: GOODS, SMALLEST: GOODS},
        without=frozenset({PaymentKind.MEAL_VOUCHER, PaymentKind.PLATFORM, ReceiptKind.TIP}),
    ),
}


def proposed_by(
    trade: Trade, mapping: Mapping, division: Division | None, catalogue: Catalogue | None
) -> dict[str, str]:
    """What a trade would set, by field; only what the company's chart can hold, when it is known."""
    return dict(_Proposing(mapping, division, catalogue).by(trade))


class _Proposing:
    def __init__(self, mapping: Mapping, division: Division | None, catalogue: Catalogue | None) -> None:
        self.plan = plan_in(division, mapping)
        self.catalogue = catalogue
        chart = catalogue.of_kind(CatalogueKind.GL_ACCOUNT) if catalogue else []
        self.open = [item for item in chart if not item.facts["IsBlocked"]]

    def by(self, trade: Trade) -> Iterator[tuple[str, str]]:
        yield from self._slots(trade)
        for field, number in self._list_usual(trade):
            if number and (account := self._account(number)):
                yield field, account

    def _list_usual(self, trade: Trade) -> Iterator[tuple[str, str]]:
        """Each setting of money taken, with the number of the account usual in France."""
        for payment in PaymentKind:
            if payment not in trade.without:
                yield KIND_ACCOUNT.field_of(payment.value), payment.usual.number
        for receipt in ReceiptKind:
            if receipt not in trade.without:
                yield RECEIPT_ACCOUNT.field_of(receipt.value), receipt.usual.number
        for movement in MovementKind:
            yield MOVEMENT_ACCOUNT.field_of(movement.value), movement.usual.number
        yield SHORTAGE.field, SHORTAGE_NUMBER
        yield SURPLUS.field, SURPLUS_NUMBER

    def _slots(self, trade: Trade) -> Iterator[tuple[str, str]]:
        for index, slot in enumerate(self.plan.slots.values()):
            if not slot.is_used:
                continue
            if (root := trade.sales.get(slot.rate)) and (account := self._sales_account(root, slot.rate)):
                yield SALES_ACCOUNT.field_of(str(index)), account
            field = VAT_CODE.field_of(str(index))
            if not slot.vat_code and self.catalogue and (fix := vat_code_fix(self.catalogue, field, "", slot.rate)):
                yield field, fix.value

    def _account(self, root: str) -> str:
        """The open account of that number, however long the company writes it: 5115, 511500. "" when there is none.

        A longer beginning would not do: 511200 is for cheques, whatever 511 is for.
        """
        if self.catalogue is None:
            return full_number(root)
        return next(
            (it.code for it in self.open if it.code.startswith(root) and not it.code[len(root) :].strip("0")), ""
        )

    def _sales_account(self, root: str, rate: Decimal) -> str:
        """The revenue account of that rate, by the VAT code Exact has on it; else the one for any rate."""
        if self.catalogue is None:
            return full_number(root)
        fitting = [it for it in self.open if it.code.startswith(root) and it.facts["Type"] == REVENUE]
        of_rate = [item.code for item in fitting if self._rate_of(item) == rate]
        plain = [item.code for item in fitting if self._rate_of(item) is None]
        return min(of_rate, default="") or min(plain, default="")

    def _rate_of(self, account: CatalogueItem) -> Decimal | None:
        code = str(account.facts.get("VATCode") or "").strip()
        item = self.catalogue.get(CatalogueKind.VAT_CODE, code) if self.catalogue and code else None
        return percentage(item) if item else None
