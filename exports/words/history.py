"""What happened to closings and to their entries, as one list in the order it happened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from exact.models import Finding, PostingEvent, PostingState, Settlement
from exports.models import Assignment, ClosingEvent, ClosingState, NeverMade, StoredClosing
from exports.words.problems import sentence
from exports.words.reasons import reason
from tenants.models import Establishment, User

# What a person said of numbers before a closing: it changes no state.
OF_NUMBERS = "numbers"
# The words of `Happening.state`.
STATES = [*dict.fromkeys([*ClosingState.values, *PostingState.values, OF_NUMBERS])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One change of a closing's state, or (with a reference) of one of its entries, in the reader's language.

    `state` is the stored word of the new state, "" where none changed; `correlation_id` is Exact's, for its support.
    """

    at: datetime
    closing_id: UUID
    state: str
    what: str
    why: str = ""
    actor: str = ""
    reference: str = ""
    correlation_id: str = ""


def of_closing(closing: StoredClosing) -> list[Happening]:
    """All that happened to one closing, oldest first; also which difference of it in Exact was accepted, and why."""
    events = ClosingEvent.objects.filter(closing=closing)
    moves = PostingEvent.objects.filter(posting__closing_id=closing.pk)
    accepted = Finding.objects.filter(posting__closing_id=closing.pk, settlement=Settlement.ACCEPTED)
    said = [_of_accepted(it) for it in accepted.select_related("posting", "settled_by")]
    reopened = Finding.objects.filter(posting__closing_id=closing.pk, reopened_by__isnull=False)
    said += [_of_reopened(it) for it in reopened.select_related("posting", "reopened_by")]
    said += of_numbers(NeverMade.objects.filter(closing=closing))
    return sorted([*_sort_happenings(events, moves), *said], key=lambda happening: happening.at)


def seen_to(closing: StoredClosing) -> list[Happening]:
    """Who saw to a closing, from when to when. Shown on its page only, not to tills nor in the log of a day."""
    told = []
    for it in Assignment.objects.filter(closing=closing).select_related("person", "by", "ended_by"):
        told.append(_of_person(closing, it.since, _("{name} sees to it"), it.person, by=it.by))
        if it.ended_at is not None and it.ended_by is not None:
            told.append(_of_person(closing, it.ended_at, _("{name} no longer sees to it"), it.person, by=it.ended_by))
    return told


def _of_person(closing: StoredClosing, at: datetime, words: str, person: User, *, by: User) -> Happening:
    """One line on an assignment: that `person` took the closing, or that `by` gave it to that person."""
    actor = str(by) if by != person else ""
    return Happening(at=at, closing_id=closing.pk, state="", what=words.format(name=person), actor=actor)


def of_closings(closings: Iterable[UUID], *, limit: int) -> list[Happening]:
    """All that happened to these closings, whenever it did, oldest first, at most `limit`."""
    ids = [*closings]
    events = ClosingEvent.objects.filter(closing__in=ids).order_by("at", "pk")[:limit]
    moves = PostingEvent.objects.filter(posting__closing_id__in=ids).order_by("at", "pk")[:limit]
    numbers = of_numbers(NeverMade.objects.filter(closing__in=ids)[:limit])
    return _sort_happenings(events, moves, numbers)[:limit]


def of_establishment(establishment: Establishment, start: datetime, end: datetime, *, limit: int) -> list[Happening]:
    """What happened between two moments to the closings of an establishment, oldest first, at most `limit`."""
    between = {"tenant": establishment.tenant_id, "at__gte": start, "at__lt": end}
    events = ClosingEvent.objects.filter(**between, closing__establishment=establishment)
    own = StoredClosing.objects.filter(establishment=establishment)
    moves = PostingEvent.objects.filter(**between, posting__closing_id__in=own.values("pk"))
    then = Q(at__gte=start, at__lt=end) | Q(ended_at__gte=start, ended_at__lt=end)
    said = NeverMade.objects.filter(then, tenant=establishment.tenant_id, closing__establishment=establishment)
    numbers = (it for it in of_numbers(said[:limit]) if start <= it.at < end)
    moved = moves.order_by("at", "pk")[:limit]
    return _sort_happenings(events.order_by("at", "pk")[:limit], moved, numbers)[:limit]


def of_people(establishment: Establishment, since: datetime, *, limit: int) -> list[Happening]:
    """What people did to the closings of an establishment since then, the newest `limit` of it."""
    own = {"tenant": establishment.tenant_id, "closing__establishment": establishment}
    events = ClosingEvent.objects.filter(**own, at__gte=since, actor__isnull=False).order_by("-at", "-pk")
    said = NeverMade.objects.filter(**own).order_by("-at")
    found = _sort_happenings(events[:limit], PostingEvent.objects.none(), of_numbers(said[:limit]))
    return [it for it in found if it.at >= since][-limit:]


def of_numbers(rows: QuerySet[NeverMade]) -> Iterator[Happening]:
    """What people said of numbers before closings: that they were never made; and that it was taken back."""
    for it in rows.select_related("by", "ended_by"):
        said = Happening(
            at=it.at,
            closing_id=it.closing_id,
            state=OF_NUMBERS,
            what=_("{numbers} before it: never made").format(numbers=it),
            why=it.why,
            actor=str(it.by),
        )
        yield said
        if it.ended_at is not None:
            back = _("{numbers} before it: missed again").format(numbers=it)
            yield replace(said, at=it.ended_at, what=back, why=it.ended_why, actor=str(it.ended_by or ""))


def _sort_happenings(
    events: QuerySet[ClosingEvent], moves: QuerySet[PostingEvent], numbers: Iterable[Happening] = ()
) -> list[Happening]:
    found: Iterable[Happening] = [
        *(_of_event(event) for event in events.select_related("actor")),
        *(_of_move(move) for move in moves.select_related("posting", "actor")),
        *numbers,
    ]
    return sorted(found, key=lambda happening: happening.at)


def _of_accepted(finding: Finding) -> Happening:
    assert finding.settled_at is not None, "a constraint sees to it"
    return Happening(
        at=finding.settled_at,
        closing_id=finding.posting.closing_id,
        state="",
        what=_("difference of entry {number} accepted as it is").format(number=finding.posting.entry_number or "?"),
        why=finding.settled_why,
        actor=str(finding.settled_by or ""),
    )


def _of_reopened(finding: Finding) -> Happening:
    number = finding.posting.entry_number or "?"
    return Happening(
        at=finding.found_at,
        closing_id=finding.posting.closing_id,
        state="",
        what=_("acceptance of the difference of entry {number} taken back").format(number=number),
        why=finding.reopened_why,
        actor=str(finding.reopened_by or ""),
    )


def _of_event(event: ClosingEvent) -> Happening:
    return Happening(
        at=event.at,
        closing_id=event.closing_id,
        state=event.after,
        what=str(ClosingState(event.after).label),
        why=reason(event.why),
        actor=str(event.actor or ""),
    )


def _of_move(move: PostingEvent) -> Happening:
    return Happening(
        at=move.at,
        closing_id=move.posting.closing_id,
        state=move.after,
        what=str(PostingState(move.after).label),
        why=" ".join([*map(sentence, move.reasons), reason(move.why)]).strip(),
        actor=str(move.actor or ""),
        reference=move.posting.reference,
        correlation_id=move.correlation_id,
    )
