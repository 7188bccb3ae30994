"""Two workers at one person's letters, each with its own connection: nothing is told twice, and nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.utils import timezone

from concerns.letters import make, to_webhook
from concerns.letters.make import make_at_once, make_morning
from concerns.letters.send import send_letter
from concerns.letters.to_webhook import deliver
from concerns.models import Channel, Letter, LetterKind, LetterState, Outcome, Webhook
from concerns.webhooks.wire import Answer
from exports.models import StoredClosing
from tenants.models import Letters, User
from tests.world import World, world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(transactional_db: None) -> World:
    made = world()
    User.objects.filter(pk=made.own.staff.pk).update(letters=Letters.AT_ONCE)
    return made


def in_another(act: Callable[[], Any]) -> Any:
    """What another worker does, to its end."""

    def work() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def once_after(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, act: Callable[[], Any]) -> None:
    """Have another worker do this as soon as `name` has answered for the first time."""
    real, done = getattr(place, name), []

    def and_then(*given: Any, **named: Any) -> Any:
        answer = real(*given, **named)
        if not done:
            done.append(True)
            in_another(act)
        return answer

    monkeypatch.setattr(place, name, and_then)


def at_once_of(here: World) -> Letter:
    """A letter at once that is due, made so long ago that another may be made."""
    make_at_once(here.own.staff, timezone.localdate(), Channel.MAIL)
    rows = Letter.objects.filter(person=here.own.staff, kind=LetterKind.AT_ONCE)
    rows.update(made_at=timezone.now() - timedelta(hours=1), quiet_until=timezone.now() - timedelta(minutes=30))
    return rows.get()


@pytest.mark.parametrize("read", ["known_to", "under_way"])
def test_at_once__a_letter_that_another_worker_sends_meanwhile_is_not_told_again(
    here: World, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    person, first = here.own.staff, at_once_of(here)
    once_after(monkeypatch, make, read, lambda: send_letter(first.pk))
    make_at_once(person, timezone.localdate(), Channel.MAIL)
    assert [it.to for it in mail.outbox] == [[person.email]]
    assert [it.pk for it in Letter.objects.filter(person=person)] == [first.pk]


def test_at_once__a_letter_that_is_on_the_wire_is_not_told_again(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person, first = here.own.staff, at_once_of(here)
    once_after(
        monkeypatch,
        EmailMultiAlternatives,
        "send",
        lambda: make_at_once(person, timezone.localdate(), Channel.MAIL),
    )
    send_letter(first.pk)
    assert [(it.pk, it.state) for it in Letter.objects.filter(person=person)] == [(first.pk, LetterState.SENT)]


def test_at_once__a_letter_whose_worker_died_is_told_again(here: World) -> None:
    person, first = here.own.staff, at_once_of(here)
    died = timezone.now() - timedelta(minutes=30)
    Letter.objects.filter(pk=first.pk).update(state=LetterState.SENDING, attempts=1, not_before=died)
    make_at_once(person, timezone.localdate(), Channel.MAIL)
    assert Letter.objects.filter(person=person, state=LetterState.DUE).exclude(pk=first.pk).count() == 1


def test_morning__does_not_drop_a_letter_made_while_it_looked(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells what failed after the morning's letter had been written: dropped, nobody would be told."""
    person, day = here.own.staff, timezone.localdate()
    StoredClosing.objects.filter(pk=here.sister.closing.pk).update(state="exported")

    def fail_and_tell() -> None:
        StoredClosing.objects.filter(pk=here.sister.closing.pk).update(state="failed")
        make_at_once(person, day, Channel.MAIL)

    once_after(monkeypatch, make, "concerns_of", fail_and_tell)
    make_morning(person, day, Channel.MAIL)
    states = {it.kind: it.state for it in Letter.objects.filter(person=person)}
    assert states == {LetterKind.MORNING: LetterState.DUE, LetterKind.AT_ONCE: LetterState.DUE}
    told = "".join(str(it.lines) for it in Letter.objects.filter(person=person, state=LetterState.DUE))
    assert "SOEURETTE" in told


def answer_in_turn(monkeypatch: pytest.MonkeyPatch, *answers: Callable[[], Answer]) -> None:
    """Each request to a receiver is answered by the next of these."""
    left = [*answers]
    monkeypatch.setattr(to_webhook, "read_address", lambda _address: None)
    monkeypatch.setattr(to_webhook, "post", lambda *_given: left.pop(0)())


def test_webhook__a_worker_that_slept_does_not_undo_what_the_next_one_did(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease of the first ran out, a second delivers; the first's late failure is not that of the second."""
    person = here.own.staff
    Webhook.objects.filter(person=person).update(off_at=None)
    make_at_once(person, timezone.localdate(), Channel.WEBHOOK)
    letter = Letter.objects.get(person=person, channel=Channel.WEBHOOK)
    posted, late = Event(), Event()

    def second() -> Answer:
        posted.set()
        assert late.wait(20)
        return Answer(outcome=Outcome.TAKEN, status=204)

    def first() -> Answer:
        Letter.objects.filter(pk=letter.pk).update(not_before=timezone.now() - timedelta(seconds=1))
        begun.append(pool.submit(deliver_and_leave))
        assert posted.wait(20)
        return Answer(outcome=Outcome.TOO_SLOW)

    def deliver_and_leave() -> None:
        try:
            deliver(letter.pk)
        finally:
            connection.close()

    begun: list[Any] = []
    answer_in_turn(monkeypatch, first, second)
    with ThreadPoolExecutor(1) as pool:
        deliver(letter.pk)
        late.set()
        begun[0].result()
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (LetterState.SENT, 2)


def test_webhook__what_the_receiver_took_is_sent_though_a_second_worker_has_it(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = here.own.staff
    Webhook.objects.filter(person=person).update(off_at=None)
    make_at_once(person, timezone.localdate(), Channel.WEBHOOK)
    letter = Letter.objects.get(person=person, channel=Channel.WEBHOOK)

    def second() -> Answer:
        return Answer(outcome=Outcome.TOO_SLOW)

    def first() -> Answer:
        Letter.objects.filter(pk=letter.pk).update(not_before=timezone.now() - timedelta(seconds=1))
        in_another(lambda: deliver(letter.pk))
        return Answer(outcome=Outcome.TAKEN, status=204)

    answer_in_turn(monkeypatch, first, second)
    deliver(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (LetterState.SENT, 2)
