"""Making letters: what is new to a person since the last one. A constraint lets each letter be made once only."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import translation

from concerns.concern import Concern
from concerns.found import AT_ONCE, AT_ONCE_KINDS, concerns_of
from concerns.letters.line import Line
from concerns.models import Channel, Letter, LetterKind, LetterState, Webhook
from tenants.models import Letters, User
from tenants.viewpoint import Scope

LINES_MAX = 60
QUIET = timedelta(minutes=15)
MADE_AGAIN_AFTER = timedelta(hours=1)
# On Mondays a letter repeats what is still open, so that nothing is forgotten for good.
REMINDED_ON = 1
# What letters in these states told is not new to the person; one of NOTHING had nothing to tell.
TOLD = (LetterState.SENT, LetterState.NOTHING)
# Letters that are being sent, or tried again soon: a letter at once does not repeat their content. If one is given up,
# its content is new again. A mail whose worker died is not sent again, a webhook's letter is.
UNDER_WAY = {
    Channel.MAIL: Q(state=LetterState.DUE) | Q(state=LetterState.SENDING, not_before__gt=Now()),
    Channel.WEBHOOK: Q(state__in=[LetterState.DUE, LetterState.SENDING]),
}


DUE_AGAIN = Q(state=LetterState.UNMADE, not_before__lte=Now())
WHO_READS = {
    (Channel.MAIL, LetterKind.MORNING): Q(letters__in=[Letters.DAILY, Letters.AT_ONCE]) & ~Q(email=""),
    (Channel.MAIL, LetterKind.AT_ONCE): Q(letters=Letters.AT_ONCE) & ~Q(email=""),
    # A webhook for failures only has morning letters too, which are not sent: they note what the person knows.
    (Channel.WEBHOOK, LetterKind.MORNING): Q(webhook__isnull=False, webhook__off_at=None),
    (Channel.WEBHOOK, LetterKind.AT_ONCE): Q(webhook__isnull=False, webhook__off_at=None),
}


def readers(channel: Channel, kind: LetterKind) -> QuerySet[User]:
    """People who may log in and chose letters of this kind on this channel.

    In random order, so that two rounds at once seldom work on the same person.
    """
    active = Q(suspended_at=None, reseller__suspended_at=None)
    return User.objects.filter(active, WHO_READS[channel, kind]).order_by("?")


def without_letter_of(day: date, channel: Channel) -> QuerySet[User]:
    """People whose letter of that morning is not made yet, or could not be and is due again."""
    made = Letter.objects.filter(kind=LetterKind.MORNING, channel=channel, day=day).exclude(DUE_AGAIN)
    return readers(channel, LetterKind.MORNING).exclude(pk__in=made.values("person"))


def make_morning(person: User, day: date, channel: Channel) -> None:
    """Make a person's letter of a morning; an empty one when nothing is new. Does nothing if it was made before.

    Things that are open and were told before are counted in it, and told again on Mondays.
    """
    own = Letter.objects.filter(person=person, channel=channel)
    # Before the look: what is made while it lasts may tell more than this letter, and stays.
    waiting = [*own.filter(state=LetterState.DUE).values_list("pk", flat=True)]
    with translation.override(person.language):
        concerns = concerns_of(Scope(user=person))
        known = known_to(person, channel)
        lines = [Line.of(it) for it in _keep_new_or_known(concerns, known, new=True)]
        still_open = [Line.of(it, old=True) for it in _keep_new_or_known(concerns, known, new=False)]
        if day.isoweekday() == REMINDED_ON:
            lines += still_open
    keys = {key for concern in concerns for key in concern.keys}
    if channel is Channel.WEBHOOK and not Webhook.objects.filter(person=person, morning=True).exists():
        lines, keys = [], keys & known
    row = Letter(person=person, channel=channel, kind=LetterKind.MORNING, day=day, still_open=len(still_open))
    with transaction.atomic():
        own.filter(DUE_AGAIN, kind=LetterKind.MORNING, day=day).delete()
        if lines:  # it has the content of all letters that are not sent yet
            others = own.exclude(kind=LetterKind.MORNING, day=day)  # a round at the same time may have made this one
            others.filter(state=LetterState.DUE, pk__in=waiting).update(state=LetterState.DROPPED)
        _keep(row, lines, told=keys)


def make_at_once(person: User, day: date, channel: Channel) -> None:
    """Make a letter of what failed or differs since the last one; none if nothing did, or one was made minutes ago."""
    made = Letter.objects.filter(person=person, channel=channel, kind=LetterKind.AT_ONCE)
    if made.filter(quiet_until__gt=Now()).exists():
        return
    with translation.override(person.language):
        concerns = [it for it in concerns_of(Scope(user=person), AT_ONCE) if it.condition in AT_ONCE_KINDS]
        # In this order: what is sent between the two looks is in both, and never in none.
        busy = under_way(person, channel)
        fresh = _keep_new_or_known(concerns, busy | known_to(person, channel), new=True)
        lines = [Line.of(it) for it in fresh]
    if lines:
        row = Letter(person=person, channel=channel, kind=LetterKind.AT_ONCE, day=day)
        _keep(row, lines, told={key for concern in fresh for key in concern.keys})


def put_off(person: User, kind: LetterKind, day: date, channel: Channel) -> None:
    """Note that a letter could not be made, so that it is tried again later and not in every round."""
    unmade = Letter(
        person=person,
        channel=channel,
        kind=kind,
        day=day,
        state=LetterState.UNMADE,
        not_before=Now() + MADE_AGAIN_AFTER,
        made_at=Now(),
        quiet_until=Now() + MADE_AGAIN_AFTER,
    )
    Letter.objects.filter(DUE_AGAIN, person=person, channel=channel, kind=kind, day=day).delete()
    Letter.objects.bulk_create([unmade], ignore_conflicts=True)


def known_to(person: User, channel: Channel) -> set[str]:
    """The keys of what a person knows to be open: by the last morning's letter and those sent since."""
    letters = Letter.objects.filter(person=person, channel=channel, state__in=TOLD)
    last = letters.filter(kind=LetterKind.MORNING).order_by("-made_at").first()
    since = letters.filter(kind=LetterKind.AT_ONCE)
    if last is not None:
        since = since.filter(Q(made_at__gt=last.made_at) | Q(sent_at__gt=last.made_at))
    told = {key for keys in since.values_list("told", flat=True) for key in keys}
    return told | {*(last.told if last is not None else ())}


def under_way(person: User, channel: Channel) -> set[str]:
    """The keys of what letters to a person tell that are not sent yet."""
    rows = Letter.objects.filter(UNDER_WAY[channel], person=person, channel=channel)
    return {key for keys in rows.values_list("told", flat=True) for key in keys}


def _keep_new_or_known(concerns: Iterable[Concern], known: Collection[str], *, new: bool) -> list[Concern]:
    """The concerns with no other items than those that are new, or than those that are known."""
    narrowed = (it.only({key for key in it.keys if (key in known) != new}) for it in concerns)
    return [it for it in narrowed if it.items]


def _keep(letter: Letter, lines: list[Line], *, told: Collection[str]) -> None:
    """Store the letter, unless there is one of the same morning, or one made minutes ago."""
    letter.state = LetterState.DUE if lines else LetterState.NOTHING
    letter.lines = [it.to_document() for it in lines[:LINES_MAX]]
    letter.more_lines = max(0, len(lines) - LINES_MAX)
    letter.told = sorted(told)
    letter.made_at = Now()
    letter.quiet_until = Now() + QUIET if letter.kind == LetterKind.AT_ONCE else Now()
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
