"""What happens in an establishment: what waits, the month, what was noted, what was done there lately."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.models import Mapping
from clyo_ingest.models import PairingCode
from concerns.condition import condition_of
from exact.models import Activation, ActivationEvent, Finding
from exports.console import links
from exports.models import ClosingState, StoredClosing
from exports.words.closing_words import closing_words
from exports.words.money import in_currency
from integration.console.places.calendar import asked_month, month_of
from integration.console.places.section import Told, Visit
from ledger.kinds import ClosingKind
from on_demand.models import MonthlyExport
from tenants.change_words import changes_of, differences, kind_of, who_did
from tenants.models import Change, Establishment, Till, User
from tenants.scope import visible_to

# The states that need something, in the order of their urgency; each is a filter of the list of closings.
OPEN: dict[str, tuple[str, ...]] = {
    "failed": (ClosingState.FAILED,),
    "held": (ClosingState.HELD,),
    "waiting": (ClosingState.WAITING,),
    "moving": (ClosingState.READY, ClosingState.EXPORTING),
}
OPEN_WORDS = {
    "failed": gettext_lazy("Failed"),
    "held": gettext_lazy("Held"),
    "waiting": gettext_lazy("Waiting for activation"),
    "moving": gettext_lazy("On its way"),
}
OF_EACH, LATELY_SHOWN, CHANGES_SAID, CONCERNS_SHOWN = 8, 15, 3, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A count, and the list it counts."""

    column: str
    words: str
    count: int
    address: str


def standing(visit: Visit, shop: Establishment) -> Told:
    """How it stands in a word, and everything open in it with what to do."""
    found = condition_of(visit.user, shop)
    if found is None:
        return None
    return {
        "shown": found.shown,
        "concerns": found.concerns[:CONCERNS_SHOWN],
        "more": len(found.concerns) > CONCERNS_SHOWN,
    }


def waits(visit: Visit, shop: Establishment) -> Told:
    """The last closing, and how many of any day wait, are held, failed or differ; each figure leads to its list."""
    if not visit.user.has_perm("exports.view_storedclosing"):
        return None
    rows = visible_to(visit.user, StoredClosing.objects.filter(establishment=shop)).defer("document", "problems")
    # Only the few that are not over are counted: along (establishment, state), whatever a shop has exported.
    states = [state for states in OPEN.values() for state in states]
    counted = dict(rows.filter(state__in=states).order_by().values_list("state").annotate(n=Count("*")))
    figures = [
        Figure(
            column=column,
            words=str(OPEN_WORDS[column]),
            count=sum(counted.get(state, 0) for state in states),
            address=links.closings(state=column, establishment=shop.pk),
        )
        for column, states in OPEN.items()
    ]
    if visit.user.has_perm("exact.view_finding"):
        differing = visible_to(visit.user, Finding.objects.filter(settled_at=None, posting__establishment=shop))
        address = links.findings(establishment=shop.pk)
        figures.append(Figure(column="failed", words=_("Differs in Exact"), count=differing.count(), address=address))
    last = rows.order_by("-business_date", "-closed_at").first()
    return {
        "shop": shop,
        "figures": figures,
        "last": last,
        "last_name": _name(last) if last else "",
        "closings": links.closings(establishment=shop.pk),
    }


def month(visit: Visit, shop: Establishment) -> Told:
    """The calendar of the month that was asked for."""
    if not visit.user.has_perm("exports.view_storedclosing"):
        return None
    first = asked_month(visit.query, shop)
    return {"month": month_of(shop, first, lambda day: links.day_of(shop.pk, day))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that happened lately; `address` leads to it where it has a page."""

    at: datetime
    what: str
    detail: str = ""
    who: str = ""
    address: str = ""


def lately(visit: Visit, shop: Establishment) -> Told:
    """Closings that came, the export switched on and off, and what people changed: the newest first."""
    happened = [
        *_closings_that_came(visit.user, shop),
        *_what_became_of_the_activation(visit.user, shop),
        *_what_people_changed(visit.user, shop),
    ]
    newest = sorted(happened, key=lambda it: it.at, reverse=True)
    return {"happened": newest[:LATELY_SHOWN]}


def _closings_that_came(user: User, shop: Establishment) -> Iterator[Happened]:
    if not user.has_perm("exports.view_storedclosing"):
        return
    rows = visible_to(user, StoredClosing.objects.filter(establishment=shop)).defer("document")
    for closing in rows.select_related("till").order_by("-business_date", "-closed_at")[:OF_EACH]:
        yield Happened(
            at=closing.created_at,
            what=_name(closing),
            detail=" · ".join([in_currency(closing.gross, closing.currency), closing.get_state_display()]),
            who=closing.till.name,
            address=links.closing(closing.pk),
        )


def _what_became_of_the_activation(user: User, shop: Establishment) -> Iterator[Happened]:
    if not user.has_perm("exact.view_activation"):
        return
    rows = visible_to(user, ActivationEvent.objects.filter(establishment=shop)).select_related("actor", "division")
    for event in rows.order_by("-at", "-pk")[:OF_EACH]:
        yield Happened(
            at=event.at,
            what=_("Export to Exact: {change}").format(change=event.get_change_display()),
            detail=event.division.label if event.division else "",
            who=str(event.actor or ""),
        )


def _what_people_changed(user: User, shop: Establishment) -> Iterator[Happened]:
    rows = [
        shop,
        *Till.objects.filter(establishment=shop),
        # A till that gets another device says why with its new code.
        *PairingCode.objects.filter(till__establishment=shop).exclude(why="").order_by("-created_at")[:OF_EACH],
        *Mapping.objects.filter(establishment=shop).only("pk", "establishment"),
        *Activation.objects.filter(establishment=shop).only("pk"),
        *visible_to(user, MonthlyExport.objects.filter(establishment=shop)).only("pk"),
    ]
    for change in changes_of(user, *rows)[:OF_EACH]:
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
    return f"Z {closing.number} · {closing_words(ClosingKind(closing.kind))}"
