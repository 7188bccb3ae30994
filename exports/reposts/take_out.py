"""Taking all entries of a closing out of Exact, after which it is set aside: shown first, done once.

It is done as in a replacement (`exports.reposts.replace`), but without new entries: an open entry is deleted, one that
was processed or is in a closed period gets a reversal, and each step is a posting in the lane. When all are gone the
closing is set aside (`exports.way.ended_postings`); a person may have it looked at again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from exact.api.errors import ExactError
from exact.lane.states import REPLACEABLE, is_replaceable
from exact.models import BEGUN, IN_TURN, Activation, Posting, PostingState
from exports.coverage.rows import lock_shop
from exports.coverage.versions import earlier_versions, not_set_aside
from exports.models import ClosingState, OrderKind, Replacement, ReplacementWay, StoredClosing
from exports.reposts.replace import CannotReplace, Old, begin, choose_ways, told_of
from exports.way.accept import reconsider
from exports.way.carry_out import withdraw_unsent
from exports.way.prepare import locked
from exports.way.set_aside import CannotSetAside, refuse_what_changed, set_aside
from exports.way.shown_digest import name_of
from exports.words.reasons import Why, because
from tenants.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What taking a closing out would do: `olds` leave Exact, `refused` postings are looked up there first."""

    closing: StoredClosing
    olds: tuple[Old, ...]
    refused: tuple[Posting, ...]

    @property
    def digest(self) -> str:
        """Changes with anything a person sees."""
        return name_of([[told_of(old) for old in self.olds], sorted(str(it.pk) for it in self.refused)])

    @property
    def first(self) -> Posting:
        """The posting that the order is stored with."""
        return self.olds[0].posting if self.olds else self.refused[0]


def leaving(closing: StoredClosing) -> Leaving:
    """Read the closing's entries in Exact; change nothing there. Raises `CannotReplace`, or any `ExactError`."""
    rows = Posting.objects.filter(closing_id=closing.pk).select_related("division__app").order_by(*IN_TURN)
    if rows.filter(state__in=BEGUN).exists() or Replacement.objects.filter(closing=closing, done_at=None).exists():
        raise CannotReplace("replace_under_way")
    going = [*rows.filter(REPLACEABLE)]
    refused = [*rows.filter(state=PostingState.REFUSED)]
    if not going and not refused:
        raise CannotReplace("take_out_nothing")
    olds = tuple(_choose(going))
    if any(it.way is ReplacementWay.REVERSE for it in olds) and _is_switched_off(closing):
        raise CannotReplace("take_out_switched_off")
    return Leaving(closing=closing, olds=olds, refused=tuple(refused))


def _is_switched_off(closing: StoredClosing) -> bool:
    """Whether the closing's establishment is switched off: its lane sends nothing new, so a reversal would wait."""
    return Activation.objects.filter(establishment=closing.establishment_id, active=False).exists()


def _choose(going: Iterable[Posting]) -> Iterable[Old]:
    """How each entry is taken out, company by company: entries posted before a shop moved are in another company."""
    of_company: defaultdict[int, list[Posting]] = defaultdict(list)
    for posting in going:
        of_company[posting.division_id].append(posting)
    for postings in of_company.values():
        olds, _nothing = choose_ways(postings, ())
        yield from olds


def take_out(shown: Leaving, *, actor: User, why: str, instead: UUID | None = None) -> Replacement:
    """Order what was shown. `instead`: the id of the closing that counts in its place.

    Raises `CannotReplace` when the closing or its postings changed since.
    """
    with transaction.atomic():
        lock_shop(shown.closing.pk)
        closing = locked(shown.closing.pk)
        _still_as_shown(shown)
        row = Replacement(
            closing=closing,
            kind=OrderKind.SET_ASIDE,
            posting=shown.first,
            entries=[],
            instead_id=instead,
            why=why,
            asked_by=actor,
        )
        said = because(Why.TAKEN_OUT, why)
        withdraw_unsent(closing, actor=actor, why=said)
        begin(row, shown.olds, why=said)
    return row


def _still_as_shown(shown: Leaving) -> None:
    rows = Posting.objects.select_for_update(of=("self",)).filter(closing_id=shown.closing.pk)
    now = {it.pk: it for it in rows}
    if any(it.state in BEGUN for it in now.values()):
        raise CannotReplace("replace_under_way")
    if Replacement.objects.filter(closing=shown.closing.pk, done_at=None).exists():
        raise CannotReplace("replace_under_way")
    stand = {pk for pk, it in now.items() if is_replaceable(it)}
    refused = {pk for pk, it in now.items() if it.state == PostingState.REFUSED}
    if stand != {it.posting.pk for it in shown.olds} or refused != {it.pk for it in shown.refused}:
        raise CannotReplace("replace_moved_on")


def leave_unbooked(
    closing_id: UUID, *, actor: User, why: str, instead: UUID | None = None, shown: str | None = None
) -> StoredClosing:
    """Set a closing aside that has no entry in Exact; its refused entries are looked up there first.

    `shown` as in `set_aside`. Raises `CannotSetAside` or `CannotReplace`, and `ShownOtherwise`.
    """
    closing = StoredClosing.objects.get(pk=closing_id)
    if closing.state != ClosingState.FAILED:
        return set_aside(closing_id, actor=actor, why=why, instead=instead, shown=shown)
    refuse_what_changed(closing, shown)
    if Posting.objects.filter(REPLACEABLE, closing_id=closing_id).exists():
        raise CannotSetAside("set_aside_in_exact")
    take_out(leaving(closing), actor=actor, why=why, instead=instead)
    closing.refresh_from_db(fields=["state"])
    return closing


def make_way(corrected: StoredClosing, *, actor: User, why: str) -> None:
    """Let a corrected version count: all earlier ones are set aside, after their entries are taken out of Exact.

    Raises `CannotSetAside`, or `CannotReplace`, also where Exact cannot be asked.
    """
    for former in not_set_aside(earlier_versions(corrected)).order_by("-created_at"):
        if Posting.objects.filter(REPLACEABLE, closing_id=former.pk).exists():
            try:
                shown = leaving(former)
            except ExactError as error:
                raise CannotReplace("take_out_not_asked") from error
            take_out(shown, actor=actor, why=why, instead=corrected.pk)
        else:
            leave_unbooked(former.pk, actor=actor, why=why, instead=corrected.pk)
    reconsider(corrected.pk, actor=actor, why=Why.ANOTHER_SET_ASIDE)
