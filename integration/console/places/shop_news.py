"""What happens in an establishment: what waits, the month, what was noted, what was done there lately."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clyo_ingest.models import PairingCode
from concerns.condition import Condition, ConditionWithConcerns
from exact.activation.state import ActivationState, state_of
from exact.models import ActivationEvent
from exports.console import links
from exports.coverage.stopped import LABEL as LINK_LOST
from exports.coverage.stopped import STOPPED
from exports.models import StoredClosing
from exports.words.closing_words import closing_words
from exports.words.money import in_currency
from integration.console.places.calendar import asked_month, month_of
from integration.console.places.people_did import OF_EACH, Happened, what_people_did
from integration.console.places.section import Told, Visit
from integration.console.places.seen_shop import OPEN, SeenShop
from ledger.kinds import ClosingKind
from tenants.change_words import changes_of, differences, kind_of, who_did
from tenants.models import Change, Till
from tenants.scope import visible_to

OPEN_WORDS = {
    "failed": gettext_lazy("Failed"),
    "held": gettext_lazy("Held"),
    "waiting": gettext_lazy("Waiting for activation"),
    "moving": gettext_lazy("On its way"),
    STOPPED: LINK_LOST,
}
LATELY_SHOWN, CHANGES_SAID, CONCERNS_SHOWN = 15, 3, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A count, and the list it counts."""

    column: str
    words: str
    count: int
    address: str


def condition(visit: Visit, seen: SeenShop) -> Told:
    """How it stands in a word, and everything open in it with what to do."""
    found = seen.condition
    return {
        "shown": found.shown,
        "said_below": _is_said_by_one(found),
        "concerns": found.concerns[:CONCERNS_SHOWN],
        "more": len(found.concerns) > CONCERNS_SHOWN,
    }


def _is_said_by_one(found: ConditionWithConcerns) -> bool:
    """Whether one of the concerns says all that the word on the shop does, as its only matter or in the same words."""
    alike = (it for it in found.concerns[:CONCERNS_SHOWN] if it.condition is found.shown.condition)
    return any(len(found.concerns) == 1 or it.said == found.shown.words for it in alike)


def waits(visit: Visit, seen: SeenShop) -> Told:
    """The last closing, and how many of any day wait, are held, failed or differ; each figure leads to its list."""
    if not visit.user.has_perm("exports.view_storedclosing"):
        return None
    shop, last = seen.shop, next((it for it in seen.latest if not it.is_set_aside), None)
    counted = seen.open_counts
    figures = [
        Figure(
            column=column,
            words=str(OPEN_WORDS[column]),
            count=sum(counted.get(state, 0) for state in states),
            address=links.closings(state=column, establishment=shop.pk),
        )
        for column, states in _list_open(seen)
    ]
    if visit.user.has_perm("exact.view_finding"):
        address, differing = links.findings(establishment=shop.pk), seen.condition.counted.get(Condition.DIFFERS, 0)
        figures.append(Figure(column="failed", words=_("Differs in Exact"), count=differing, address=address))
    return {
        "shop": shop,
        "figures": figures,
        "last": last,
        "last_name": _name(last) if last else "",
        "closings": links.closings(establishment=shop.pk),
    }


def _list_open(seen: SeenShop) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The columns of what is not over; what is under way is stopped while the link to Exact is lost."""
    stopped = seen.activation is not None and state_of(seen.activation) is ActivationState.RECONNECT_REQUIRED
    for column, states in OPEN.items():
        yield STOPPED if stopped and column == "moving" else column, states


def month(visit: Visit, seen: SeenShop) -> Told:
    """The calendar of the month that was asked for."""
    if not visit.user.has_perm("exports.view_storedclosing"):
        return None
    shop, first = seen.shop, asked_month(visit.query, seen.shop)
    return {"month": month_of(shop, first, lambda day: links.day_of(shop.pk, day))}


def lately(visit: Visit, seen: SeenShop) -> Told:
    """Closings that came, what people did to closings, the export switched on and off, and what people changed: the
    newest first."""
    happened = [
        *_closings_that_came(seen),
        *what_people_did(seen),
        *_what_became_of_the_activation(seen),
        *_what_people_changed(seen),
    ]
    newest = sorted(happened, key=lambda it: it.at, reverse=True)
    return {"happened": newest[:LATELY_SHOWN]}


def _closings_that_came(seen: SeenShop) -> Iterator[Happened]:
    if not seen.user.has_perm("exports.view_storedclosing"):
        return
    for closing in seen.latest:
        yield Happened(
            at=closing.created_at,
            what=_name(closing),
            detail=" · ".join([in_currency(closing.gross, closing.currency), closing.state_words]),
            who=closing.till.name,
            address=links.closing(closing.pk),
        )


def _what_became_of_the_activation(seen: SeenShop) -> Iterator[Happened]:
    if not seen.user.has_perm("exact.view_activation"):
        return
    rows = visible_to(seen.user, ActivationEvent.objects.filter(establishment=seen.shop)).select_related(
        "actor", "division"
    )
    for event in rows.order_by("-at", "-pk")[:OF_EACH]:
        yield Happened(
            at=event.at,
            what=_("Export to Exact: {change}").format(change=event.get_change_display()),
            detail=event.division.label if event.division else "",
            who=str(event.actor or ""),
        )


def _what_people_changed(seen: SeenShop) -> Iterator[Happened]:
    tills = [it.till for it in seen.tills]
    # A till that gets another device says why with its new code.
    codes = PairingCode.objects.filter(till__in=tills).exclude(why="").order_by("-created_at")[:OF_EACH]
    rows = [seen.shop, *tills, *codes, *filter(None, (seen.mapping, seen.activation, seen.monthly))]
    for change in changes_of(seen.user, *rows)[:OF_EACH]:
        lines = [_("{what}: {state}").format(what=name, state=words) for name, words in differences(change)]
        yield Happened(
            at=change.at,
            what=_("{operation} – {kind} {name}").format(
                operation=change.get_operation_display().capitalize(), kind=kind_of(change), name=_name_row(change)
            ),
            detail=" · ".join(lines[:CHANGES_SAID]) + (" …" if len(lines) > CHANGES_SAID else ""),
            who=who_did(change),
        )


def _name_row(change: Change) -> str:
    """Which row, where the page does not say it already: "till “Caisse 1”" but "mapping"."""
    return _("“{name}”").format(name=change.label) if change.table_name == Till._meta.db_table else ""


def _name(closing: StoredClosing) -> str:
    return f"{closing} · {closing_words(ClosingKind(closing.kind))}"
