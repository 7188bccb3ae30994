"""The page behind a button of a letter: what will be done, one button that does it, and what was done.

Nobody logs in: the address is the key, for one question of one person, once. Opening the page changes nothing, as mail
scanners open it too. The address is given to nobody else: not in a `Referer` (`Referrer-Policy`), no cookie is set, and
no log line has it (`integration.access`).
"""

from collections.abc import Callable
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from concerns.answers.again import ask_again
from concerns.answers.guesses import guesses_too_often
from concerns.answers.kinds import open_to, question_of
from concerns.answers.links import expired, keep_waiting, link_of, note_opened, use
from concerns.answers.question import AnswerableQuestion, ChangedMeanwhile
from concerns.models import AnswerLink
from exports.models import StoredClosing
from exports.words.closing_words import name_of
from postgres.viewer import serving
from tenants.audit import by_letter
from tenants.wall import viewer_of

Page = Callable[[HttpRequest, AnswerLink], HttpResponse]


def _of_its_person(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """Find the link, and run the page with the rights and in the language of the person it was made for."""

    # No CSRF cookie is needed: a forger does not know the address. With one, a browser that hides where it comes from
    # would be refused, as it sends `Origin: null`.
    @csrf_exempt
    @never_cache
    @wraps(page)
    def wrapped(request: HttpRequest, secret: str) -> HttpResponse:
        link = link_of(secret)
        if link is None:
            answer = _refuse_guess(request)
        else:
            whom, author = viewer_of(link.person), by_letter(link.pk, link.person_id)
            with translation.override(link.person.language), serving(whom), author:
                answer = page(request, link)
        answer["Referrer-Policy"] = "no-referrer"
        return answer

    return wrapped


def _refuse_guess(request: HttpRequest) -> HttpResponse:
    if guesses_too_often(request):
        return _refuse(request, "too_often", 429)
    return _refuse(request, "unknown", 404)


def _refuse(request: HttpRequest, why: str, status: int, link: AnswerLink | None = None) -> HttpResponse:
    again = link is not None and why in ("expired", "revoked")
    return render(request, "concerns/answers/refusal.html", {"why": why, "again": again}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_its_person
def answer_page(request: HttpRequest, link: AnswerLink) -> HttpResponse:
    """Show what a link asks; on POST give the answer that was chosen (`answer`, as the page showed it at `shown`)."""
    if not link.person.is_active:
        return _refuse(request, "not_allowed", 403)
    question = open_to(link.person, question_of(link))
    if question is None:
        return _refuse(request, "not_allowed", 403)
    if link.used_at is not None:
        return _show_done(request, link, question)
    if link.revoked_at is not None:
        return _refuse(request, "revoked", 410, link)
    if question.given() is not None:
        return _show_given(request, link, question)
    if expired(link):
        return _refuse(request, "expired", 410, link)
    if request.method == "POST":
        return _take(request, link, question)
    note_opened(link)
    return _ask(request, link, question)


def _ask(
    request: HttpRequest, link: AnswerLink, question: AnswerableQuestion, *, changed: bool = False
) -> HttpResponse:
    choices = [(it, question.effect(it.value)) for it in question.choices()]
    context = {
        "link": link,
        "establishment": link.establishment,
        "question": question,
        "possible": [(it, effect) for it, effect in choices if not effect.trouble],
        "impossible": [(it, effect) for it, effect in choices if effect.trouble],
        "changed": changed,
    }
    return render(request, "concerns/answers/ask.html", context, status=409 if changed else 200)


def _take(request: HttpRequest, link: AnswerLink, question: AnswerableQuestion) -> HttpResponse:
    """Give the answer: using the link and carrying the answer out are one transaction."""
    answer, shown = request.POST.get("answer", ""), request.POST.get("shown", "")
    possible = {it.value for it in question.choices() if not question.effect(it.value).trouble}
    if answer not in possible or shown != question.stamp:
        return _ask(request, link, question, changed=True)
    try:
        with transaction.atomic():
            if use(link, answer):
                keep_waiting(link, question.carry_out(answer, by=link.person, shown=shown))
    except ChangedMeanwhile:
        pass  # nothing was stored: the page shows the question as it is now
    link.refresh_from_db(fields=["used_at", "answer", "waiting"])
    now = open_to(link.person, question_of(link))
    if now is None:
        return _refuse(request, "not_allowed", 403)
    if link.used_at is not None:
        return _show_done(request, link, now, just_now=True)
    return _show_given(request, link, now) if now.given() else _ask(request, link, now, changed=True)


def _show_done(
    request: HttpRequest, link: AnswerLink, question: AnswerableQuestion, *, just_now: bool = False
) -> HttpResponse:
    """The page of a used link: the answer, by whom and when, and the states of the closings that waited for it."""
    closings = StoredClosing.objects.filter(pk__in=link.waiting).order_by("business_date", "closed_at", "pk")
    context = {
        "link": link,
        "establishment": link.establishment,
        "question": question,
        "given": question.given(),
        "answer": question.say(link.answer),
        "just_now": just_now,
        "closings": [(name_of(it), it.get_state_display()) for it in closings],
    }
    return render(request, "concerns/answers/done.html", context)


def _show_given(request: HttpRequest, link: AnswerLink, question: AnswerableQuestion) -> HttpResponse:
    """The page of a question that somebody else answered, or that was answered in the console."""
    context = {
        "link": link,
        "establishment": link.establishment,
        "question": question,
        "given": question.given(),
    }
    return render(request, "concerns/answers/given.html", context)


@require_POST
@_of_its_person
def again(request: HttpRequest, link: AnswerLink) -> HttpResponse:
    """Ask for a new link instead of an ended one. Answers the same whether a mail is sent or not."""
    if not link.person.is_active:
        return _refuse(request, "not_allowed", 403)
    ask_again(link)
    return render(request, "concerns/answers/again_asked.html", {"title": _("A new link was asked for")})
