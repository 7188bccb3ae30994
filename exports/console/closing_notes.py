"""Notes on a closing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from exports.console import links
from exports.console.one_closing import closing_of
from exports.models import StoredClosing
from tenants.models import Note, User
from tenants.notes import keep_note, told_notes


def notes_on_closing(closing: StoredClosing, user: User) -> Mapping[str, Any] | None:
    """What its page shows of them; None for who reads no notes."""
    rows = Note.objects.filter(closing_id=closing.pk)
    told = told_notes(user, rows, reverse("console_note_on_closing", args=[closing.pk]))
    return told and {**told, "closing": closing}


@require_POST
def note_on_closing(request: HttpRequest, closing_id: UUID) -> HttpResponse:
    """Keep a note on a closing."""
    closing = closing_of(request, closing_id, "tenants.add_note")
    keep_note(request, closing.tenant, closing.establishment, closing.pk)
    return redirect(f"{links.closing(closing.pk)}#notes")
