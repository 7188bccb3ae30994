"""Where a person is logged in, and how that ends: one session, or all but the one at hand."""

from datetime import timedelta
from ipaddress import ip_address

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from tenants.models import LogIn, User

NOTED_EVERY = timedelta(minutes=5)
NOTED = "noted_log_in"


def note_log_in(request: HttpRequest, address: str) -> None:
    """Remember that this session is in use from `address`, at most every five minutes.

    Support in another's view is still its own log-in.
    """
    session, now = request.session, timezone.now()
    shown, key = session.get(SESSION_KEY), session.session_key
    if not shown or not key:
        return
    noted_key, noted_at = session.get(NOTED, ("", 0))
    if noted_key == key and now.timestamp() - noted_at < NOTED_EVERY.total_seconds():
        return
    person = int((session.get("hijack_history") or [shown])[0])
    browser = request.headers.get("User-Agent", "")[:300]
    facts = {"user_id": person, "seen_at": now, "address": _valid(address), "browser": browser}
    try:
        with transaction.atomic():
            LogIn.objects.update_or_create(session_id=key, defaults=facts)
    except IntegrityError:  # the session was ended while it was answered
        return
    session[NOTED] = (key, now.timestamp())


def log_ins_of(person: User) -> QuerySet[LogIn]:
    """The sessions a person is logged in with, the latest used first."""
    return LogIn.objects.filter(user=person, session__expire_date__gt=timezone.now()).order_by("-seen_at")


def end_log_ins(log_ins: QuerySet[LogIn], *, but: str | None = None) -> int:
    """End sessions at once, except the one with the key `but`. Returns how many ended."""
    keys = [key for key in log_ins.values_list("session", flat=True) if key != but]
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)


def _valid(address: str) -> str | None:
    try:
        return str(ip_address(address))
    except ValueError:
        return None
