"""Does the drawer add up?"""

from collections.abc import Iterator

from ledger.closing import Closing
from ledger.money import ZERO, total
from ledger.problem import Problem


def cash_expected(closing: Closing) -> Iterator[Problem]:
    """Expected = float + cash payments + movements: 150.00 + 325.00 - 11.00 = 464.00."""
    cash = closing.cash
    if cash is None or cash.expected is None or cash.float_open is None:
        return
    moved = total(move.amount for move in cash.movements)
    expected = cash.float_open + closing.cash_paid + moved
    if cash.expected != expected:
        facts = {
            "float_open": closing.money(cash.float_open),
            "payments": closing.money(closing.cash_paid),
            "movements": closing.money(moved),
            "expected": closing.money(expected),
            "found": closing.money(cash.expected),
        }
        yield Problem(code="cash_expected", pointer="/cash/expected", facts=facts)


def cash_float_left(closing: Closing) -> Iterator[Problem]:
    """What stays in the drawer = counted - banked: 461.18 - 311.18 = 150.00."""
    cash = closing.cash
    if cash is None or cash.counted is None or cash.banked is None or cash.float_left is None:
        return
    expected = cash.counted - cash.banked
    if cash.float_left != expected:
        facts = {
            "counted": closing.money(cash.counted),
            "banked": closing.money(cash.banked),
            "expected": closing.money(expected),
            "found": closing.money(cash.float_left),
        }
        yield Problem(code="cash_float_left", pointer="/cash/float_left", facts=facts)


def movement_tax(closing: Closing) -> Iterator[Problem]:
    """The VAT in a movement has its sign and is not more than it: -0.57 in -11.00, not 0.57 nor -12.00."""
    for i, move in enumerate(closing.cash.movements if closing.cash else ()):
        low, high = sorted((ZERO, move.amount))
        if move.tax is not None and not low <= move.tax <= high:
            facts = {"label": move.label, "amount": closing.money(move.amount), "found": closing.money(move.tax)}
            yield Problem(code="movement_tax", pointer=f"/cash/movements/{i}/tax", facts=facts)
