"""Which line of a closing names a third party that Exact does not accept: shown to the till's programmer."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ledger.closing import Closing
from ledger.plan import BookingPlan
from ledger.problem import Problem


def at_their_lines(problems: Iterable[Problem], closing: Closing, plan: BookingPlan) -> Iterator[Problem]:
    """Add to each problem the JSON pointer of the first line it is about; problems of the settings stay as they are."""
    named: dict[str, str] | None = None
    for problem in problems:
        code = problem.facts.get("third_party", "")
        if problem.pointer or code in ("", plan.third_party):
            yield problem
            continue
        if named is None:
            named = {}
            for pointer, third_party in _list_named(closing, plan):
                named.setdefault(third_party, pointer)
        yield replace(problem, pointer=named.get(code, ""))


def _list_named(closing: Closing, plan: BookingPlan) -> Iterator[tuple[str, str]]:
    """Each line that names somebody's account, with the third party it is booked on."""
    for place, payment in enumerate(closing.payments):
        means = plan.means_plan(payment.means, payment.kind)
        if payment.kind.is_owed_by_a_customer and means is not None and not means.third_party:
            yield f"/payments/{place}/account", plan.third_party_of(payment.account)
    for place, receipt in enumerate(closing.other_receipts):
        if receipt.kind.is_of_a_customer:
            yield f"/other_receipts/{place}/account", plan.third_party_of(receipt.account)
