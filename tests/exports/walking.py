"""Walking a way out as a person does: its page is read, what it showed is sent back with a reason."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from exports.models import StoredClosing
from tenants.factories import SupportFactory
from tenants.models import User
from tests.clients import english_client_of


def browser(user: User | None = None) -> Client:
    """Somebody who reads English."""
    return english_client_of(user or SupportFactory())


def page(client: Client, way: str, *closings: StoredClosing) -> Any:
    return client.get(reverse("console_way", args=[way]), {"closing": [str(it.pk) for it in closings]})


def yes(client: Client, way: str, closing: StoredClosing, *, why: str = "seen with the shop", **more: str) -> Any:
    """Say yes to what the page shows now; the answer, after its redirect."""
    return say(client, way, closing, stamp(page(client, way, closing)), why=why, **more)


def say(client: Client, way: str, closing: StoredClosing, shown: str, *, why: str = "seen", **more: str) -> Any:
    form = {"confirm": "yes", "closing": str(closing.pk), "shown": shown, "why": why, **more}
    answer = client.post(reverse("console_way", args=[way]), form, follow=True)
    closing.refresh_from_db()
    return answer


def stamp(shown: Any) -> str:
    """The name of what a page showed; "" where it offers nothing to say yes to."""
    found = re.search(r'name="shown" value="(\w*)"', shown.content.decode())
    return found[1] if found else ""


def ways(client: Client, closing: StoredClosing) -> list[str]:
    """The ways that the closing's page offers."""
    shown = client.get(reverse("admin:exports_storedclosing_change", args=[closing.pk]))
    return [way.name for way in shown.context["ways"]]
