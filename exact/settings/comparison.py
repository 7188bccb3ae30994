"""An establishment's settings beside what its company in Exact has: the name there, what is wrong, what mends it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from booking.effective import InForce, effective_settings
from booking.models import Mapping
from booking.setting import Need
from booking.subjects import Seen
from exact.company.catalogue import Catalogue
from exact.models import CatalogueItem, CatalogueKind, Division
from exact.settings.account_uses import use_hints
from exact.settings.checks import Check, check_mapping
from exact.settings.fixes import Fix
from exact.settings.named_rates import rate_hints
from ledger.problem import Problem


class Verdict(StrEnum):
    """What Exact says of a setting's value."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    WRONG = "wrong"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A setting with Exact's name for its value, the verdict on it, and the fix when one is offered.

    `hints`: remarks that hold no closing.
    """

    in_force: InForce
    verdict: Verdict
    found: str = ""
    problems: tuple[Problem, ...] = ()
    hints: tuple[Problem, ...] = ()
    fix: Fix | None = None


def compared(
    mapping: Mapping, division: Division | None, catalogue: Catalogue | None, seen: Seen | None = None
) -> list[Compared]:
    """Every setting, compared with the catalogue as last read; with none where the establishment is not linked."""
    settings = effective_settings(mapping, seen)
    if division is None or catalogue is None:
        return [Compared(in_force=it, verdict=Verdict.NOT_COMPARED) for it in settings]
    checks = {it.field: it for it in check_mapping(mapping, division, catalogue)}
    return [_compare(it, checks.get(it.field), catalogue) for it in settings]


def _compare(it: InForce, check: Check | None, catalogue: Catalogue) -> Compared:
    value = it.value or (check.value if check else "")  # the condition may be the customer's own in Exact
    item = catalogue.get(CatalogueKind(it.code), value) if it.code and value else None
    problems = check.problems if check else ()
    if any(problem.code.endswith("_unknown") for problem in problems):
        verdict = Verdict.UNKNOWN
    elif problems:
        verdict = Verdict.WRONG
    elif item:
        verdict = Verdict.KNOWN
    else:
        of_files = it.setting.need is Need.FILES
        verdict = Verdict.UNKNOWN if it.code and value and not of_files else Verdict.NOT_COMPARED
    return Compared(
        in_force=replace(it, value=value),
        verdict=verdict,
        found=item.name if item else "",
        problems=problems,
        hints=tuple(_find_hints(it, item, catalogue)),
        fix=check.fix if check else None,
    )


def _find_hints(it: InForce, item: CatalogueItem | None, catalogue: Catalogue) -> Iterator[Problem]:
    if item is not None:
        yield from use_hints(it, item)
    if item is not None and it.setting.of_sales and "rate" in it.facts:
        for hint in rate_hints(catalogue, item, Decimal(it.facts["rate"]), it.field):
            yield replace(hint, facts={**it.facts, **hint.facts})
