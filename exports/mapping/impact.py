"""What a change of settings would break: said before it is saved."""

import hashlib
from dataclasses import dataclass, field

from booking.effective import effective_settings
from booking.models import Mapping
from exact.activation.switch import OF_THE_DAY
from exact.company.catalogue import Catalogue
from exact.models import Division
from exact.settings.account_uses import account_doubts
from exact.settings.checks import check_mapping
from exact.wording import explain
from exports.mapping.desk import Desk, waiting_closings
from exports.mapping.preview import outcome
from exports.models import StoredClosing
from exports.words.problems import sentence
from ledger.problem import Problem

WAITING_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenClosing:
    """A closing that goes under the settings in force, and would be held under the new ones."""

    closing: StoredClosing
    reasons: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """`stops`: sentences for which every new closing would be held; `holds`: those that hold some closings only.

    `doubts`: sentences on accounts that hold nothing, and are most likely not those that are meant.
    `closings`: the newest and the waiting ones that would no longer go. `released`: how many held ones would go.
    """

    stops: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    closings: list[BrokenClosing] = field(default_factory=list)
    released: int = 0

    @property
    def breaks(self) -> bool:
        """Whether the new settings would hold a closing."""
        return bool(self.stops or self.holds or self.closings)

    @property
    def asks(self) -> bool:
        """Whether a person must confirm the new settings first."""
        return self.breaks or bool(self.doubts)

    @property
    def digest(self) -> str:
        """A digest of what the person reads and confirms: if a later look finds something else, it asks again."""
        said = [*self.stops, *self.holds, *self.doubts, *(reason for it in self.closings for reason in it.reasons)]
        return hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]


def impact(desk: Desk, draft: Mapping, catalogue: Catalogue | None) -> Impact:
    """What would be worse under `draft` than under the settings in force; nothing is held while the export is off."""
    division = desk.division
    if division is None or catalogue is None or draft.overrides == desk.mapping.overrides:
        return Impact()
    doubts = _find_doubts(desk, draft, catalogue)
    if not desk.exports_now:
        return Impact(doubts=doubts)
    before = check_mapping(desk.mapping, division, catalogue)
    known = {_key(problem) for check in before for problem in check.problems}
    checks = check_mapping(draft, division, catalogue)
    worse = [it for check in checks for it in check.problems if _key(it) not in known and it.code not in OF_THE_DAY]
    closings: list[BrokenClosing] = []
    released = 0
    waiting = waiting_closings(desk.establishment, WAITING_MAX)
    for closing in {it.pk: it for it in [*desk.recent, *waiting]}.values():
        was, now = (_blocking(closing, mapping, division, catalogue) for mapping in (desk.mapping, draft))
        if now and not was:
            reasons = [sentence(it.to_document()) for it in now]
            closings.append(BrokenClosing(closing=closing, reasons=reasons))
        released += bool(was) and not now and closing.state == "held"
    return Impact(
        stops=[explain(it) for it in worse if it.blocking],
        holds=[explain(it) for it in worse if not it.blocking],
        doubts=doubts,
        closings=closings,
        released=released,
    )


def _find_doubts(desk: Desk, draft: Mapping, catalogue: Catalogue) -> list[str]:
    known, new = (account_doubts(effective_settings(it, desk.seen), catalogue) for it in (desk.mapping, draft))
    return [explain(it) for it in new if it not in known]


def _key(problem: Problem) -> tuple[object, ...]:
    return (problem.code, *sorted(problem.facts.items()))


def _blocking(closing: StoredClosing, mapping: Mapping, division: Division, catalogue: Catalogue) -> list[Problem]:
    return [it for it in outcome(closing, mapping, division, catalogue)[1] if it.blocking and it.code not in OF_THE_DAY]
