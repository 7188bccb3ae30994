"""A round of letters: made for whom they are due, then sent, one by one. One person's trouble stops nobody."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

import structlog
from django.conf import settings
from django.utils import timezone

from concerns.letters.make import make_at_once, make_morning, put_off, readers, without_letter_of
from concerns.letters.send import due_letters, send_letter
from concerns.models import LetterKind
from tenants.models import Letters, User

log = structlog.get_logger()


def go_round(now: datetime | None = None, *, early: bool = False) -> None:
    """Make and send what is due at `now`; with `early` the morning's letters too, whatever the hour."""
    local = timezone.localtime(now)
    if early or local.time() >= settings.LETTERS_AT:
        _make(without_letter_of(local.date()), make_morning, LetterKind.MORNING, local.date())
    _make(readers(Letters.AT_ONCE), make_at_once, LetterKind.AT_ONCE, local.date())
    for letter_id in [*due_letters().values_list("pk", flat=True)]:
        try:
            send_letter(letter_id)
        except Exception:
            log.exception("letter_not_sent", letter=letter_id)


def _make(people: Iterable[User], make: Callable[[User, date], None], kind: LetterKind, day: date) -> None:
    for person in [*people]:
        try:
            make(person, day)
        except Exception:
            log.exception("letter_not_made", person=person.pk, kind=kind.value)
            put_off(person, kind, day)
