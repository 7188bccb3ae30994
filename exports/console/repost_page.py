"""Sending again from the console: a page that shows what will be posted where, then a run with its progress."""

from collections.abc import Iterable
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
from django.utils.translation import gettext_lazy

from exports.console.causes import causes_of
from exports.console.ways_out import CHOSEN_MAX, SENT_AGAIN_FROM
from exports.models import ClosingState, RepostItem, RepostRun, RunWay, StoredClosing
from exports.reposts.repost_preview import READ_WITH_A_CLOSING, preview
from exports.reposts.repost_runs import BROKE, MOVED, InAnotherRun, advance, progress, progress_of, start_run
from exports.words.problems import SENTENCES
from tenants.acting import person_behind
from tenants.models import WHY_MAX, User
from tenants.scope import all_visible_to, visible_to

REPOST_MAX = 5000
SHOWN_MAX = 10
AT_ONCE_MAX = 20
ITEMS_MAX = 100
OUTCOMES = {
    MOVED: gettext_lazy("Somebody else was at it; left as it is."),
    BROKE: gettext_lazy("Something went wrong on our side, five times; support knows of it."),
    **{state.value: state.label for state in ClosingState},
}


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
    if request.POST.get("confirm") and why and rows.exists():
        return _begin(request, user, rows, why)
    return ask_to_repost(
        request, rows, cause=request.POST.get("cause", ""), why_missing=bool(request.POST.get("confirm")) and not why
    )


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
    context = {
        **admin.site.each_context(request),
        "title": _("Send again"),
        "total": len(ids),
        "previews": [preview(closing) for closing in rows.select_related(*READ_WITH_A_CLOSING)[:SHOWN_MAX]],
        "unseen": max(0, len(ids) - SHOWN_MAX),
        "closings": ids,
        "cause": cause,
        "why_missing": why_missing,
    }
    return TemplateResponse(request, "exports/repost.html", context)


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
    closings = items.select_related("closing__establishment").defer("closing__document").order_by("pk")[:ITEMS_MAX]
    context = {
        **admin.site.each_context(request),
        "title": run.get_way_display(),
        "run": run,
        "progress": how_far,
        "outcomes": outcomes,
        "items": [(item, outcome_words(item.outcome) if item.outcome else "") for item in closings],
    }
    return TemplateResponse(request, "exports/repost_run.html", context)


def outcome_words(code: str) -> str:
    """What became of a run's item, in the reader's language: the state its closing came to, or why it was left."""
    return _(SENTENCES[code]) if code in SENTENCES else str(OUTCOMES.get(code, code))
