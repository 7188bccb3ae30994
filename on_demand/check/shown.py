"""A check as people read it: amounts, the reasons of each difference, and links to the pages that show them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exact.books.difference import VAT
from exports.console import links
from exports.models import ClosingState
from exports.words.money import euros
from ledger.files.bridge import Step
from ledger.money import ZERO
from on_demand.bridge_words import STEP_WORDS
from on_demand.check.cells import Agreement, Cell
from on_demand.check.detail import UNPLACED, Detail
from on_demand.check.overview import ShopSums, Stretch

AGREEMENT_WORDS = {
    Agreement.DIFFERS: gettext_lazy("differs"),
    Agreement.WAITS: gettext_lazy("not all of it yet"),
    Agreement.UNREAD: gettext_lazy("not compared"),
    Agreement.EXPLAINED: gettext_lazy("explained"),
    Agreement.AGREES: gettext_lazy("agrees"),
}
TAGS = {
    Agreement.DIFFERS: "is-danger",
    Agreement.WAITS: "is-warning",
    Agreement.EXPLAINED: "is-info",
    Agreement.AGREES: "is-good",
}
# The steps of the bridge that a person has to clear, or that clear with time; the others are right as they are.
TO_DO = {
    Step.HELD: ClosingState.HELD.value,
    Step.WAITING: ClosingState.WAITING.value,
    Step.MOVING: "moving",
    Step.REFUSED: ClosingState.FAILED.value,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One reason of a difference, or one thing to mend, with the page that shows it."""

    words: str
    amount: str
    address: str = ""
    alarming: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table. An amount that is not known is said in words, never as 0.00."""

    label: str
    under: str = ""
    address: str = ""
    cell: Cell
    read: bool
    unread_words: str = ""
    agreement: Agreement
    notes: tuple[Note, ...] = ()
    without_tills: bool = False
    nothing: bool = False  # no closing came, or none counts: there is nothing to compare

    @property
    def tills(self) -> str:
        """What the tills say, as people read amounts; "" of an account, which no till knows."""
        return "" if self.without_tills else euros(self.cell.tills)

    @property
    def entries(self) -> str:
        """What was posted, as people read amounts."""
        return euros(self.cell.entries)

    @property
    def exact(self) -> str:
        """What Exact holds, or in words why nobody has read it."""
        return euros(self.cell.exact) if self.read else self.unread_words

    @property
    def off(self) -> Decimal | None:
        """The difference between Exact and the tills, or the entries for an account; None when Exact was not read."""
        if not self.read:
            return None
        return self.cell.exact - (self.cell.entries if self.without_tills else self.cell.tills)

    @property
    def difference(self) -> str:
        """`off` as people read it; a dash where nothing was read."""
        return "–" if self.off is None else euros(self.off)

    @property
    def tag(self) -> str:
        """The console's class of the word beside the row, "" for a plain one."""
        return "" if self.nothing else TAGS.get(self.agreement, "")

    @property
    def words(self) -> str:
        """The verdict on the row, in the reader's language."""
        return _("nothing to compare") if self.nothing else str(AGREEMENT_WORDS[self.agreement])


def shop_row(sums: ShopSums, *, by_month: bool, address: str) -> Row:
    """A shop's row; by month, of one month of it."""
    month = date_format(sums.stretch.first, "F Y")
    return Row(
        label=f"{sums.shop} · {month}" if by_month else str(sums.shop),
        under=str(sums.shop.tenant),
        address=address,
        cell=sums.cell,
        read=sums.read,
        unread_words=_("never read") if sums.linked else _("not linked"),
        agreement=agreement_of(sums),
        notes=tuple(_notes(sums)),
        nothing=not sums.closings and sums.cell.empty,
    )


def agreement_of(sums: ShopSums) -> Agreement:
    """The verdict on a shop's turnover. A part that is not booked yet does not count as explained."""
    agreement = sums.cell.agreement(read=sums.read)
    waits = any(it.step in TO_DO for it in sums.steps)
    return Agreement.WAITS if waits and agreement in (Agreement.EXPLAINED, Agreement.AGREES) else agreement


def total_row(rows: Sequence[ShopSums], *, whole: bool) -> Row:
    """All shops together: of the question if `whole`, else of the page. Shops never read in Exact count as unread."""
    cell = Cell()
    for it in rows:
        cell.add(it.cell)
    agreements = [agreement_of(it) for it in rows if not it.cell.empty]
    order = [*Agreement]
    return Row(
        label=_("Together") if whole else _("Together on this page"),
        cell=cell,
        read=any(it.read for it in rows),
        unread_words=_("never read"),
        agreement=min(agreements, key=order.index, default=Agreement.AGREES),
        nothing=not any(it.closings for it in rows) and cell.empty,
    )


def _notes(sums: ShopSums) -> Iterator[Note]:
    for it in sums.steps:
        yield Note(
            words=str(STEP_WORDS[it.step]),
            amount=euros(it.amount),
            address=_find_closings(it.step, sums.shop.pk, sums.stretch),
            alarming=it.step is Step.OTHER,
        )
    if sums.read and sums.unread_entries:
        words = ngettext("{count} entry not read back yet", "{count} entries not read back yet", sums.unread_entries)
        yield Note(words=words.format(count=sums.unread_entries), amount=euros(-sums.cell.unread))
    if sums.read and sums.cell.accepted != ZERO:
        yield Note(
            words=_("Difference with Exact accepted"),
            amount=euros(sums.cell.accepted),
            address=links.findings(establishment=sums.shop.pk, settled="yes"),
        )
    if sums.read and sums.cell.otherwise != ZERO:
        yield Note(
            words=_("In Exact otherwise than posted"),
            amount=euros(sums.cell.otherwise),
            address=links.findings(establishment=sums.shop.pk),
            alarming=True,
        )


def _find_closings(step: Step, shop: int, stretch: Stretch) -> str:
    if step not in TO_DO:
        return ""
    return links.closings(state=TO_DO[step], day=stretch.first, to=stretch.last, establishment=shop)


def read_words(moment: datetime | None) -> str:
    """When Exact was read."""
    if moment is None:
        return _("Exact was never read for these establishments.")
    at = date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
    return _("Exact as it was read on {at}.").format(at=at)


def rate_rows(detail: Detail, *, read: bool) -> list[Row]:
    """Net and VAT of each rate, the highest first, and their sum."""
    rows, whole = [], Cell()
    for rate in sorted(detail.rates, key=lambda it: -1 if it is None else it, reverse=True):
        cells = detail.rates[rate]
        whole.add(cells.gross)
        name = _("No single rate") if rate is None else _("{rate} %").format(rate=number_format(rate))
        rows += [
            _row(_("{rate} · net").format(rate=name), cells.net, read=read),
            _row(_("{rate} · VAT").format(rate=name), cells.vat, read=read),
        ]
    return [*(it for it in rows if not it.cell.empty), _row(_("Turnover, VAT included"), whole, read=read)]


def means_rows(detail: Detail, *, read: bool) -> list[Row]:
    """Each means of payment, by the till's code, and their sum."""
    rows, whole = [], Cell()
    for means in sorted(detail.means):
        cell = detail.means[means]
        whole.add(cell)
        name = f"{means} {detail.labels.get(means, '')}".strip() if means != UNPLACED else _("No single means")
        rows.append(_row(name, cell, read=read))
    return [*(it for it in rows if not it.cell.empty), _row(_("Received in all"), whole, read=read)]


def account_rows(detail: Detail, *, read: bool) -> list[Row]:
    """Each account, VAT as one; the tills know none."""
    rows = []
    for what in sorted(detail.accounts):
        cell = detail.accounts[what]
        cell.expected = cell.entries
        rows.append(_row(_("VAT") if what == VAT else what, cell, read=read, without_tills=True))
    return [it for it in rows if not it.cell.empty]


def _row(label: str, cell: Cell, *, read: bool, without_tills: bool = False) -> Row:
    agreement = cell.agreement(read=read)
    if without_tills and agreement is Agreement.EXPLAINED and cell.accepted == ZERO:
        agreement = Agreement.AGREES
    return Row(
        label=label,
        cell=cell,
        read=read,
        unread_words=_("never read"),
        agreement=agreement,
        notes=tuple(_notes_of(cell, read=read, elsewhere=ZERO if without_tills else cell.elsewhere)),
        without_tills=without_tills,
        nothing=cell.empty,
    )


def _notes_of(cell: Cell, *, read: bool, elsewhere: Decimal) -> Iterator[Note]:
    for words, amount in (
        (_("Items offered"), -cell.offered),
        (str(STEP_WORDS[Step.ELSEWHERE]), -elsewhere),
        (_("Not booked yet"), -cell.left),
        (_("Closings set aside"), -cell.aside),
        (_("Not read back yet"), -cell.unread if read else ZERO),
        (_("Difference with Exact accepted"), cell.accepted if read else ZERO),
        (_("In Exact otherwise than posted"), cell.otherwise if read else ZERO),
    ):
        if amount != ZERO:
            yield Note(words=words, amount=euros(amount))
