"""One page for every way out: what it is, what will happen, the reason, the confirmation.

For one closing, exactly what was shown is done, or nothing. For several, a run does them one by one, and each is looked
at then.
"""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from exact.api.errors import ExactError
from exact.lane.states import MovedByAnother as PostingMoved
from exports.console.closing_page import name_of_kind
from exports.console.repost_page import AT_ONCE_MAX, answer_taken, select_chosen
from exports.console.way_looks import Shown
from exports.console.way_tasks import Said, Task, task_of
from exports.console.ways_out import CHOSEN_MAX, Stand, Way, ways_of
from exports.models import StoredClosing
from exports.reposts.replace import CannotReplace
from exports.reposts.repost_preview import READ_WITH_A_CLOSING
from exports.reposts.repost_runs import InAnotherRun, advance, progress, start_run
from exports.way.set_aside import CannotSetAside
from exports.way.shown_digest import ShownOtherwise
from exports.way.states import MovedByAnother as ExportMoved
from exports.words.closing_words import name_briefly
from exports.words.money import in_currency
from exports.words.not_asked import say_not_asked
from exports.words.problems import sentence
from ledger.problem import Problem
from tenants.acting import person_behind
from tenants.models import WHY_MAX, User

REFUSED = (CannotReplace, CannotSetAside, ExactError)
SHOWN_MAX = 50


def way_page(request: HttpRequest, way: str) -> HttpResponse:
    """Show what a way would do to the chosen closings (`closing`, or all of a `cause`); on `confirm`, do it."""
    task = task_of(way)
    if task is None:
        raise Http404
    user = request.user
    if not isinstance(user, User) or not user.has_perm(task.way.permission):
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET
    rows = select_chosen(user, asked.getlist("closing"), asked.get("cause", ""))
    found = [*rows.select_related(*READ_WITH_A_CLOSING)[:CHOSEN_MAX]]
    if not found:
        raise Http404
    why = request.POST.get("why", "").strip()[:WHY_MAX]
    confirmed = request.method == "POST" and bool(request.POST.get("confirm"))
    if len(found) == 1:
        return _page_of_one(request, task, found[0], why=why, confirmed=confirmed)
    return _page_of_many(request, task, found, why=why, confirmed=confirmed)


def ask_way(request: HttpRequest, way: Way, chosen: QuerySet[StoredClosing]) -> HttpResponse:
    """The same for closings chosen from a list, the first `CHOSEN_MAX` of them: more than any address could name."""
    task = task_of(way.name)
    assert task is not None, "a way of a list has its page"
    rows = chosen.select_related(*READ_WITH_A_CLOSING).order_by("business_date", "closed_at", "pk")
    found = [*rows[:CHOSEN_MAX]]
    if len(found) == 1:
        return _page_of_one(request, task, found[0], why="", confirmed=False)
    return _page_of_many(request, task, found, why="", confirmed=False)


def _page_of_one(
    request: HttpRequest, task: Task, closing: StoredClosing, *, why: str, confirmed: bool
) -> HttpResponse:
    back = reverse("admin:exports_storedclosing_change", args=[closing.pk])
    choice, missing = request.POST.get("choice", ""), confirmed and not why and task.way.needs_reason
    if confirmed and not missing:
        actor = person_behind(request)
        assert actor is not None, "who may is somebody"
        said = Said(actor=actor, why=why, shown=request.POST.get("shown", ""), choice=choice)
        try:
            done = task.carry_out(closing.pk, said)
        except (ShownOtherwise, ExportMoved, PostingMoved):
            messages.warning(request, _("This has changed since it was shown, so nothing was done. Look at it again."))
        except REFUSED as refusal:
            messages.warning(request, " ".join(_explain(refusal)))
        else:
            words = str(task.done or _("{closing}: {state}.")).format(closing=done, state=done.state_words)
            messages.success(request, words)
        return redirect(back)
    user = request.user
    assert isinstance(user, User)
    shown = _look(task, closing, user)
    context = {
        **admin.site.each_context(request),
        "title": task.title,
        "subtitle": f"{closing} · {closing.establishment}",
        "task": task,
        "closing": closing,
        "kind": name_of_kind(closing),
        "gross": in_currency(closing.gross, closing.currency),
        "shown": shown,
        "chosen": choice,
        "why_missing": missing,
        "others": [it for it in ways_of(closing, user) if it.name != task.way.name] if shown.refusals else [],
        "back": back,
    }
    return TemplateResponse(request, "exports/way.html", context)


def _page_of_many(
    request: HttpRequest, task: Task, found: list[StoredClosing], *, why: str, confirmed: bool
) -> HttpResponse:
    if not task.many:
        raise Http404
    fitting = [it for it in found if task.way.fits(Stand.of(it))]
    missing = confirmed and not why and task.way.needs_reason
    if confirmed and not missing and fitting:
        user, actor = request.user, person_behind(request)
        assert isinstance(user, User)
        assert actor is not None
        try:
            run = start_run(fitting, actor=actor, why=why, reseller_id=user.reseller_id, way=task.way.name)
        except InAnotherRun as taken:
            return answer_taken(request, user, taken)
        if progress(run).total <= AT_ONCE_MAX:
            advance(run)
        return redirect("console_repost_run", run_id=run.pk)
    reader = request.user
    assert isinstance(reader, User)
    previews = [(it, name_briefly(it), _look(task, it, reader)) for it in fitting[:SHOWN_MAX]]
    context = {
        **admin.site.each_context(request),
        "title": task.title,
        "task": task,
        "previews": previews,
        "going": sum(not shown.refusals for _export, _name, shown in previews),
        "total": len(fitting),
        "left_out": len(found) - len(fitting),
        "unseen": max(0, len(fitting) - SHOWN_MAX),
        "closings": [str(it.pk) for it in fitting],
        "why_missing": missing,
        "back": reverse("admin:exports_storedclosing_changelist"),
    }
    return TemplateResponse(request, "exports/way_many.html", context)


def _look(task: Task, closing: StoredClosing, user: User) -> Shown:
    try:
        return task.look(closing, user)
    except REFUSED as refusal:
        return Shown(digest="", refusals=_explain(refusal))


def _explain(refusal: Exception) -> list[str]:
    """Why it cannot be done, in sentences."""
    if isinstance(refusal, CannotReplace):
        return [sentence(it.to_document()) for it in (Problem(code=refusal.code), *refusal.problems)]
    if isinstance(refusal, CannotSetAside):
        return [sentence(Problem(code=refusal.code).to_document())]
    assert isinstance(refusal, ExactError), "one of `REFUSED`"
    return [say_not_asked(refusal)]
