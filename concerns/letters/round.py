"""A round of letters: those that are due are made, then sent, one by one. A failure for one person stops no other."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

import structlog
from django.conf import settings
from django.utils import timezone

from concerns.letters.make import make_at_once, make_morning, put_off, readers, without_letter_of
from concerns.letters.send import due_letters, send_letter
from concerns.letters.to_webhook import wake_webhooks
from concerns.models import Channel, LetterKind
from tenants.models import User

log = structlog.get_logger()


def go_round(now: datetime | None = None, *, early: bool = False) -> None:
    """Make and send what is due at `now`; with `early` the morning's letters too, whatever the hour."""
    local = timezone.localtime(now)
    day, is_morning = local.date(), early or local.time() >= settings.LETTERS_AT
    for channel in Channel:
        if is_morning:
            _make(without_letter_of(day, channel), make_morning, LetterKind.MORNING, day, channel)
        _make(readers(channel, LetterKind.AT_ONCE), make_at_once, LetterKind.AT_ONCE, day, channel)
    for letter_id in [*due_letters().values_list("pk", flat=True)]:
        try:
            send_letter(letter_id)
        except Exception:
            log.exception("letter_not_sent", letter=letter_id)
    wake_webhooks()


def _make(
    people: Iterable[User],
    make: Callable[[User, date, Channel], None],
    kind: LetterKind,
    day: date,
    channel: Channel,
) -> None:
    for person in [*people]:
        try:
            make(person, day, channel)
        except Exception:
            log.exception("letter_not_made", person=person.pk, kind=kind.value, channel=channel.value)
            put_off(person, kind, day, channel)
