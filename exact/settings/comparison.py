"""An establishment's settings beside what its company in Exact has: the name there, what is wrong, what mends it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from exact.company.catalogue import Catalogue
from exact.effective import Seen, Setting, effective_settings
from exact.models import Division, Mapping
from exact.settings.checks import Check, check_mapping
from exact.settings.fixes import Fix
from ledger.problem import Problem


class Verdict(StrEnum):
    """What Exact says of a setting's value."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    WRONG = "wrong"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A setting with Exact's name for its value, the verdict on it, and the fix when one is offered."""

    setting: Setting
    verdict: Verdict
    found: str = ""
    problems: tuple[Problem, ...] = ()
    fix: Fix | None = None


def compared(
    mapping: Mapping, division: Division | None, catalogue: Catalogue | None, seen: Seen | None = None
) -> list[Compared]:
    """Every setting, compared with the catalogue as last read; with none where the establishment is not linked."""
    settings = effective_settings(mapping, seen)
    if division is None or catalogue is None:
        return [Compared(setting=it, verdict=Verdict.NOT_COMPARED) for it in settings]
    checks = {it.field: it for it in check_mapping(mapping, division, catalogue)}
    return [_compared(it, checks.get(it.field), catalogue) for it in settings]


def _compared(setting: Setting, check: Check | None, catalogue: Catalogue) -> Compared:
    value = setting.value or (check.value if check else "")  # the condition may be the customer's own in Exact
    item = catalogue.get(setting.kind, value) if setting.kind and value else None
    problems = check.problems if check else ()
    if any(it.code.endswith("_unknown") for it in problems):
        verdict = Verdict.UNKNOWN
    elif problems:
        verdict = Verdict.WRONG
    elif item:
        verdict = Verdict.KNOWN
    else:
        # Exact books VAT by its own codes: a file's VAT account need not be known to it.
        of_files = setting.field.endswith("].vat_account")
        verdict = Verdict.UNKNOWN if setting.kind and value and not of_files else Verdict.NOT_COMPARED
    return Compared(
        setting=replace(setting, value=value),
        verdict=verdict,
        found=item.name if item else "",
        problems=problems,
        fix=check.fix if check else None,
    )
