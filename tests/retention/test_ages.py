"""Every table has its age, by one list; what is over it goes, is counted, and nothing else."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone
from time_machine import travel

from clyo_ingest.models import Push, PushKind, Restart, RestartReason
from concerns.models import Letter, LetterKind, LetterState
from exports.models import StoredClosing
from retention import ages
from retention.ages import AGES, BOOKS, USE
from retention.models import PruneRound
from retention.prune import books_over_age
from retention.tasks import prune_what_is_old
from tenants.factories import SupportFactory
from tenants.models import LogIn
from tests.conftest import Caller, closing

LONG_AGO = timedelta(days=401)


def test_every_table__stands_in_the_list_once() -> None:
    listed = [it.table._meta.label for it in AGES] + [*BOOKS] + [*USE]
    assert len(listed) == len(set(listed))
    assert {model._meta.label for model in apps.get_models()} == set(listed)


def test_document__has_every_table_with_its_way_of_being_kept() -> None:
    told = {*re.findall(r"\w+\.\w+", Path("docs/retention.md").read_text())}
    missing = {*BOOKS, *USE, *(it.table._meta.label for it in AGES)} - told
    assert missing == set()


def aged(push: Push) -> Push:
    Push.objects.filter(pk=push.pk).update(received_at=timezone.now() - LONG_AGO)
    return push


def test_round__deletes_refused_pushes_over_age_and_keeps_the_proof(till: Caller) -> None:
    till.post("closings", closing(1001))
    till.post("closings", closing(1001))
    till.post("closings", {"kind": "nothing"})
    till.post("closings", {"kind": "young"})
    made, repeat, refused, young = Push.objects.order_by("pk")
    shown = Push.objects.create(
        tenant=till.till.tenant,
        till=till.till,
        kind=PushKind.CLOSING,
        content_type="application/json",
        body=b"{}",
        answer_status=409,
    )
    Restart.objects.create(
        tenant=till.till.tenant,
        till=till.till,
        era=1,
        since=timezone.now(),
        reason=RestartReason.RESTORED,
        why="copie",
        by=SupportFactory(),
        push=shown,
    )
    for push in (made, repeat, refused, shown):
        aged(push)
    prune_what_is_old()
    assert {*Push.objects.all()} == {made, shown, young}
    last = PruneRound.objects.get()
    assert last.deleted["clyo_ingest.Push"] == 2
    assert last.ended_at is not None and last.failed == {} and last.over_age == {"exports.StoredClosing": 0}
    prune_what_is_old()
    assert PruneRound.objects.first().deleted["clyo_ingest.Push"] == 0  # type: ignore[union-attr]


def test_round__ends_sessions_that_ran_out_and_their_log_ins(db: None) -> None:
    now = timezone.now()
    person = SupportFactory()
    for key, end in (("over", now - timedelta(minutes=1)), ("open", now + timedelta(hours=1))):
        session = Session.objects.create(session_key=key, session_data="", expire_date=end)
        LogIn.objects.create(user=person, session=session, seen_at=now)
    prune_what_is_old()
    assert [it.session_id for it in LogIn.objects.all()] == ["open"]


def test_round__forgets_who_tried_to_log_in_after_half_a_year(db: None) -> None:
    with travel(timezone.now() - timedelta(days=181)):
        AccessAttempt.objects.create(username="a@b.example", ip_address="192.0.2.1", failures_since_start=1)
        AccessLog.objects.create(username="a@b.example", ip_address="192.0.2.1")
    young = AccessLog.objects.create(username="a@b.example", ip_address="192.0.2.1")
    prune_what_is_old()
    assert [*AccessLog.objects.all()] == [young]
    assert not AccessAttempt.objects.exists()


def test_round__keeps_the_newest_letter_of_each_person(db: None) -> None:
    """The next one leaves out what it told."""
    person = SupportFactory()
    for days in (420, 410):
        made = timezone.now() - timedelta(days=days)
        Letter.objects.create(
            person=person, kind=LetterKind.MORNING, day=made.date(), made_at=made, state=LetterState.NOTHING
        )
    prune_what_is_old()
    assert [it.day for it in Letter.objects.all()] == [(timezone.now() - timedelta(days=410)).date()]


def test_books_over_ten_years__are_counted_and_stay(till: Caller) -> None:
    till.post("closings", closing(1001))
    year = timezone.now().year
    StoredClosing.objects.update(business_date=f"{year - 10}-01-01")
    assert books_over_age(timezone.now()) == 0
    StoredClosing.objects.update(business_date=f"{year - 11}-12-31")
    out = StringIO()
    call_command("prune", stdout=out)
    assert "books older than ten years, for a person to decide: 1 exports.StoredClosing" in out.getvalue()
    assert StoredClosing.objects.count() == 1


def test_look__counts_and_deletes_nothing(till: Caller) -> None:
    till.post("closings", {"kind": "nothing"})
    aged(Push.objects.get())
    out = StringIO()
    call_command("prune", "--look", stdout=out)
    assert "to delete: 1 clyo_ingest.Push" in out.getvalue()
    assert Push.objects.count() == 1 and not PruneRound.objects.exists()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def fail(moment: object) -> None:
        raise DatabaseError("locked")

    def break_one() -> None:
        broken = [
            ages.Age(table=it.table, kept=it.kept, older=fail if it.table is Session else it.older) for it in AGES
        ]
        monkeypatch.setattr("retention.prune.AGES", broken)

    return break_one


def test_table_that_fails__is_named_and_keeps_no_other_from_its_turn(till: Caller, failing: Callable[[], None]) -> None:
    till.post("closings", {"kind": "nothing"})
    aged(Push.objects.get())
    failing()
    with pytest.raises(CommandError, match=r"sessions\.Session"):
        call_command("prune", stdout=StringIO())
    assert PruneRound.objects.get().failed == {"sessions.Session": "DatabaseError"}
    assert not Push.objects.exists()
