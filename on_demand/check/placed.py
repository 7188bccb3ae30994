"""What Exact holds of one entry, split by VAT rate and by means of payment, which Exact's ledger does not know.

Where the ledger has the entry as it was posted, once or several times, the split is that of the entry. Where it
differs, the difference on an account goes to the one rate or means that the entry books on it; if there are several of
them, to none (`None`), so that the sums stay right.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from exact.books.difference import VAT
from ledger.entry import Entry, Line, LineRole
from ledger.files.takings import TakingsTally
from ledger.money import ZERO

Sums = Mapping[str, Decimal]
RateKey = Decimal | None
MeansKey = str | None


def _sums() -> defaultdict[object, Decimal]:
    return defaultdict(lambda: ZERO)


@dataclass(slots=True)
class Placed:
    """Net and VAT per rate, and what came in per means; under None what belongs to no single one."""

    net: defaultdict[RateKey, Decimal] = field(default_factory=_sums)  # type: ignore[arg-type]
    vat: defaultdict[RateKey, Decimal] = field(default_factory=_sums)  # type: ignore[arg-type]
    means: defaultdict[MeansKey, Decimal] = field(default_factory=_sums)  # type: ignore[arg-type]

    @property
    def turnover(self) -> Decimal:
        """All sales, VAT included."""
        return sum(self.net.values(), ZERO) + sum(self.vat.values(), ZERO)

    def add(self, tally: TakingsTally, *, times: int = 1) -> None:
        """Add what entries hold, so many times."""
        for rate in tally.rates():
            self.net[rate.rate] += times * rate.net
            self.vat[rate.rate] += times * rate.vat
        for it in tally.means():
            self.means[it.means] += times * it.amount


def place(entry: Entry, meant: Sums, found: Sums) -> Placed:
    """Split what was `found` of an entry. Both sums are by account, a debit positive, all VAT under "VAT"."""
    own, placed = TakingsTally(), Placed()
    own.add(entry)
    times = _count_times(meant, found)
    placed.add(own, times=1 if times is None else times)
    if times is None:
        for what in {*meant, *found}:
            _move(placed, entry, what, found.get(what, ZERO) - meant.get(what, ZERO))
    return placed


def _count_times(meant: Sums, found: Sums) -> int | None:
    """How often Exact holds exactly what was meant; None when it holds something else."""
    if not any(found.values()):
        return 0
    what = next((it for it in meant if meant[it] != ZERO), None)
    if what is None or found.get(what, ZERO) % meant[what] != ZERO:
        return None
    times = int(found.get(what, ZERO) // meant[what])
    same = all(found.get(it, ZERO) == times * meant.get(it, ZERO) for it in {*meant, *found})
    return times if same and times > 0 else None


def _move(placed: Placed, entry: Entry, what: str, amount: Decimal) -> None:
    """Add what Exact has beyond what was meant on one account."""
    rates = {line.vat_rate for line in entry.lines if line.vat_rate is not None and _names(line, what)}
    if rates:
        part = placed.vat if what == VAT else placed.net
        part[rates.pop() if len(rates) == 1 else None] -= amount
    elif means := _means_of(entry, what):
        placed.means[means.pop() if len(means) == 1 else None] += amount


def _names(line: Line, what: str) -> bool:
    return what == VAT if line.role is LineRole.VAT else line.account == what


def _means_of(entry: Entry, account: str) -> set[str]:
    """The means of payment that an entry books on an account; on the journal's own account those without a line."""
    named = {line.means for line in entry.lines if line.role is LineRole.MEANS and line.account == account}
    own = any(line.role in (LineRole.JOURNAL, LineRole.DRAWER) and line.account == account for line in entry.lines)
    cleared = {line.means for line in entry.lines if line.role is LineRole.MEANS}
    return named | ({line.means for line in entry.lines if line.means} - cleared if own else set())
