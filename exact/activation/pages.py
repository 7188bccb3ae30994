"""The activation pages: what the holder of a link sees, and the buttons that make its steps
(`exact.activation.link_steps`).

Every POST answers with a redirect to the page of the step the link is at now, so that going back, refreshing, clicking
twice and a second tab all show the current step.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exact.activation import link_steps
from exact.activation.link_mail import ask_again
from exact.activation.links import (
    StepTaken,
    bind,
    expired,
    in_the_name_of,
    is_of,
    link_of,
    link_of_browser,
    link_of_state,
    newest_link_of,
    note_opened,
    served_to_holder,
)
from exact.activation.login import ForgedLogin
from exact.activation.state import ActivationState, state_of
from exact.activation.switch import check_establishment
from exact.api.consent import consent_of, say_consent
from exact.company.companies import Company, CompanyTaken, taken_by_others
from exact.models import Activation, ActivationLink, Division, ExactApp, LinkStep
from exact.wording import explain, label_of, resource_name

BROWSER = "activation_browser"  # this browser's own secret, in its session
COMPANIES_SHOWN = 50
SAID_IN_A_SENTENCE = ("rights", "period")  # nothing a person typed
# What each step of the progress is called, and which of the link's steps are in it.
STEPS = (
    (gettext_lazy("Log-in"), (LinkStep.INTRODUCTION, LinkStep.LOGIN)),
    (gettext_lazy("Company"), (LinkStep.DIVISION,)),
    (gettext_lazy("Checks"), (LinkStep.CHECKS,)),
    (gettext_lazy("First day"), (LinkStep.START,)),
    (gettext_lazy("Finished"), (LinkStep.DONE,)),
)
# A log-in into the company that is linked already skips these (`exact.activation.link_steps`).
ONLY_AT_FIRST = (LinkStep.DIVISION, LinkStep.START)
Page = Callable[..., HttpResponse]


def _refusal(request: HttpRequest, why: str, status: int, **context: Any) -> HttpResponse:
    return render(request, "exact/activation/refusal.html", {"why": why, **context}, status=status)


def _is_suspended(link: ActivationLink) -> bool:
    establishment = link.establishment
    return any(row.suspended_at for row in (establishment, establishment.tenant, establishment.tenant.reseller))


def of_this_browser(view: Page) -> Page:
    """Find the link for the browser that it belongs to; any other browser gets the answer for a missing link."""

    @wraps(view)
    @never_cache
    def wrapped(request: HttpRequest, link_id: int) -> HttpResponse:
        link = link_of_browser(link_id, request.session.get(BROWSER, ""))
        if link is None:
            return _refusal(request, "unknown", 404)
        if _is_suspended(link):
            return _refusal(request, "suspended", 403)
        with served_to_holder(link), in_the_name_of(link):
            if expired(link):
                return _show_over(request, link, reverse("activation:again", args=[link.pk]), _activation(link))
            return view(request, link)

    return wrapped


def _show_over(
    request: HttpRequest, link: ActivationLink, again: str, activation: Activation | None = None
) -> HttpResponse:
    """The page of a link that has ended; unless it was withdrawn, with the button that asks for one."""
    if link.revoked_at:
        return _refusal(request, "revoked", 410, reseller=link.establishment.tenant.reseller)
    on = activation is not None and state_of(activation) is ActivationState.ACTIVE
    return _refusal(request, "expired", 410, over=link, again=again, activation=activation, on=on)


def _refuse_other_browser(request: HttpRequest, secret: str) -> HttpResponse:
    again = reverse("activation:again_by_address", args=[secret]) if secret else ""
    return _refusal(request, "other_browser", 403, again=again)


@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, secret: str) -> HttpResponse:
    """The page at the address that a till, the console or an e-mail gives. Opening it changes nothing."""
    link = link_of(secret)
    if link is None:
        return _refusal(request, "unknown", 404)
    if _is_suspended(link):
        return _refusal(request, "suspended", 403)
    if expired(link):
        return _show_over(request, link, reverse("activation:again_by_address", args=[secret]))
    # The session is read before the rows are limited to the link's customer: no session is among those.
    browser = request.session.get(BROWSER, "")
    with served_to_holder(link):
        return _open(request, link, secret, browser)


def _open(request: HttpRequest, link: ActivationLink, secret: str, browser: str) -> HttpResponse:
    if is_of(link, browser):
        return redirect_to(link)
    if link.used_at is not None:
        return _refuse_other_browser(request, secret)
    if request.method == "GET":
        note_opened(link)
        shown = {"trouble": "", "lost": _say_lost(link), "begin": request.path}
        return show_step(request, link, "exact/activation/introduction.html", shown)
    browser = request.session.setdefault(BROWSER, get_random_string(43))
    if not bind(link, browser):
        return _refuse_other_browser(request, secret)
    return _begin(request, link, link.steps_made)


@never_cache
@require_POST
def again(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for a new link by the address of one that is over, or is used in another browser."""
    return _ask_again(request, link_of(secret))


@never_cache
@require_POST
def again_in_browser(request: HttpRequest, link_id: int) -> HttpResponse:
    """Ask for a new link in the browser that used one that is over."""
    return _ask_again(request, link_of_browser(link_id, request.session.get(BROWSER, "")))


def _ask_again(request: HttpRequest, link: ActivationLink | None) -> HttpResponse:
    """Answer the same whether a mail is sent or not: the holder is not to learn the address, or that there is one."""
    if link is None:
        return _refusal(request, "unknown", 404)
    if link.revoked_at:
        return _show_over(request, link, "")
    with served_to_holder(link):
        ask_again(link)
    return render(request, "exact/activation/again_asked.html", {"reseller": link.establishment.tenant.reseller})


def _begin(request: HttpRequest, link: ActivationLink, steps_made: int) -> HttpResponse:
    try:
        return HttpResponseRedirect(link_steps.begin_login(request, link, steps_made))
    except StepTaken:
        return redirect_to(link)
    except ExactApp.DoesNotExist:
        return _refusal(request, "not_set_up", 503)


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Where Exact sends the browser back to. The state tells which link, and works once, in this browser only."""
    link = link_of_state(request.GET.get("state", ""))
    if link is None:
        return _refusal(request, "login_over", 400, link=newest_link_of(request.session.get(BROWSER, "")))
    if not is_of(link, request.session.get(BROWSER, "")):
        return _refuse_other_browser(request, "")
    if expired(link) or _is_suspended(link):
        return redirect_to(link)
    try:
        with served_to_holder(link), in_the_name_of(link):
            link_steps.finish_login(request, link)
    except ForgedLogin:
        return _refusal(request, "login_over", 400, link=link)
    except StepTaken:
        pass
    return redirect_to(link)


@require_GET
@of_this_browser
def page(request: HttpRequest, link: ActivationLink) -> HttpResponse:
    """The page of the step a link is at."""
    match link.step:
        case LinkStep.DIVISION:
            return show_step(request, link, "exact/activation/division.html", _companies(request, link))
        case LinkStep.CHECKS:
            return show_step(request, link, "exact/activation/checks.html", _checks(link))
        case LinkStep.START:
            # This step shows waiting closings, so its page is in `exports`, which knows them.
            return redirect("activation_start", link_id=link.pk)
        case LinkStep.DONE:
            return show_step(request, link, "exact/activation/done.html", _outcome(request, link))
        case _:
            lost = "" if link.trouble else _say_lost(link)
            shown = {"trouble": link.trouble, "lost": lost, "begin": reverse("activation:act", args=[link.pk])}
            return show_step(request, link, "exact/activation/introduction.html", shown)


@require_GET
@of_this_browser
def progress(request: HttpRequest, link: ActivationLink) -> HttpResponse:
    """How far the checks are, for the page that is waiting; 205 when there is a new page to load."""
    if link.step != LinkStep.CHECKS or _is_finished(link):
        return HttpResponse(status=205)
    return render(request, "exact/activation/progress.html", _checks(link))


@require_POST
@of_this_browser
def act(request: HttpRequest, link: ActivationLink) -> HttpResponse:
    """Do what a button asks: `do` names it, `steps_made` says how many steps the page saw made."""
    steps_made = number_of(request.POST.get("steps_made", ""))
    try:
        if request.POST.get("do") == "login":
            return _begin(request, link, steps_made)
        _act(request, link, steps_made)
    except StepTaken:
        pass
    except CompanyTaken:
        return _refusal(request, "company_taken", 409, link=link)
    except (link_steps.NotOffered, KeyError):
        return _refusal(request, "not_offered", 409, link=link)
    return redirect_to(link)


def _act(request: HttpRequest, link: ActivationLink, steps_made: int) -> None:
    match request.POST.get("do"):
        case "choose":
            link_steps.choose(link, steps_made, number_of(request.POST.get("company", "")))
        case "check" if link.division is not None:
            link_steps.check_again(link, steps_made, link.division)
        case "fix" if link.division is not None:
            link_steps.take_fix(link, steps_made, request.POST.get("field", ""), request.POST.get("value", ""))
        case "change" if link.connection_id is not None:
            link_steps.change_company(link, steps_made)
        case "off" if link.step == LinkStep.DONE:
            link_steps.turn_off(link, steps_made, forget=request.POST.get("forget") == "1")
        case _:
            raise link_steps.NotOffered(request.POST.get("do", ""))


def number_of(text: str) -> int:
    """A number as a form sends it, -1 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def redirect_to(link: ActivationLink) -> HttpResponseRedirect:
    """The answer to every POST: the page of the step the link is at now."""
    response = redirect("activation:page", link_id=link.pk)
    response.status_code = 303
    return response


def show_step(request: HttpRequest, link: ActivationLink, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of one step of a link, with the progress. `begin`: the address to which its form begins the log-in."""
    again = _is_again(link)
    whole = [(title, inside) for title, inside in STEPS if not (again and inside[0] in ONLY_AT_FIRST)]
    shown = next(number for number, (_title, inside) in enumerate(whole) if link.step in inside)
    steps = [
        {"title": title, "state": "done" if number < shown else "now" if number == shown else "ahead"}
        for number, (title, _inside) in enumerate(whole)
    ]
    get_token(request)
    common = {
        "link": link,
        "establishment": link.establishment,
        "steps": steps,
        "step_number": shown + 1,
        "again": again,
    }
    response = render(request, template, common | context)
    if "begin" in context:
        # The form's answer leads to Exact, which a browser counts as the form's own target.
        hosts = list(ExactApp.objects.values_list("base_url", flat=True))
        response._csp_update = {"form-action": hosts}  # type: ignore[attr-defined] # for django-csp
    return response


def _companies(request: HttpRequest, link: ActivationLink) -> dict[str, Any]:
    """The companies that fit what was searched for, by code or name; those of other customers are not named as such."""
    wanted = " ".join(request.GET.get("q", "").split())[:60]
    trouble = link_steps.look_for(link, wanted) if link.more_companies and wanted else link.trouble
    companies = [Company.from_document(document) for document in link.companies]
    fitting = [it for it in companies if wanted.casefold() in f"{it.code} {it.name}".casefold()]
    taken = taken_by_others(link.tenant_id, [it.code for it in fitting], country=link_steps.COUNTRY)
    establishments: dict[int, list[str]] = {}
    active = Activation.objects.filter(tenant_id=link.tenant_id, active=True).select_related(
        "division", "establishment"
    )
    for activation in active:
        establishments.setdefault(activation.division.code, []).append(activation.establishment.name)
    rows = []
    for it in fitting[:COMPANIES_SHOWN]:
        rows.append(
            {
                "code": it.code,
                "name": it.name,
                "usable": it.usable and it.code not in taken,
                "archived": not it.usable,
                "taken": it.code in taken,
                "establishments": establishments.get(it.code, []),
            }
        )
    return {"wanted": wanted, "rows": rows, "fitting": len(fitting), "total": len(companies), "trouble": trouble}


def _is_finished(link: ActivationLink) -> bool:
    return link.check_after is None and link.checking_since is None


def _checks(link: ActivationLink) -> dict[str, Any]:
    """The checks' progress, or what they found when they are over."""
    read = [{**row, "name": resource_name(row["resource"])} for row in link.progress]
    waiting = not _is_finished(link)
    shown = [] if waiting or link.trouble or link.division is None else _show_checks(link, link.division)
    return {
        "waiting": waiting,
        "read": read,
        "total": len(link_steps.READ_IN_ALL),
        "trouble": link.trouble,
        "again_at": link.check_after if link.trouble == "rate_limited" else None,
        "wrong": [it for it in shown if not it["ok"]],
        "right": [it for it in shown if it["certain"]],
    }


def _show_checks(link: ActivationLink, division: Division) -> list[dict[str, Any]]:
    return [
        {
            "label": label_of(check.field, check.subject),
            "value": "" if check.field in SAID_IN_A_SENTENCE and not check.ok else check.value,
            "found": check.found,
            "ok": check.ok,
            "certain": check.certain,
            "sentences": [explain(problem, naming_the_setting=False) for problem in check.problems],
            "fix": check.fix,
            "fix_of": label_of(check.fix.field, {}) if check.fix and check.fix.field != check.field else "",
        }
        for check in check_establishment(link.establishment, division)
    ]


def _activation(link: ActivationLink) -> Activation | None:
    return (
        Activation.objects.select_related("division__connection").filter(establishment_id=link.establishment_id).first()
    )


def _is_again(link: ActivationLink) -> bool:
    """Whether somebody logs in once more for an export that was on before: into the same company, as far as is known.

    Then nothing is chosen any more, unless who logs in may not enter that company.
    """
    activation = _activation(link)
    if activation is None or not activation.active or link.step in ONLY_AT_FIRST:
        return False
    was_on = activation.activated_at is not None and activation.activated_at < link.created_at
    return was_on and link.division_id in (None, activation.division_id)


def _has_lost_consent(activation: Activation | None) -> bool:
    """Whether the activation is on but nothing is sent until somebody logs in at Exact again."""
    return activation is not None and state_of(activation) is ActivationState.RECONNECT_REQUIRED


def _say_lost(link: ActivationLink) -> str:
    """What to say of an activation that is on and waits for a new log-in; "" when it does not."""
    activation = _activation(link)
    lost = _has_lost_consent(activation)
    return say_consent(activation.division.connection) if activation is not None and lost else ""


def _outcome(request: HttpRequest, link: ActivationLink) -> dict[str, Any]:
    activation = _activation(link)
    connection = activation.division.connection if activation else None
    shown = _show_checks(link, activation.division) if activation else []
    others = []
    if connection is not None:
        on_it = Activation.objects.filter(division__connection=connection, active=True).select_related("establishment")
        others = [it.establishment.name for it in on_it.exclude(establishment_id=link.establishment_id)]
    return {
        "activation": activation,
        "active": activation is not None and activation.active,
        "connected": connection is not None and consent_of(connection).usable,
        "consent_words": say_consent(connection) if connection is not None else "",
        "lost": _has_lost_consent(activation),
        "connection": connection,
        "asking": request.GET.get("ask") == "off",
        "others": others,
        # A period that is closed today holds no closing by itself, so it does not make an activation unsound.
        "wrong": [it for it in shown if not it["ok"]] if activation and activation.problems else [],
        "mild": [it for it in shown if it["ok"] and not it["certain"]],
        "right": [it for it in shown if it["certain"]],
    }


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its cookie: an old page, or a browser that refuses cookies."""
    return _refusal(request, "no_cookie", 403)
