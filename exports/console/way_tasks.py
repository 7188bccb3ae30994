"""What the ways out with a page of their own show and do: a row each, walked by `exports.console.way_page`."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from exports.console.entry_preview import EntryPreviewed, preview_entries
from exports.console.ways_out import BOOK_AS_IT_IS, BOOK_THE_REST, Way
from exports.models import ClosingState, StoredClosing
from exports.way import as_it_is
from exports.way.decide import Archived, Complete, Decision, Held, Ready
from exports.way.shown import digest_of
from exports.words.problems import sentence
from exports.words.reasons import Why
from tenants.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several things a person can say, with what it comes to."""

    value: str
    label: str
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a way would do to one closing. `digest` names it; with `refusals` it cannot be walked, and they say why."""

    digest: str
    entries: list[EntryPreviewed] = field(default_factory=list)
    leaving: list[EntryPreviewed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person's yes: who, why, to what was `shown`, and the `choice` where there was one."""

    actor: User
    why: str
    shown: str
    choice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One way's page. `carry_out` raises `ShownOtherwise` where what it would do is not what was shown.

    `many`: several closings may be taken at once, by a run (`exports.reposts.repost_runs`).
    """

    way: Way
    title: str | Promise
    words: str | Promise
    button: str | Promise
    look: Callable[[StoredClosing], Shown]
    carry_out: Callable[[UUID, Said], StoredClosing]
    many: bool = False


def show_decision(decision: Decision) -> Shown:
    """A decision as it is shown: its entries, or what still holds the closing, or why nothing is booked."""
    digest = digest_of(decision)
    match decision:
        case Ready(entries=entries, destination=destination):
            return Shown(digest=digest, entries=preview_entries(entries, destination.division))
        case Held(problems=problems):
            return Shown(digest=digest, refusals=[sentence(it.to_document()) for it in problems if it.blocking])
        case Archived(why=why):
            return Shown(digest=digest, notes=[sentence(why.to_document())])
        case Complete():
            return Shown(digest=digest, notes=[_now("All of it stands in Exact already: nothing is sent.")])
    return Shown(
        digest=digest,
        notes=[_now("It waits until the establishment is linked to Exact; its entries are made then.")],
    )


def _look_as_it_is(export: StoredClosing) -> Shown:
    if export.state != ClosingState.HELD:
        return Shown(digest="", refusals=[_now("It is not held any more: there is nothing to say.")])
    found = as_it_is.outlook(export)
    shown = replace(show_decision(found.decision), digest=found.digest)
    if not found.left:
        return shown
    left = [sentence(it.to_document()) for it in found.left]
    if not found.waved:
        return replace(shown, refusals=left)
    return replace(shown, refusals=[], notes=[_now("It stays held for this, which nobody can wave through:"), *left])


TASKS: tuple[Task, ...] = (
    Task(
        way=BOOK_AS_IT_IS,
        title=_("Book it as it is"),
        words=_(
            "What is odd about this closing then no longer holds it. Only what leaves the entries right can be waved "
            "through: they are the till's own figures. Compare them with the printed Z, and see whether the same "
            "tickets are booked already, before you say yes."
        ),
        button=_("Book it as it is"),
        look=_look_as_it_is,
        carry_out=lambda pk, said: as_it_is.take_as_it_is(pk, actor=said.actor, why=said.why, shown=said.shown),
        many=True,
    ),
    Task(
        way=BOOK_THE_REST,
        title=_("Book what is left"),
        words=_(
            "Other closings cover a part of what this one tells. Only the difference between them is booked, line by "
            "line; compare both on the closing's page first. If a closing is missing, better have the till send it."
        ),
        button=_("Book what is left"),
        look=_look_as_it_is,
        carry_out=lambda pk, said: as_it_is.take_as_it_is(
            pk, actor=said.actor, why=said.why, shown=said.shown, what=Why.REST_BOOKED
        ),
    ),
)


def task_of(name: str) -> Task | None:
    """The page of a way, None for a way that has none."""
    return next((it for it in TASKS if it.way.name == name), None)
