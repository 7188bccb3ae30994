"""Who really acts: support inside a reseller's view stays support in every history."""

from django.http import HttpRequest
from django.utils import timezone

from tenants.models import LookThrough, User


def person_behind(request: HttpRequest) -> User | None:
    """The person at the keyboard: who looks through another's eyes, else who is logged in."""
    looking_through = request.session.get("hijack_history") if hasattr(request, "session") else None
    if looking_through:
        return User.objects.filter(pk=looking_through[0]).first()
    return request.user if isinstance(request.user, User) else None


def may_look_through(*, hijacker: User, hijacked: User) -> bool:
    """Support may work inside the view of a reseller's people or a customer's; never of another of support."""
    return hijacker.has_perm("tenants.hijack_user") and hijacked.is_active and not hijacked.is_support


def note_begin(*, hijacker: User, hijacked: User, **_: object) -> None:
    """Write down that support begins to look through another's eyes."""
    LookThrough.objects.create(actor=hijacker, seen_as=hijacked, reseller=hijacked.reseller)


def note_end(*, hijacker: User, hijacked: User, **_: object) -> None:
    """Write down that it ended."""
    open_visits = LookThrough.objects.filter(actor=hijacker, seen_as=hijacked, ended_at=None)
    open_visits.update(ended_at=timezone.now())
