"""One's own account: the language goes with the person, and sessions can be ended from another one."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from integration.console.account_page import browser_name
from tenants.factories import ResellerAdminFactory, StaffFactory, SupportFactory
from tenants.invite import invite
from tenants.log_ins import log_ins_of
from tenants.models import User

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def logged_in(user: User, **extra: Any) -> Client:
    client = Client(**extra)
    client.force_login(user)
    client.get(reverse("console_account"))
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("console_account")).status_code == 200


def test_log_out_everywhere_else__ends_every_session_but_this_one(db: None) -> None:
    person, colleague = StaffFactory(), StaffFactory()
    here, there, other = logged_in(person), logged_in(person), logged_in(colleague)
    here.post(reverse("console_account"), {"end": "all"})
    assert [is_in(client) for client in (here, there, other)] == [True, False, True]


def test_one_session__can_be_ended(db: None) -> None:
    person = StaffFactory()
    here, there = logged_in(person), logged_in(person, headers={"user-agent": FIREFOX})
    row = log_ins_of(person).get(browser=FIREFOX)
    page = here.get(reverse("console_account")).content.decode()
    assert "Firefox, Windows" in page
    here.post(reverse("console_account"), {"end": row.pk})
    assert not is_in(there)
    assert is_in(here)


def test_nobody__ends_anothers_session(db: None) -> None:
    person = StaffFactory()
    victim = logged_in(person)
    row = log_ins_of(person).get()
    logged_in(StaffFactory(reseller=person.reseller)).post(reverse("console_account"), {"end": row.pk})
    assert is_in(victim)


def test_administrator__logs_its_people_out(db: None) -> None:
    manager = ResellerAdminFactory()
    own, foreign = StaffFactory(reseller=manager.reseller), StaffFactory()
    theirs, others = logged_in(own), logged_in(foreign)
    client = logged_in(manager)
    chosen = {"action": "log_out_everywhere", "_selected_action": [own.pk, foreign.pk]}
    client.post(reverse("admin:tenants_user_changelist"), chosen)
    assert [is_in(it) for it in (theirs, others, client)] == [False, True, True]


def test_support_in_anothers_view__stays_its_own_log_in(db: None) -> None:
    support, staff = SupportFactory(), StaffFactory()
    client = logged_in(support)
    client.post(reverse("hijack:acquire"), {"user_pk": staff.pk})
    client.get(reverse("admin:index"))
    assert log_ins_of(support).count() == 1
    assert log_ins_of(staff).count() == 0


def test_language__goes_with_the_person(db: None) -> None:
    person = StaffFactory()
    logged_in(person).post(reverse("console_account"), {"language": "en"})
    elsewhere = Client(headers={"accept-language": "fr"})
    elsewhere.force_login(person)
    assert "Where you are logged in" in elsewhere.get(reverse("console_account")).content.decode()


def test_language__of_the_switch_in_the_frame_is_kept_too(db: None) -> None:
    person = StaffFactory()
    logged_in(person).post(reverse("set_language"), {"language": "en", "next": "/console/"})
    person.refresh_from_db()
    assert person.language == "en"


@pytest.mark.parametrize("language", ["", "xx"])
def test_language__that_is_unknown_changes_nothing(db: None, language: str) -> None:
    person = StaffFactory()
    logged_in(person).post(reverse("set_language"), {"language": language})
    person.refresh_from_db()
    assert person.language == "fr"


@pytest.mark.parametrize(("language", "word"), [("fr", "Bonjour"), ("en", "Hello")])
def test_mails__are_in_the_persons_language(db: None, settings: Any, language: str, word: str) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    person = StaffFactory(language=language)
    invite(person)
    asked = Client(headers={"accept-language": "en" if language == "fr" else "fr"})
    asked.post(reverse("admin_password_reset"), {"email": person.email})
    assert len(mail.outbox) == 2
    assert [word in str(letter.body) for letter in mail.outbox] == [True, True]


@pytest.mark.parametrize(("agent", "name"), [(FIREFOX, "Firefox, Windows"), ("curl/8.1", "curl"), ("", "")])
def test_browser__is_named_in_two_words(agent: str, name: str) -> None:
    assert browser_name(agent) == name
