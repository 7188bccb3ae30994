"""Notes on a customer, an establishment or a closing: those who look after it write and read them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.acting import person_behind
from tenants.models import NOTE_MAX, Establishment, Note, Tenant, User
from tenants.scope import visible_to

SHOWN = 20


class NoteForm(forms.Form):
    """One note."""

    text = forms.CharField(
        label=gettext_lazy("New note"), max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 3, "id": "new-note"})
    )


def told_notes(user: User, rows: QuerySet[Note], action: str) -> Mapping[str, Any] | None:
    """The newest of these notes for `tenants/notes.html`, with the form that is sent to `action`; None for who reads
    none."""
    if not user.has_perm("tenants.view_note"):
        return None
    found = visible_to(user, rows).select_related("author", "establishment").order_by("-written_at", "-pk")
    notes = [*found[: SHOWN + 1]]
    return {
        "notes": notes[:SHOWN],
        "more": len(notes) > SHOWN,
        "action": action,
        "form": NoteForm() if user.has_perm("tenants.add_note") else None,
    }


def keep_note(request: HttpRequest, tenant: Tenant, shop: Establishment | None, closing: UUID | None = None) -> None:
    """Keep the note that a form says, and tell the person so.

    The same words by the same person within a minute are one button pressed twice.
    """
    form, author = NoteForm(request.POST), person_behind(request)
    assert author is not None
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["text"])))
        return
    note = {"tenant": tenant, "establishment": shop, "closing_id": closing, "author": author}
    text, just_now = form.cleaned_data["text"], timezone.now() - timedelta(minutes=1)
    if not Note.objects.filter(**note, text=text, written_at__gt=just_now).exists():
        Note.objects.create(**note, text=text)
    messages.success(request, _("The note is kept."))
