"""What entries move on each account, to compare books and files to the cent."""

from dataclasses import dataclass
from decimal import Decimal

from ledger.entry import Entry
from ledger.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTotal:
    """All debits and all credits of one account."""

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        """Debit less credit: what must be the same in every book, however its lines are grouped."""
        return self.debit - self.credit


class AccountTally:
    """Adds entries up per account, one after the other."""

    def __init__(self) -> None:
        self._sums: dict[str, tuple[Decimal, Decimal]] = {}

    def add(self, entry: Entry) -> None:
        """Count an entry's lines, third parties under their general account."""
        for line in entry.lines:
            debit, credit = self._sums.get(line.account, (ZERO, ZERO))
            if line.amount > ZERO:
                self._sums[line.account] = (debit + line.amount, credit)
            else:
                self._sums[line.account] = (debit, credit - line.amount)

    def add_moved(self, account: str, debit: Decimal, credit: Decimal) -> None:
        """Count one line."""
        before, credited = self._sums.get(account, (ZERO, ZERO))
        self._sums[account] = (before + debit, credited + credit)

    def totals(self) -> tuple[AccountTotal, ...]:
        """Return the sums so far, sorted by account."""
        sums = sorted(self._sums.items())
        return tuple(AccountTotal(account=account, debit=debit, credit=credit) for account, (debit, credit) in sums)
