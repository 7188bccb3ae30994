"""The page of a correction under way: how many closings are right by now, which could not be and why; stopping it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from exact.api.consent import usable
from exact.models import OPEN, Posting, PostingState
from exports.console.correction_page import reader_of
from exports.console.replace_page import REPLACE
from exports.console.repost_page import outcome_words
from exports.models import ClosingState, RepostItem, RepostRun, RunWay, StoredClosing
from exports.reposts.replace import NOT_BOOKABLE, list_in_the_way
from exports.reposts.repost_runs import STOPPED, stop_run
from exports.way.prepare import WHERE_CLOSINGS_GO
from exports.words.problems import sentence
from tenants.acting import person_behind
from tenants.scope import all_visible_to

ITEMS_SHOWN = 200
# Of so many closings that today's settings cannot book, the page looks for the reason.
LOOKED_AT_MAX = 20
ORDERED = Q(outcome=ClosingState.EXPORTING)
# The conditions that sort the items of a run, in the order in which they matter to the reader.
STANDS = {
    "failed": ORDERED & ~Q(closing__state__in=[ClosingState.EXPORTING, ClosingState.EXPORTED]),
    "left_out": ~ORDERED & ~Q(outcome__in=["", STOPPED, "correct_nothing"]),
    "under_way": ORDERED & Q(closing__state=ClosingState.EXPORTING),
    "to_do": Q(outcome=""),
    "stopped": Q(outcome=STOPPED),
    "right": Q(outcome="correct_nothing") | (ORDERED & Q(closing__state=ClosingState.EXPORTED)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many closings of a run are in each condition of `STANDS`."""

    failed: int
    left_out: int
    under_way: int
    to_do: int
    stopped: int
    right: int

    @classmethod
    def of(cls, items: QuerySet[RepostItem]) -> "Tally":
        """Counted in one query."""
        counts = {name: Count("pk", filter=condition) for name, condition in STANDS.items()}
        return cls(**items.aggregate(**counts))

    @property
    def total(self) -> int:
        """All closings of the run."""
        return self.failed + self.left_out + self.under_way + self.to_do + self.stopped + self.right

    @property
    def over(self) -> int:
        """How many closings the run is done with."""
        return self.total - self.under_way - self.to_do

    @property
    def percent(self) -> int:
        """How much of the run is over, 0 to 100; 100 for a run without closings."""
        return round(100 * self.over / self.total) if self.total else 100


def correction_run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """How far a correction is; on POST it is stopped: what is begun is finished, the rest stays."""
    user = reader_of(request)
    # Of any customer the person may see, whatever customer is chosen now: the run's address was given before.
    runs = all_visible_to(user, RepostRun.objects.filter(way=RunWay.CORRECT).select_related("actor", "stopped_by"))
    run = get_object_or_404(runs, pk=run_id)
    if request.method == "POST":
        if not user.has_perm(REPLACE, run):
            raise PermissionDenied
        actor = person_behind(request)
        assert actor is not None
        stop_run(run, by=actor)
        messages.info(request, _("Stopped: what was begun is finished, the rest stays as it is."))
        return redirect("console_correction_run", run_id=run.pk)
    items = all_visible_to(user, RepostItem.objects.filter(run=run))
    tally = Tally.of(items)
    context = {
        **admin.site.each_context(request),
        "title": _("Correction"),
        "run": run,
        "tally": tally,
        "goes_on": bool(tally.to_do or tally.under_way),
        "waits": bool(tally.under_way) and _waits_for_a_person(items),
        "items": [*_tell_all(_select_shown(items))],
        "unseen": max(0, tally.total - ITEMS_SHOWN),
        "shop": items.order_by("pk").values_list("closing__establishment", flat=True).first(),
        "may_stop": user.has_perm(REPLACE, run) and run.finished_at is None,
    }
    return TemplateResponse(request, "exports/correction_run.html", context)


def _waits_for_a_person(items: QuerySet[RepostItem]) -> bool:
    """Whether something is under way of an establishment whose export is off, or whose link to Exact is lost."""
    off = Q(establishment__activation__active=False, state=PostingState.PENDING)
    lost = ~usable("division__connection__")
    under_way = items.filter(STANDS["under_way"]).values("closing")
    return Posting.objects.filter(off | lost, state__in=OPEN, closing_id__in=under_way).exists()


def _select_shown(items: QuerySet[RepostItem]) -> list[RepostItem]:
    """What needs a person first, what stands right last."""
    ranks = [When(condition, then=Value(place)) for place, condition in enumerate(STANDS.values())]
    rows = items.annotate(rank=Case(*ranks, default=Value(0), output_field=IntegerField()))
    rows = rows.select_related("closing__establishment").defer("closing__document")
    return [*rows.order_by("rank", "pk")[:ITEMS_SHOWN]]


def _tell_all(items: list[RepostItem]) -> Iterator[tuple[RepostItem, str, str]]:
    """Each item with the look of its mark and its words; of what cannot be booked also what is to be mended first."""
    refused = [it.closing_id for it in items if it.outcome == NOT_BOOKABLE][:LOOKED_AT_MAX]
    closings = StoredClosing.objects.select_related(*WHERE_CLOSINGS_GO).filter(pk__in=refused)
    ways = {it.pk: [sentence(problem.to_document()) for problem in list_in_the_way(it)] for it in closings}
    for item in items:
        look, words = _tell(item)
        if item.closing_id in ways:
            now = _("By now nothing is in the way: correct it again.")
            words = " ".join([words, *ways[item.closing_id]]) if ways[item.closing_id] else now
        yield item, look, words


def _tell(item: RepostItem) -> tuple[str, str]:
    """The look of an item's mark, and its words."""
    name = [*STANDS][item.rank]  # type: ignore[attr-defined]
    words: dict[str, tuple[str, Any]] = {
        "failed": ("failed", _("Begun, and not finished: see its page.")),
        "left_out": ("held", outcome_words(item.outcome)),
        "under_way": ("moving", _("under way in Exact")),
        "to_do": ("waiting", _("to be done")),
        "stopped": ("waiting", _("left as it is: stopped")),
        "right": ("exported", _("stands by today's settings")),
    }
    look, said = words[name]
    return look, str(said)
