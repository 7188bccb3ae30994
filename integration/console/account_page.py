"""One's own account: language, letters, password, second factor, and where one is logged in."""

import re
from collections.abc import Callable
from typing import Any

import django_otp
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerns.answers.links import open_links, revoke_all
from concerns.letters.send import last_letter
from concerns.models import Webhook
from integration.callers import address_of
from integration.language import choose_language
from ledger import texts
from tenants.acting import person_behind
from tenants.log_ins import end_log_ins, log_ins_of, note_log_in
from tenants.models import Letters, User

# What people recognise of a browser's long name, the first that fits.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class LogInMiddleware:
    """Notes which of the console's sessions are in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if request.path_info.startswith("/console/"):
            note_log_in(request, address_of(request))
        return answer


def account_page(request: HttpRequest) -> HttpResponse:
    """The account of the person at the keyboard; on POST `language`, when `letters` come, the `end` of sessions, or
    to `withdraw` the links that answer letters."""
    person = person_behind(request)
    if person is None:
        raise PermissionDenied
    if request.method == "POST":
        return _change(request, person)
    log_ins = [
        {"row": it, "here": it.session_id == request.session.session_key, "browser": browser_name(it.browser)}
        for it in log_ins_of(person)
    ]
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("My account"),
        "person": person,
        "log_ins": log_ins,
        "second_factor": django_otp.user_has_device(person),
        "own_view": person == request.user,
        "choices": Letters.choices,
        "last_letter": last_letter(person),
        "answer_links": open_links(person),
        "webhook": Webhook.objects.filter(person=person).first(),
    }
    return TemplateResponse(request, "console/my_account.html", context)


def _change(request: HttpRequest, person: User) -> HttpResponse:
    answer = redirect("console_account")
    if language := request.POST.get("language"):
        choose_language(request, answer, language)
    elif (letters := request.POST.get("letters")) in Letters.values:
        person.letters = letters
        person.save(update_fields=["letters"])
        messages.success(request, _("Kept."))
    elif "withdraw" in request.POST:
        words = ngettext("{count} link withdrawn.", "{count} links withdrawn.", count := revoke_all(person))
        messages.success(request, words.format(count=count))
    elif asked := request.POST.get("end"):
        rows = log_ins_of(person)
        chosen = rows if asked == "all" else rows.filter(pk=texts.whole(asked) or 0)
        ended = end_log_ins(chosen, but=request.session.session_key)
        words = ngettext("{count} session ended.", "{count} sessions ended.", ended)
        messages.success(request, words.format(count=ended))
    return answer


def browser_name(agent: str) -> str:
    """What a browser calls itself, in two words: "Firefox, Windows"; its first word when it is none we know."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return ", ".join(filter(None, (browser, system))) or re.split(r"[ /]", agent)[0]
