"""Who sees to a closing: what its page says of it, and the buttons that change it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exports.console import links
from exports.console.hand_mail import mail_handed
from exports.console.one_closing import closing_of
from exports.models import StoredClosing
from exports.way.assign import (
    NoColleague,
    NothingToSeeTo,
    TakenByAnother,
    colleagues_of,
    end,
    hand,
    may_be_seen_to,
    open_assignment,
    take,
)
from exports.words.assignments import say_assignment
from ledger.texts import BIGGEST
from tenants.acting import person_behind
from tenants.models import User

log = structlog.get_logger()

SEE_TO = "exports.seeto_storedclosing"
COLLEAGUES_MAX = 100


class AssignForm(forms.Form):
    """`shown`: the id of the assignment that the page showed; `person`: the colleague the closing is handed to."""

    shown = forms.IntegerField(required=False, max_value=BIGGEST)
    person = forms.IntegerField(required=False, max_value=BIGGEST)


def seen_to_context(closing: StoredClosing, user: User) -> dict[str, Any] | None:
    """What a closing's page says of who sees to it; None when nobody does and there is nothing to see to, or the person
    is none who does."""
    now, may = open_assignment(closing), user.has_perm(SEE_TO)
    if now is None and not (may and may_be_seen_to(closing)):
        return None
    return {
        "now": now,
        "words": say_assignment(now) if now else "",
        "may": may,
        "mine": now is not None and now.person_id == user.pk,
        "colleagues": [*colleagues_of(user, closing)[:COLLEAGUES_MAX]] if may else [],
    }


@require_POST
def take_closing(request: HttpRequest, closing_id: UUID) -> HttpResponse:
    """The person sees to the closing; instead of another one only if the page showed that one."""
    closing, form, user = _read_asked(request, closing_id)
    with _say_refusal(request):
        take(closing, user, by=user, instead_of=form.cleaned_data["shown"])
        messages.success(request, _("You see to this closing."))
    return redirect(links.closing(closing.pk))


@require_POST
def hand_closing(request: HttpRequest, closing_id: UUID) -> HttpResponse:
    """Hand the closing to a colleague who may see it too, and tell that one by mail."""
    closing, form, user = _read_asked(request, closing_id)
    to, shown = form.cleaned_data["person"], form.cleaned_data["shown"]
    with _say_refusal(request):
        person, is_new = hand(closing, to or 0, user=user, by=user, instead_of=shown)
        messages.success(request, _("{name} sees to this closing.").format(name=person))
        if is_new:
            _tell(request, closing, person, by=user)
    return redirect(links.closing(closing.pk))


@require_POST
def leave_closing(request: HttpRequest, closing_id: UUID) -> HttpResponse:
    """The person no longer sees to the closing. Another person's assignment is not ended."""
    closing, _form, user = _read_asked(request, closing_id)
    now = open_assignment(closing)
    if now is not None and now.person_id == user.pk:
        end(now, by=user)
    messages.success(request, _("You no longer see to this closing."))
    return redirect(links.closing(closing.pk))


def _read_asked(request: HttpRequest, closing_id: UUID) -> tuple[StoredClosing, AssignForm, User]:
    """The closing, what the form says, and the person.

    Refused while a person looks through another's eyes. Raises `PermissionDenied`, and what `closing_of` raises.
    """
    closing, form = closing_of(request, closing_id, SEE_TO), AssignForm(request.POST)
    user = request.user
    if not form.is_valid() or not isinstance(user, User) or person_behind(request) != user:
        raise PermissionDenied
    return closing, form, user


def _tell(request: HttpRequest, closing: StoredClosing, person: User, *, by: User) -> None:
    """It is theirs whether or not the mail goes out; who handed it over learns what became of that."""
    try:
        told = mail_handed(closing, person, by=by)
    except OSError as error:
        log.warning("handed_mail_not_sent", closing=str(closing.pk), error=type(error).__name__)
        messages.warning(request, _("The mail to {name} could not be sent. Tell them yourself.").format(name=person))
    else:
        if not told:
            messages.info(request, _("{name} gets no e-mails from here. Tell them yourself.").format(name=person))


@contextmanager
def _say_refusal(request: HttpRequest) -> Iterator[None]:
    """Tell the person why nothing was changed."""
    try:
        yield
    except NoColleague:
        messages.error(request, _("Choose a colleague who may see this closing."))
    except TakenByAnother as error:
        words = _("{taken}. Nothing was changed: take it over below if you agreed on that.")
        messages.warning(request, words.format(taken=say_assignment(error.assignment)))
    except NothingToSeeTo:
        messages.info(request, _("Nothing is left to see to: this closing stands in Exact, or is archived."))
