"""Sending again from the console: a page that shows what will be posted where, then a run with its progress."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exports.console import links
from exports.console.causes import causes_of
from exports.console.ways_out import CHOSEN_MAX, SEND_AGAIN, SENT_AGAIN_FROM, Offered, ways_of
from exports.models import ClosingState, RepostItem, RepostRun, RunWay, StoredClosing
from exports.reposts.repost_preview import READ_WITH_A_CLOSING, preview
from exports.reposts.repost_runs import BROKE, MOVED, InAnotherRun, advance, progress, progress_of, start_run
from exports.words.problems import SENTENCES, sentence
from tenants.acting import person_behind
from tenants.models import WHY_MAX, User
from tenants.scope import all_visible_to, visible_to

REPOST_MAX = 5000
SHOWN_MAX = 10
AT_ONCE_MAX = 20
ITEMS_MAX = 100
# Of so many closings of a run that stay held, what the reader can do stands beside them; else on their pages.
WAYS_SHOWN = 20
OUTCOMES = {
    MOVED: gettext_lazy("Somebody else was at it; left as it is."),
    BROKE: gettext_lazy("Something went wrong on our side, five times; support knows of it."),
    **{state.value: state.label for state in ClosingState},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """A closing of a run: what it came to; of one that stays held why, and what the reader can do about it."""

    item: RepostItem
    came_to: str
    why: list[str]
    ways: list[Offered]


def repost_page(request: HttpRequest) -> HttpResponse:
    """Ask (`closing` ids or a `cause`), and with `confirm` and a reason begin. Only for whom may send again."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("exports.repost_storedclosing"):
        raise PermissionDenied
    if request.method != "POST":
        asked = request.GET.getlist("closing")
        if not asked:
            return redirect("admin:exports_storedclosing_changelist")
        return ask_to_repost(request, select_chosen(user, asked, ""))
    chosen = select_chosen(user, request.POST.getlist("closing"), request.POST.get("cause", ""))
    rows = chosen.filter(state__in=SENT_AGAIN_FROM)
    why = request.POST.get("why", "").strip()
    if request.POST.get("confirm") and why and rows.exists() and not _all_stay(rows):
        return _begin(request, user, rows, why)
    return ask_to_repost(
        request, rows, cause=request.POST.get("cause", ""), why_missing=bool(request.POST.get("confirm")) and not why
    )


def _all_stay(rows: QuerySet[StoredClosing]) -> bool:
    """Whether none of a few closings would change: these are looked at, more than a page shows are not."""
    few = [*rows.select_related(*READ_WITH_A_CLOSING)[: SHOWN_MAX + 1]]
    return len(few) <= SHOWN_MAX and not any(preview(it).moves for it in few)


def select_chosen(user: User, ids: Iterable[str], cause: str) -> QuerySet[StoredClosing]:
    """What the person may see of the chosen closings, or of everything of one cause, the oldest first."""
    own = visible_to(user, StoredClosing.objects.all())
    if cause:
        wanted: Iterable[UUID] = next((it.closing_ids for it in causes_of(own) if it.key == cause), [])
    else:
        wanted = [pk for pk in map(_read_uuid, ids) if pk]
    return own.filter(pk__in=[*wanted][:REPOST_MAX]).order_by("business_date", "closed_at", "pk")


def _read_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _begin(request: HttpRequest, user: User, rows: QuerySet[StoredClosing], why: str) -> HttpResponse:
    actor = person_behind(request)
    assert actor is not None
    try:
        run = start_run(rows.only("pk", "tenant"), actor=actor, why=why[:WHY_MAX], reseller_id=user.reseller_id)
    except InAnotherRun as taken:
        return answer_taken(request, user, taken)
    if progress(run).total <= AT_ONCE_MAX:
        advance(run)
    return redirect("console_repost_run", run_id=run.pk)


def answer_taken(request: HttpRequest, user: User, taken: InAnotherRun) -> HttpResponse:
    """The answer when all closings are in another open run: after a second press, or from another person.

    Leads to that run, if the person may see it.
    """
    messages.info(request, _("These closings are already being worked on; nothing was begun a second time."))
    own = taken.run and all_visible_to(user, RepostRun.objects.filter(pk=taken.run.pk)).first()
    return redirect(run_address(own)) if own else redirect("admin:exports_storedclosing_changelist")


def run_address(run: RepostRun) -> str:
    """The page of a run."""
    return reverse("console_correction_run" if run.way == RunWay.CORRECT else "console_repost_run", args=[run.pk])


def ask_to_repost(
    request: HttpRequest, chosen: QuerySet[StoredClosing], *, cause: str = "", why_missing: bool = False
) -> HttpResponse:
    """The page that shows what will be posted where, and asks for the reason. `chosen` are rows the person may see."""
    rows = chosen.filter(state__in=SENT_AGAIN_FROM).order_by("business_date", "closed_at", "pk")
    ids = [str(pk) for pk in rows.values_list("pk", flat=True)[: REPOST_MAX if cause else CHOSEN_MAX]]
    previews = [preview(closing) for closing in rows.select_related(*READ_WITH_A_CLOSING)[:SHOWN_MAX]]
    staying = sum(not it.moves for it in previews)
    only = previews[0].closing if len(ids) == 1 else None
    context = {
        **admin.site.each_context(request),
        "title": _("Send again"),
        "total": len(ids),
        "previews": previews,
        "staying": staying,
        "nothing_moves": len(ids) == len(previews) == staying,
        "others": list_other_ways(only, request.user) if only else [],
        "back": links.closing(only.pk) if only else links.closings(),
        "unseen": max(0, len(ids) - SHOWN_MAX),
        "closings": ids,
        "cause": cause,
        "why_missing": why_missing,
    }
    return TemplateResponse(request, "exports/repost.html", context)


def list_other_ways(closing: StoredClosing, user: object) -> list[Offered]:
    """What else a person can do about a closing than send it again."""
    return [it for it in ways_of(closing, user) if it.name != SEND_AGAIN.name] if isinstance(user, User) else []


def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """How far a run is; `?poll=1` gives the figures alone."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("exports.repost_storedclosing"):
        raise PermissionDenied
    run = get_object_or_404(all_visible_to(user, RepostRun.objects.select_related("actor")), pk=run_id)
    items = all_visible_to(user, RepostItem.objects.filter(run=run))
    how_far = progress_of(items)
    if request.GET.get("poll"):
        return JsonResponse({"percent": how_far.percent, "done": how_far.done, "total": how_far.total})
    outcomes: list[tuple[Any, int]] = [(outcome_words(code), count) for code, count in sorted(how_far.outcomes.items())]
    closings = items.select_related("closing__establishment").order_by("pk")[:ITEMS_MAX]
    context = {
        **admin.site.each_context(request),
        "title": run.get_way_display(),
        "run": run,
        "progress": how_far,
        "outcomes": outcomes,
        "afterwards": _say_afterwards(run, how_far.outcomes),
        "items": [_show_item(item, user, with_ways=place < WAYS_SHOWN) for place, item in enumerate(closings)],
    }
    return TemplateResponse(request, "exports/repost_run.html", context)


def _say_afterwards(run: RepostRun, outcomes: Mapping[str, int]) -> list[str]:
    """What comes after a run that is over, as its closings ended."""
    goes = outcomes.keys() & {ClosingState.READY, ClosingState.EXPORTING}
    said = [_("What is ready goes to Exact by itself now; each closing's page tells how it ended.")] if goes else []
    if held := outcomes.get(ClosingState.HELD, 0):
        words = ngettext(
            "{count} closing stays held: beside it stands why, and what you can do.",
            "{count} closings stay held: beside each stands why, and what you can do.",
            held,
        )
        said.append(words.format(count=held))
    if run.way == RunWay.SET_ASIDE and outcomes.get(ClosingState.ARCHIVED):
        said.append(_("What was set aside is in no book. The page of each closing takes that back."))
    return said


def _show_item(item: RepostItem, user: User, *, with_ways: bool) -> ItemShown:
    closing, looked_at = item.closing, bool(item.outcome)
    held = looked_at and closing.state == ClosingState.HELD
    return ItemShown(
        item=item,
        came_to=outcome_words(item.outcome) if looked_at else "",
        why=[sentence(it) for it in closing.problems if it["blocking"]] if held else [],
        ways=ways_of(closing, user) if held and with_ways else [],
    )


def outcome_words(code: str) -> str:
    """What became of a run's item, in the reader's language: the state its closing came to, or why it was left."""
    return _(SENTENCES[code]) if code in SENTENCES else str(OUTCOMES.get(code, code))
