"""Sending letters by mail: each is claimed and sent once, and put off when the mail server fails."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import parseaddr
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerns.answers.offer import offered_to
from concerns.concern import Question
from concerns.letters.line import Line, grouped
from concerns.models import Channel, Letter, LetterKind, LetterState
from exports.words.mail_refusals import is_final, said_by_server
from tenants.models import HandOver, Letters, User

log = structlog.get_logger()

ATTEMPTS_MAX = 10
OVER = (LetterState.SENT, LetterState.NOTHING, LetterState.REFUSED, LetterState.DROPPED)
# How long a worker may take to send one; after that it has died.
LEASE = timedelta(minutes=10)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)


def due_letters() -> QuerySet[Letter]:
    """Letters that may be mailed now, the oldest first."""
    ready = Q(not_before=None) | Q(not_before__lte=Now())
    due = Letter.objects.filter(ready, channel=Channel.MAIL, state=LetterState.DUE)
    return due.order_by("made_at", "pk")


def last_letter(person: User) -> Letter | None:
    """The last letter that a person got by mail, or that could not be sent."""
    tried = Letter.objects.filter(
        person=person, channel=Channel.MAIL, state__in=[LetterState.SENT, LetterState.REFUSED]
    )
    return tried.order_by("-made_at").first()


def send_letter(letter_id: int) -> None:
    """Send one letter if it is due. A final refusal by the mail server ends it; after other failures it is tried again.

    If a worker dies before it stores the server's answer, nobody knows whether the mail arrived: it is not sent twice,
    and its content is new to the next morning's letter.
    """
    claimed = due_letters().filter(pk=letter_id).order_by()
    if claimed.update(state=LetterState.SENDING, attempts=F("attempts") + 1, not_before=Now() + LEASE) != 1:
        return
    letter = Letter.objects.select_related("person__reseller").get(pk=letter_id)
    if letter.person.letters == Letters.NEVER or is_over(letter):
        _record(letter, state=LetterState.DROPPED)
        return
    try:
        message_of(letter).send()
    except (SMTPException, OSError) as error:
        _put_off(letter, error, said_by_server)
    except Exception as error:
        _put_off(letter, error, lambda it: type(it).__name__)
        raise
    else:
        _record(letter, state=LetterState.SENT, sent_at=Now())
        forget_older(letter)


def forget_older(letter: Letter) -> None:
    """Empty the content of letters older than this morning's: no later letter needs it."""
    if letter.kind == LetterKind.MORNING:
        older = Letter.objects.filter(person=letter.person, channel=letter.channel, made_at__lt=letter.made_at)
        older.filter(state__in=OVER).exclude(told=[]).update(told=[])


def is_over(letter: Letter) -> bool:
    """Whether a letter must not be sent any more: its person may not log in, or lost access to a customer since it was
    made, which it may tell of. The next letter tells the rest."""
    person, made = letter.person, letter.made_at
    if not person.is_active:
        return True
    if person.reseller_id and HandOver.objects.filter(reseller=person.reseller_id, at__gte=made).exists():
        return True
    hidden = Q(ended_at__gte=made) | Q(tenant__suspended_at__gte=made) | Q(tenant__reseller__suspended_at__gte=made)
    return person.memberships.filter(hidden).exists()


def _put_off(letter: Letter, error: Exception, in_words: Callable[[Exception], str]) -> None:
    over = is_final(error) or letter.attempts >= ATTEMPTS_MAX
    log.warning("letter_not_sent", letter=letter.pk, why=type(error).__name__, over=over)
    with translation.override(letter.person.language):
        said = in_words(error)[:300]
    state = LetterState.REFUSED if over else LetterState.DUE
    _record(letter, state=state, not_before=Now() + pause_after(letter.attempts), detail=said)


def pause_after(attempts: int) -> timedelta:
    """How long a letter waits for its next try, after so many: twice as long each time, up to `LONGEST_PAUSE`."""
    doubled: timedelta = FIRST_PAUSE * 2 ** (attempts - 1)
    return min(LONGEST_PAUSE, doubled)


def _record(letter: Letter, **changes: object) -> None:
    Letter.objects.filter(pk=letter.pk, state=LetterState.SENDING).update(**changes)


def message_of(letter: Letter) -> EmailMultiAlternatives:
    """The letter as a mail, in the language of its person."""
    lines = [Line.from_document(document) for document in letter.lines]
    account = f"{settings.PUBLIC_URL}{reverse('console_account')}"
    with translation.override(letter.person.language):
        lines = [*_offer(letter.person, lines)]
        context = {
            "letter": letter,
            "at_once": letter.kind == LetterKind.AT_ONCE,
            "language": letter.person.language,
            "new": grouped(it for it in lines if not it.old),
            "old": grouped(it for it in lines if it.old),
            "home": f"{settings.PUBLIC_URL}{reverse('admin:index')}",
            "account": account,
        }
        subject, text = subject_of(letter, lines), render_to_string("concerns/letters/letter.txt", context)
        html = render_to_string("concerns/letters/letter.html", context)
    # The same Message-ID at every try: a mail program that gets the mail twice shows it once.
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {
        "Message-ID": f"<letter-{letter.pk}-{letter.made_at:%Y%m%d%H%M%S}@{host}>",
        "List-Unsubscribe": f"<{account}>",
        "Auto-Submitted": "auto-generated",
    }
    message = EmailMultiAlternatives(subject, text, to=[letter.person.email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def _offer(person: User, lines: Iterable[Line]) -> Iterator[Line]:
    """The lines with a link for each question; lines with the same question share one link."""
    asked: set[Question] = set()
    for line in lines:
        if line.question is None or line.question in asked:
            yield line
        else:
            asked.add(line.question)
            yield replace(line, offered=offered_to(person, line.question))


def subject_of(letter: Letter, lines: list[Line]) -> str:
    """How many things, and where: "Bistrot du Canal: 2 things to mend"."""
    count = len(lines) + letter.more_lines
    places = {it.shop or it.customer for it in lines}
    things = ngettext("{count} thing to mend", "{count} things to mend", count).format(count=count)
    if len(places) == 1:
        return _("{place}: {things}").format(place=places.pop(), things=things)
    return _("{things} in {places} establishments").format(things=things, places=len(places))
