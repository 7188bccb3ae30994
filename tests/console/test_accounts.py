"""Who comes in, and how: invitation, forgotten password, second factor, lock-out. And who may make whom."""

import re
from base64 import b32encode
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tenants.factories import (
    AccountantFactory,
    ResellerAdminFactory,
    StaffFactory,
    SupportFactory,
)
from tenants.models import Role, User

PASSWORD = "corneille-bleue-42"


@pytest.fixture
def letters(settings: Any) -> list[mail.EmailMessage]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mail.outbox


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def link_in(letter: mail.EmailMessage) -> str:
    found = re.search(r"https?://[^/\s]+(/console/password/\S+)", str(letter.body))
    assert found
    return found[1]


def choose(client: Client, link: str) -> Any:
    page = client.get(link, follow=True)
    return client.post(page.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})


def log_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post(reverse("admin:login"), {"username": user.email, "password": password})


def test_invited__person_chooses_a_password_and_is_in(
    db: None, letters: list[mail.EmailMessage], django_capture_on_commit_callbacks: Any
) -> None:
    manager = ResellerAdminFactory()
    form = {
        "email": "new@revendeur.example",
        "name": "Nadia",
        "role": Role.RESELLER_STAFF,
        "language": "en",
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert browser(manager).post(reverse("console_invite"), form).status_code == 302
    person = User.objects.get(email="new@revendeur.example")
    (letter,) = letters
    assert letter.to == [person.email]
    client = Client()
    assert choose(client, link_in(letter)).status_code == 302
    assert log_in(client, person).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200
    assert "over" in Client().get(link_in(letter)).context  # the link works once
    assert not Client().get(link_in(letter)).context["validlink"]


def test_forgotten__password_is_chosen_anew(db: None, letters: list[mail.EmailMessage]) -> None:
    person = StaffFactory()
    client = Client()
    client.post(reverse("admin_password_reset"), {"email": person.email.upper()})
    choose(client, link_in(letters[0]))
    assert log_in(client, person).status_code == 302


@pytest.mark.parametrize("who", ["nobody", "suspended"])
def test_forgotten__says_the_same_and_writes_to_nobody(db: None, letters: list[mail.EmailMessage], who: str) -> None:
    person = StaffFactory()
    if who == "suspended":
        User.objects.filter(pk=person.pk).update(suspended_at=person.created_at)
    address = person.email if who == "suspended" else "personne@exemple.fr"
    answer = Client().post(reverse("admin_password_reset"), {"email": address})
    assert answer["Location"] == reverse("password_reset_done")
    assert letters == []


@pytest.mark.parametrize("make", [StaffFactory, AccountantFactory])
def test_people__are_not_shown_to_who_may_not_invite(db: None, make: Any) -> None:
    assert browser(make()).get(reverse("admin:tenants_user_changelist")).status_code == 403


def test_six_wrong_passwords__close_the_door_even_to_the_right_one(db: None) -> None:
    person = StaffFactory()
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    client = Client()
    User.objects.filter(pk=person.pk).update(email="Lea@Exemple.fr")
    names = ["Lea@Exemple.fr", "lea@exemple.fr", "LEA@EXEMPLE.FR"]
    person.refresh_from_db()
    answers = [
        client.post(reverse("admin:login"), {"username": names[turn % 3], "password": "wrong"}).status_code
        for turn in range(6)
    ]
    assert answers[:4] == [200] * 4
    assert answers[-1] == 429
    assert log_in(client, person).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert log_in(elsewhere, person).status_code == 302


@pytest.fixture
def strict(settings: Any) -> None:
    settings.SUPPORT_SECOND_FACTOR = True


def code_of(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key, step=device.step, t0=device.t0, digits=device.digits):06d}"


def set_up(client: Client, user: User) -> list[str]:
    page = client.get(reverse("console_second_factor_new"))
    assert "<svg" in page.content.decode()
    device = TOTPDevice.objects.get(user=user)
    assert client.post(reverse("console_second_factor_new"), {"code": code_of(device)}).status_code == 302
    codes: list[str] = client.get(reverse("console_recovery_codes")).context["codes"]
    return codes


def test_support__sees_nothing_before_its_second_factor(db: None, strict: None) -> None:
    support = SupportFactory()
    client = browser(support)
    for name in ("admin:index", "admin:tenants_user_changelist", "console_causes", "console_log"):
        assert client.get(reverse(name))["Location"] == reverse("console_second_factor")
    assert len(set_up(client, support)) == 10
    assert client.get(reverse("admin:index")).status_code == 200


def test_next_session__asks_for_a_code_and_takes_a_recovery_code_once(db: None, strict: None) -> None:
    support = SupportFactory()
    codes = set_up(browser(support), support)
    client = browser(support)
    page = reverse("console_second_factor")
    assert client.get(reverse("admin:index"))["Location"] == page
    assert client.post(page, {"code": "000000"}).status_code == 200
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    StaticToken.objects.get(token=codes[0]).device.throttle_reset()
    assert client.post(page, {"code": codes[0]}).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200
    assert not StaticToken.objects.filter(token=codes[0]).exists()


def test_code__leads_on_to_the_page_that_was_asked_for(db: None, strict: None) -> None:
    """A letter's link must not end on the first page."""
    support = SupportFactory()
    wanted = f"{reverse('admin:exports_storedclosing_changelist')}?state=held"
    first = browser(support)
    first.get(wanted)
    page = first.get(reverse("console_second_factor_new"))
    device = TOTPDevice.objects.get(user=support)
    assert "<svg" in page.content.decode()
    first.post(reverse("console_second_factor_new"), {"code": code_of(device)})
    kept = first.get(reverse("console_recovery_codes"))
    assert f'href="{wanted}"' in kept.content.decode()
    again = browser(support)
    again.get(wanted)
    code = {"code": kept.context["codes"][0]}
    assert again.post(reverse("console_second_factor"), code)["Location"] == wanted


def test_a_session_that_owes_a_code__cannot_put_a_new_device_in_its_place(db: None, strict: None) -> None:
    support = SupportFactory()
    set_up(browser(support), support)
    thief = browser(support)
    assert thief.get(reverse("console_second_factor_new"))["Location"] == reverse("console_second_factor")
    assert thief.get(reverse("console_recovery_codes"))["Location"] == reverse("console_second_factor")


def test_recovery_codes__are_shown_once(db: None, strict: None) -> None:
    support = SupportFactory()
    client = browser(support)
    set_up(client, support)
    assert client.get(reverse("console_recovery_codes"))["Location"] == reverse("admin:index")


def test_a_reseller__may_do_without_but_is_asked_once_it_has_one(db: None, strict: None) -> None:
    person = StaffFactory()
    client = browser(person)
    assert client.get(reverse("admin:index")).status_code == 200
    set_up(client, person)
    assert browser(person).get(reverse("admin:index"))["Location"] == reverse("console_second_factor")


def test_second_factor__shows_the_key_to_type_and_leaves_a_way_out_to_who_need_not(db: None, strict: None) -> None:
    staff, support = StaffFactory(), SupportFactory()
    page = browser(staff).get(reverse("console_second_factor_new")).content.decode()
    key = b32encode(TOTPDevice.objects.get(user=staff).bin_key).decode()
    assert "".join(re.findall(r"<span>([A-Z2-7]{1,4})</span>", page)) == key
    assert f"secret={key}" in page
    assert f'href="{reverse("console_account")}"' in page
    obliged = browser(support).get(reverse("console_second_factor_new")).content.decode()
    assert f'href="{reverse("console_account")}"' not in obliged
    assert reverse("admin:logout") in obliged
