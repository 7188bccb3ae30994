"""Letters of the morning and at once: what is new, to whom it concerns, once; one person's trouble stops nobody."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import Message
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone
from time_machine import travel

from concerns.letters.make import make_morning
from concerns.letters.round import go_round
from concerns.models import Channel, Letter, LetterKind, LetterState
from concerns.tasks import letters
from exact.books.reconcile import reconcile
from exact.models import Division, Posting
from exports.models import StoredClosing
from tenants.factories import AccountantFactory, StaffFactory, SupportFactory
from tenants.models import Letters, Membership, User
from tests.bookkeeper import Bookkeeper
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.console.test_causes import lydia
from tests.exports.reposts.test_repost import set_period
from tests.on_demand.test_mail import Postbox, serving
from tests.world import World, world

Linked = tuple[Caller, Division]
TUESDAY, WEDNESDAY, MONDAY = "2026-12-01", "2026-12-02", "2026-12-07"


def morning(day: str, at: str = "07:00") -> None:
    """The beat of that minute, in Paris."""
    with travel(f"{day}T{at}:00+01:00", tick=False):
        letters()


def taken() -> dict[str, Any]:
    """The letters since the last look, by who got them."""
    found = {letter.to[0]: letter for letter in mail.outbox}
    assert len(found) == len(mail.outbox)
    mail.outbox.clear()
    return found


def text(letter: Any) -> str:
    return str(letter.body).replace("\xa0", " ")


@pytest.fixture
def here(here: World) -> World:
    """Two resellers' customers, each with a closing that failed, a difference, and people; theirs alone get letters."""
    User.objects.exclude(
        pk__in=[here.manager.pk, *(it.staff.pk for it in (here.own, here.foreign)), here.own.accountant.pk]
    ).update(letters=Letters.NEVER)
    return here


@pytest.fixture
def person(linked: Linked) -> User:
    """Somebody of the linked till's reseller."""
    made: User = StaffFactory(reseller=linked[0].till.tenant.reseller)
    return made


@pytest.fixture
def refusing(linked: Linked, exact: SimulatedExact) -> Iterator[Callable[[int], None]]:
    """Pushes a closing that Exact refuses."""
    till, division = linked

    def push(number: int) -> None:
        assert till.post("closings", closing(number)).status_code == 201
        work(division)
        assert StoredClosing.objects.get(number=number).state == "failed"

    set_period(exact, division, "closed")
    yield push
    set_period(exact, division, "open")


def test_morning__tells_each_person_what_it_may_see(here: World) -> None:
    morning(TUESDAY)
    got = taken()
    assert {*got} == {it.email for it in (here.manager, here.own.staff, here.own.accountant, here.foreign.staff)}
    told = {
        email: {mark for mark in ("PROPRE", "SOEURETTE", "VOISIN") if mark in text(it)} for email, it in got.items()
    }
    assert told == {
        here.manager.email: {"PROPRE", "SOEURETTE"},
        here.own.staff.email: {"PROPRE", "SOEURETTE"},
        here.own.accountant.email: {"PROPRE"},
        here.foreign.staff.email: {"VOISIN"},
    }
    html, _type = got[here.own.accountant.email].alternatives[0]
    assert "PROPRE" in html
    for words in (html, text(got[here.own.staff.email])):
        assert "PROPRE équipe s’en occupe" in words
    assert "SOEURETTE" not in html
    assert "VOISIN" not in html


def test_morning__comes_at_seven_and_once_a_day_however_often_the_beat_comes(here: World) -> None:
    morning(TUESDAY, "06:59")
    assert taken() == {}
    for minute in ("07:00", "07:00", "07:01", "23:50"):
        morning(TUESDAY, minute)
    assert len(taken()) == 4
    assert Letter.objects.count() == 4


def test_database__refuses_a_second_letter_of_a_morning(here: World) -> None:
    morning(TUESDAY)
    letter = Letter.objects.filter(state=LetterState.SENT).first()
    assert letter is not None
    letter.pk = None
    with pytest.raises(IntegrityError, match="concerns_letter_one_a_morning"), transaction.atomic():
        letter.save(force_insert=True)


def test_nothing__is_no_letter(posted: Posting) -> None:
    person = StaffFactory(reseller=posted.tenant.reseller)
    Division.objects.update(reconciled_at=f"{TUESDAY}T03:12:00+01:00")
    morning(TUESDAY)
    assert taken() == {}
    assert Letter.objects.get(person=person).state == LetterState.NOTHING


def test_next_morning__tells_what_is_new_and_counts_what_is_still_open(linked: Linked, person: User) -> None:
    till, _division = linked
    till.post("closings", lydia(1042, "325.00"))
    morning(TUESDAY)
    first = text(taken()[person.email])
    assert "Z 1042" in first
    assert "1 400,00 €" in first
    morning(WEDNESDAY)
    assert taken() == {}
    till.post("closings", lydia(1043, "300.00"))
    morning("2026-12-03")
    second = taken()[person.email]
    assert "Z 1043" in text(second)
    assert "Z 1042" not in text(second)
    assert "1 point signalé auparavant reste ouvert." in text(second)


def test_monday__tells_again_what_is_still_open(linked: Linked, person: User) -> None:
    till, _division = linked
    till.post("closings", lydia(1042, "325.00"))
    morning(TUESDAY)
    taken()
    morning(MONDAY)
    again = text(taken()[person.email])
    assert "Toujours ouvert, déjà signalé" in again
    assert "Z 1042" in again
    assert "Nouveau depuis" not in again


def test_mended__is_told_no_more_and_told_as_new_when_it_comes_back(linked: Linked, person: User) -> None:
    till, _division = linked
    till.post("closings", lydia(1042, "325.00"))
    morning(TUESDAY)
    held = StoredClosing.objects.get()
    problems = held.problems
    StoredClosing.objects.update(problems=[], state="ready")
    morning(WEDNESDAY)
    StoredClosing.objects.update(problems=problems, state="held")
    assert len(taken()) == 1
    morning("2026-12-03")
    assert "Z 1042" in text(taken()[person.email])


def test_link__leads_through_the_log_in_to_the_thing(linked: Linked, person: User, settings: Any) -> None:
    till, _division = linked
    settings.PUBLIC_URL = "https://exact.clyo.example"
    identity = till.post("closings", closing(1042, payments=closing()["payments"][:1])).json()["id"]
    morning(TUESDAY)
    address = f"https://exact.clyo.example/console/exports/storedclosing/{identity}/change/"
    letter = taken()[person.email]
    assert address in text(letter)
    assert f'href="{address}"' in letter.alternatives[0][0]
    person.set_password("un-mot-de-passe-long")
    person.save()
    client = Client()
    path = address.removeprefix(settings.PUBLIC_URL)
    asked = client.get(path)
    shown = client.post(asked["location"], {"username": person.email, "password": "un-mot-de-passe-long"}, follow=True)
    assert shown.request["PATH_INFO"] == path
    assert "Z 1042" in shown.content.decode()


def test_mail__says_where_to_change_it_and_keeps_its_name_at_every_try(here: World) -> None:
    morning(TUESDAY)
    letter = taken()[here.own.staff.email]
    assert letter.extra_headers["List-Unsubscribe"].endswith("/console/account/>")
    assert "/console/account/" in text(letter)
    row = Letter.objects.get(person=here.own.staff)
    assert f"<letter-{row.pk}-" in letter.extra_headers["Message-ID"]


@pytest.mark.parametrize(("language", "words"), [("fr", "Nouveau depuis"), ("en", "New since")])
def test_language__is_the_persons(here: World, language: str, words: str) -> None:
    User.objects.filter(pk=here.own.staff.pk).update(language=language)
    morning(TUESDAY)
    letter = taken()[here.own.staff.email]
    assert words in text(letter)
    assert f'<html lang="{language}">' in letter.alternatives[0][0]
    assert ("à régler" in letter.subject) == (language == "fr")


@pytest.mark.parametrize("who", ["person", "reseller", "customer"])
def test_suspended__gets_none(here: World, who: str) -> None:
    rows = {"person": here.own.accountant, "reseller": here.own.tenant.reseller, "customer": here.own.tenant}
    type(rows[who])._default_manager.filter(pk=rows[who].pk).update(suspended_at=timezone.now())
    morning(TUESDAY)
    assert here.own.accountant.email not in taken()


@pytest.mark.parametrize("who", ["person", "access", "customer"])
def test_over__after_the_letter_was_made(here: World, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    reader = here.bookkeeper
    User.objects.filter(pk=reader.pk).update(letters=Letters.DAILY)
    monkeypatch.setattr("concerns.letters.round.send_letter", lambda _pk: None)
    morning(TUESDAY)
    monkeypatch.undo()
    then = Letter.objects.get(person=reader).made_at + timedelta(seconds=1)
    if who == "access":
        Membership.objects.filter(user=reader, tenant=here.own.tenant).update(ended_at=then)
    else:
        rows = {"person": reader, "customer": here.own.tenant}
        type(rows[who])._default_manager.filter(pk=rows[who].pk).update(suspended_at=then)
    morning(TUESDAY)
    assert reader.email not in taken()
    assert Letter.objects.get(person=reader).state == LetterState.DROPPED


def test_choice__of_the_account_page_is_kept(here: World) -> None:
    client = Client()
    client.force_login(here.own.staff)
    for chosen, kept in (("at_once", "at_once"), ("hourly", "at_once"), ("never", "never")):
        client.post("/console/account/", {"letters": chosen})
        here.own.staff.refresh_from_db()
        assert here.own.staff.letters == kept
    morning(TUESDAY)
    assert here.own.staff.email not in taken()
    assert not Letter.objects.filter(person=here.own.staff).exists()


def test_choice__of_support_in_anothers_view_is_supports(here: World) -> None:
    support = SupportFactory()
    client = Client()
    client.force_login(support)
    client.post("/hijack/acquire/", {"user_pk": here.own.staff.pk})
    client.post("/console/account/", {"letters": "never"})
    chosen = {*User.objects.filter(letters="never").values_list("pk", flat=True)}
    assert support.pk in chosen
    assert here.own.staff.pk not in chosen


def test_at_once__tells_what_failed_within_minutes_and_bundles_what_follows(
    person: User, refusing: Callable[[int], None]
) -> None:
    daily = AccountantFactory(tenant=Division.objects.get().tenant)
    User.objects.filter(pk=person.pk).update(letters=Letters.AT_ONCE)
    morning(TUESDAY)
    taken()
    refusing(1042)
    morning(TUESDAY, "14:03")
    got = taken()
    assert {*got} == {person.email}
    assert "Ceci vient d’échouer" in text(got[person.email])
    assert "Z 1042" in text(got[person.email])
    for number in (1043, 1044):
        refusing(number)
    morning(TUESDAY, "14:05")
    assert taken() == {}
    quiet_is_over()
    morning(TUESDAY, "14:18")
    bundled = text(taken()[person.email])
    assert "2 clôtures" in bundled
    morning(WEDNESDAY)
    got = taken()
    assert person.email not in got
    assert "3 clôtures" in text(got[daily.email])


def test_at_once__tells_of_books_that_differ(posted: Posting, exact: SimulatedExact) -> None:
    person = StaffFactory(reseller=posted.tenant.reseller, letters=Letters.AT_ONCE)
    morning(TUESDAY)
    taken()
    Bookkeeper(exact, posted.division).delete(posted)
    reconcile(posted.division)
    morning(TUESDAY, "14:03")
    assert f"écriture {posted.entry_number}" in text(taken()[person.email])


def test_at_once__is_not_for_what_is_held(linked: Linked, person: User) -> None:
    User.objects.filter(pk=person.pk).update(letters=Letters.AT_ONCE)
    morning(TUESDAY)
    linked[0].post("closings", lydia(1042, "325.00"))
    morning(TUESDAY, "14:03")
    assert taken() == {}


def test_database__refuses_two_letters_at_once_within_minutes(here: World) -> None:
    made = {
        "person": here.own.staff,
        "kind": LetterKind.AT_ONCE,
        "day": TUESDAY,
        "state": LetterState.DUE,
        "lines": [{"kind": "failed"}],
    }
    now = timezone.now()
    Letter.objects.create(**made, made_at=now, quiet_until=now + timedelta(minutes=15))
    later = now + timedelta(minutes=14)
    with pytest.raises(IntegrityError, match="concerns_letter_at_once_bundled"), transaction.atomic():
        Letter.objects.create(**made, made_at=later, quiet_until=later + timedelta(minutes=15))


def quiet_is_over() -> None:
    """As if every letter were made a quarter of an hour before."""
    before = timedelta(minutes=16)
    Letter.objects.update(made_at=F("made_at") - before, quiet_until=F("quiet_until") - before)


def test_one_persons_trouble__stops_nobody_and_is_tried_again(here: World, settings: Any) -> None:
    """A real server that puts one person off, has never heard of another, and takes the rest."""
    User.objects.filter(pk=here.own.staff.pk).update(email="later@example.fr")
    User.objects.filter(pk=here.own.accountant.pk).update(email="nobody@example.fr")
    box = Postbox()
    with serving(settings, box):
        morning(TUESDAY)
        assert {it["To"] for it in box.mails} == {here.manager.email, here.foreign.staff.email}
        later = Letter.objects.get(person=here.own.staff)
        nobody = Letter.objects.get(person=here.own.accountant)
        assert (later.state, later.detail) == (LetterState.DUE, "later@example.fr: 451 Greylisted, come again")
        assert (nobody.state, nobody.detail) == (LetterState.REFUSED, "nobody@example.fr: 550 No such user here")
        morning(TUESDAY, "07:01")
        assert len(box.mails) == 2
        Letter.objects.update(not_before=timezone.now() - timedelta(seconds=1))
        User.objects.filter(pk=here.own.staff.pk).update(email="quelquun@example.fr")
        morning(TUESDAY, "07:06")
    assert [it["To"] for it in box.mails[2:]] == ["quelquun@example.fr"]
    page = Client()
    page.force_login(here.own.accountant)
    assert "550 No such user here" in page.get("/console/account/").content.decode()


def test_refused__is_new_to_the_next_letter(here: World, settings: Any) -> None:
    User.objects.filter(pk=here.own.accountant.pk).update(email="nobody@example.fr")
    box = Postbox()
    with serving(settings, box):
        morning(TUESDAY)
        User.objects.filter(pk=here.own.accountant.pk).update(email="compta@example.fr")
        morning(WEDNESDAY)
    assert "PROPRE" in body_of(next(it for it in box.mails if it["To"] == "compta@example.fr"))


def body_of(message: Message) -> str:
    part: Any = next(it for it in message.walk() if it.get_content_type() == "text/plain")
    return str(part.get_payload(decode=True).decode())


def test_killed__between_the_servers_word_and_ours_it_is_not_sent_twice(here: World) -> None:
    morning(TUESDAY)
    Letter.objects.filter(person=here.own.staff).update(state=LetterState.SENDING, sent_at=None)
    taken()
    morning(TUESDAY, "08:00")
    assert taken() == {}
    morning(WEDNESDAY)
    assert {*taken()} == {here.own.staff.email}


def test_letter__that_cannot_be_made_is_put_off_and_the_others_get_theirs(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concerns.letters import make

    concerns_of = make.concerns_of

    def broken(scope: Any, *sources: Any) -> Any:
        if scope.user == here.own.staff:
            raise ValueError("a row nobody thought of")
        return concerns_of(scope, *sources)

    monkeypatch.setattr(make, "concerns_of", broken)
    morning(TUESDAY)
    assert len(taken()) == 3
    assert Letter.objects.get(person=here.own.staff).state == LetterState.UNMADE
    monkeypatch.undo()
    morning(TUESDAY, "07:01")
    assert taken() == {}
    Letter.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    morning(TUESDAY, "08:01")
    assert {*taken()} == {here.own.staff.email}


def test_many__lines_are_cut_and_counted(linked: Linked, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("concerns.letters.make.LINES_MAX", 1)
    till, _division = linked
    till.post("closings", lydia(1042, "325.00"))
    till.post("closings", closing(1043, payments=closing()["payments"][:1]))
    morning(TUESDAY)
    letter = taken()[person.email]
    assert "Et 1 autre dans la console." in text(letter)
    assert "2 points à régler" in letter.subject.replace("\xa0", " ")


def test_command__shows_a_letter_and_keeps_nothing_of_it(here: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("letters", show=here.own.staff.email)
    assert "PROPRE" in capsys.readouterr().out
    assert Letter.objects.count() == 0
    call_command("letters")
    assert len(taken()) == 4


def test_two_beats__the_later_one_does_not_drop_the_letter_of_the_first(here: World) -> None:
    """Both saw that there was no letter yet: the later one makes none, and leaves the first one's as it is."""
    person, day = here.own.staff, timezone.localdate()
    make_morning(person, day, Channel.MAIL)
    make_morning(person, day, Channel.MAIL)
    assert [it.state for it in Letter.objects.filter(person=person)] == [LetterState.DUE]


@pytest.mark.django_db(transaction=True)
def test_two_beats__at_one_time_send_one_letter(transactional_db: None) -> None:
    import threading

    here = world()
    User.objects.exclude(pk=here.own.staff.pk).update(letters=Letters.NEVER)
    start = threading.Barrier(2)

    def beat() -> None:
        start.wait()
        go_round(early=True)
        connection.close()

    threads = [threading.Thread(target=beat) for _beat in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [it.to for it in mail.outbox] == [[here.own.staff.email]]
    assert Letter.objects.count() == 1
