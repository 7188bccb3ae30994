"""Delivering letters to a webhook: the words of the mail, signed, tried again for a day, each attempt stored."""

import json
import secrets
import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from concerns.letters.line import Line
from concerns.letters.send import forget_older, is_over, subject_of
from concerns.models import Channel, Letter, LetterKind, LetterState, Outcome, Webhook, WebhookAttempt
from concerns.webhooks.address import BadAddress, read_address
from concerns.webhooks.counted import count_attempt
from concerns.webhooks.sign import headers_of
from concerns.webhooks.wire import Answer, post
from exact.nudge import nudge

log = structlog.get_logger()

DELIVER, TEST = "concerns.webhook", "concerns.webhook_test"
# The pause after each failed attempt. After the last the letter is given up, and its content is new again.
PAUSES = tuple(map(timedelta(seconds=1).__mul__, (20, 120, 600, 3600, 10_800, 21_600, 21_600, 21_600)))
ATTEMPTS_MAX = len(PAUSES) + 1
# How long to wait for a worker that may have died. A letter that comes twice has the same number for its receiver.
LEASE = timedelta(minutes=2)
# After this long without any success a webhook is switched off, and its person is told by mail.
OFF_AFTER = timedelta(days=5)
AT_ONCE = 500
# In chat programs these characters make mentions and links, and anybody may type them into a name: so they are replaced
# by characters that look alike.
READ_AS_TEXT = str.maketrans("<>@[]", "‹›＠［］")


def due_for_webhooks() -> QuerySet[Letter]:
    """Letters that may go to a webhook now, the oldest first."""
    ready = Q(state=LetterState.DUE) & (Q(not_before=None) | Q(not_before__lte=Now()))
    left_lying = Q(state=LetterState.SENDING, not_before__lte=Now())
    return Letter.objects.filter(ready | left_lying, channel=Channel.WEBHOOK).order_by("made_at", "pk")


def wake_webhooks() -> None:
    """Ask workers to deliver the due letters, one task each, so that a slow receiver delays no other."""
    for letter_id in due_for_webhooks().values_list("pk", flat=True)[:AT_ONCE]:
        nudge(DELIVER, letter_id)
    for webhook_id in Webhook.objects.filter(test_asked_at__isnull=False).values_list("pk", flat=True)[:AT_ONCE]:
        nudge(TEST, webhook_id)


def deliver(letter_id: int) -> None:
    """Deliver one letter, if it is due. After a failure it is tried again, and given up after the last of `PAUSES`."""
    claimed = due_for_webhooks().filter(pk=letter_id).order_by()
    if claimed.update(state=LetterState.SENDING, attempts=F("attempts") + 1, not_before=Now() + LEASE) != 1:
        return
    letter = Letter.objects.select_related("person__reseller", "person__webhook").get(pk=letter_id)
    if letter.attempts > ATTEMPTS_MAX:  # the worker of the last one died
        _record(letter, state=LetterState.REFUSED)
        return
    webhook = getattr(letter.person, "webhook", None)
    if webhook is None or webhook.off_at is not None or is_over(letter):
        _record(letter, state=LetterState.DROPPED)
        return
    answer = _send(webhook, f"letter_{letter.pk}", body_of(letter), letter=letter)
    if answer.outcome is Outcome.TAKEN:
        Webhook.objects.filter(pk=webhook.pk).update(failing_since=None)
        _record_taken(letter)
        forget_older(letter)
        return
    _put_off(letter)
    _note_failure(webhook, answer)


def send_test(webhook_id: int) -> None:
    """Send the test that a person asked for on the page of its webhook, once."""
    asked = Webhook.objects.filter(pk=webhook_id, test_asked_at__isnull=False)
    webhook = asked.select_related("person__reseller").first()
    if webhook is None or asked.update(test_asked_at=None) != 1 or not webhook.person.is_active:
        return
    with translation.override(webhook.person.language):
        text = _("This is a test: letters about your establishments come here.")
    body = _write("letter.test", timezone.now(), text, [])
    if _send(webhook, f"test_{secrets.token_hex(8)}", body, letter=None).outcome is Outcome.TAKEN:
        Webhook.objects.filter(pk=webhook.pk).update(failing_since=None)


def _send(webhook: Webhook, number: str, body: bytes, *, letter: Letter | None) -> Answer:
    """Make one attempt, count it and store it."""
    began = time.monotonic()
    try:
        target = read_address(webhook.address)
    except BadAddress:  # it was typed under other settings
        answer = Answer(outcome=Outcome.FORBIDDEN)
    else:
        answer = post(target, headers_of(webhook, number, body, now=timezone.now()), body)
    count_attempt(answer.outcome)
    WebhookAttempt.objects.create(
        webhook=webhook,
        letter=letter,
        outcome=answer.outcome,
        status=answer.status,
        said=answer.said,
        milliseconds=round((time.monotonic() - began) * 1000),
    )
    log.info("webhook", webhook=webhook.pk, outcome=answer.outcome.value, status=answer.status)
    return answer


def _record(letter: Letter, **changes: object) -> None:
    """Store how this attempt ended, unless another worker has begun the next one."""
    Letter.objects.filter(pk=letter.pk, state=LetterState.SENDING, attempts=letter.attempts).update(**changes)


def _record_taken(letter: Letter) -> None:
    """What the receiver took is sent, also where another worker has begun or ended another attempt meanwhile."""
    rows = Letter.objects.filter(pk=letter.pk).exclude(state=LetterState.SENT)
    rows.update(state=LetterState.SENT, sent_at=Now())


def _put_off(letter: Letter) -> None:
    if letter.attempts >= ATTEMPTS_MAX:
        _record(letter, state=LetterState.REFUSED)
    else:
        _record(letter, state=LetterState.DUE, not_before=Now() + PAUSES[letter.attempts - 1])


def _note_failure(webhook: Webhook, answer: Answer) -> None:
    """Store since when the webhook fails; switch it off after days of that, or if it answers that it is gone."""
    on = Webhook.objects.filter(pk=webhook.pk, off_at=None)
    on.update(failing_since=Coalesce(F("failing_since"), Now()))
    if answer.outcome is not Outcome.GONE:
        on = on.filter(failing_since__lt=Now() - OFF_AFTER)
    try:
        with transaction.atomic():
            # With the letter that says so, or not at all: one that cannot be sent is tried at the next failure.
            if on.update(off_at=Now(), off_by_itself=True) == 1:
                _tell_that_it_is_off(webhook, answer)
    except OSError as error:
        log.warning("webhook_not_switched_off", webhook=webhook.pk, error=type(error).__name__)


def _tell_that_it_is_off(webhook: Webhook, answer: Answer) -> None:
    with translation.override(webhook.person.language):
        context = {
            "webhook": webhook,
            "why": answer.outcome.label,
            "answer": answer,
            "page": f"{settings.PUBLIC_URL}{reverse('console_webhook')}",
        }
        subject = render_to_string("concerns/webhooks/off_subject.txt", context).strip()
        body = render_to_string("concerns/webhooks/off.txt", context)
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject=subject, body=body, to=[webhook.person.email], headers=headers).send()


def body_of(letter: Letter) -> bytes:
    """The letter as its receiver gets it, in the language that its person has at this attempt."""
    lines = [Line.from_document(document) for document in letter.lines]
    with translation.override(letter.person.language):
        home = f"{settings.PUBLIC_URL}{reverse('admin:index')}"
        said = [subject_of(letter, lines).translate(READ_AS_TEXT), *map(_say, lines)]
        text = "\n".join([*said, f"{_('Everything that is open:')} {home}"])
    kind = "letter.morning" if letter.kind == LetterKind.MORNING else "letter.at_once"
    more = {"more": letter.more_lines, "still_open": letter.still_open, "url": home}
    return _write(kind, letter.made_at, text, [_document_of(it) for it in lines], **more)


def _say(line: Line) -> str:
    head = f" · {line.head}" if line.head else ""
    seen_to = f" ({line.seen_to})" if line.seen_to else ""
    said = f"- {line.place}: {line.label}{head} — {line.words}{seen_to}"
    return f"{said.translate(READ_AS_TEXT)} → {line.address}"


def _document_of(line: Line) -> dict[str, Any]:
    return {
        "condition": line.kind,
        "label": line.label,
        "customer": line.customer,
        "establishment": line.shop,
        "about": line.head,
        "words": line.words,
        "seen_to": line.seen_to,
        "told_before": line.old,
        "action": line.mend,
        "url": line.address,
    }


def _write(kind: str, at: datetime, text: str, lines: list[dict[str, Any]], **further: Any) -> bytes:
    document = {"type": kind, "timestamp": at.isoformat(), "text": text, "data": {"lines": lines, **further}}
    return json.dumps(document, ensure_ascii=False).encode()
