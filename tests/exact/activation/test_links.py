"""What a link may do, for how long, and in whose hands: over HTTP, without Exact."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exact.activation import link_mail
from exact.activation.link_mail import mail_link
from exact.activation.links import link_of, make_link
from exact.models import ActivationLink, ExactApp, LinkWay
from exact.tasks import sweep
from tenants.asked_again import AGAIN_A_DAY
from tenants.factories import EstablishmentFactory, StaffFactory
from tenants.models import Establishment, User

ON_FILE = "compta@zinc.example"
WEEK, HALF_HOUR = timedelta(days=7), timedelta(minutes=30)


@pytest.fixture
def staff(db: None) -> User:
    made: User = StaffFactory()
    return made


@pytest.fixture
def shop(staff: User, settings: Any) -> Establishment:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ExactApp.objects.create(country="FR", base_url="https://exact.invalid", client_id="x")
    made: Establishment = EstablishmentFactory(tenant__reseller=staff.reseller, contact_email=ON_FILE)
    return made


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def path_of(url: str) -> str:
    return urlsplit(url).path


def mailed_path() -> str:
    found = re.search(r"/activation/[\w-]+", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]


def over(path: str) -> None:
    """The time of a link passes."""
    link = link_of(path.rsplit("/", 1)[1])
    assert link is not None
    ActivationLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())


def press_again(path: str, status: int = 200, **form: str) -> str:
    """The button of a dead page, pressed; and the worker's round after it."""
    page = Client().post(f"{path}/again", form)
    assert page.status_code == status, page.content
    sweep()
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page.content.decode())


def test_life__is_days_by_mail_and_half_an_hour_at_the_till(shop: Establishment, staff: User) -> None:
    now = timezone.now()
    mailed, (till, _url) = mail_link(shop, by=staff), make_link(shop)
    assert mailed.expires_at - now >= WEEK
    assert till.expires_at - now < HALF_HOUR + timedelta(minutes=1)
    assert f"{timezone.localtime(mailed.expires_at):%d/%m/%Y %H:%M}" in str(mail.outbox[0].body).replace("\xa0", " ")
    # What a till shows takes nothing from who has the mail; a second mail does.
    assert ActivationLink.objects.get(pk=mailed.pk).expires_at > timezone.now()
    mail_link(shop, by=staff)
    assert ActivationLink.objects.get(pk=mailed.pk).expires_at <= timezone.now()


@pytest.mark.parametrize("end", ["expired", "used"])
def test_dead_page__mails_a_new_link_to_the_address_on_file(shop: Establishment, staff: User, end: str) -> None:
    mail_link(shop, by=staff)
    path = mailed_path()
    link = ActivationLink.objects.get()
    if end == "expired":
        over(path)
    else:
        ActivationLink.objects.filter(pk=link.pk).update(used_at=timezone.now(), browser_digest="0" * 64)
    page = Client().get(path)
    assert page.status_code == (403 if end == "used" else 410)
    assert f'action="{path}/again"' in page.content.decode()
    press_again(path, contact_email="voleur@ailleurs.example", email="voleur@ailleurs.example")
    letter = mail.outbox[-1]
    assert (len(mail.outbox), letter.to) == (2, [ON_FILE])
    assert Client().get(mailed_path()).status_code == 200


def test_dead_page__says_the_same_when_no_mail_goes_out(shop: Establishment, staff: User) -> None:
    mail_link(shop, by=staff)
    path = mailed_path()
    over(path)
    sent = press_again(path)
    assert len(mail.outbox) == 2
    said = [press_again(path)]  # too soon
    Establishment.objects.filter(pk=shop.pk).update(contact_email="")
    said.append(press_again(path))
    assert said == [sent, sent]
    assert str(staff.reseller) in sent
    assert ON_FILE not in sent
    assert len(mail.outbox) == 2


def test_dead_page__pressed_all_day_floods_nobody(shop: Establishment, staff: User) -> None:
    mail_link(shop, by=staff)
    path = mailed_path()
    over(path)
    for _press in range(AGAIN_A_DAY + 2):
        press_again(path)
        ActivationLink.objects.filter(way=LinkWay.ASKED_AGAIN).update(created_at=timezone.now() - timedelta(hours=1))
    assert len(mail.outbox) == 1 + AGAIN_A_DAY


def test_dead_pages__pressed_at_once_bring_one_mail(
    transactional_db: None, shop: Establishment, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = [make_link(shop)[0].pk for _each in range(2)]
    both, refuse = threading.Barrier(2), link_mail._refuse_again

    def refuse_together(asked: Establishment) -> str:
        """Both have looked before either goes on, where nothing keeps them apart."""
        why = refuse(asked)
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        return why

    def run(link: int) -> None:
        try:
            link_mail._mail_again(link)
        finally:
            connection.close()

    monkeypatch.setattr(link_mail, "_refuse_again", refuse_together)
    with ThreadPoolExecutor(2) as pool:
        [*pool.map(run, links)]
    assert len(mail.outbox) == 1


def test_revoked__is_dead_at_once_and_sends_nothing_to_whom_it_was_taken_from(shop: Establishment, staff: User) -> None:
    mail_link(shop, by=staff)
    path, holder = mailed_path(), Client()
    assert holder.post(path).status_code == 302  # begins to log in
    link = ActivationLink.objects.get()
    stranger = client_of(StaffFactory())
    assert stranger.post(reverse("console_revoke_link", args=[link.pk])).status_code == 404
    assert client_of(staff).post(reverse("console_revoke_link", args=[link.pk])).status_code == 302
    link.refresh_from_db()
    assert link.revoked_by == staff
    for page in (path, reverse("activation:page", args=[link.pk])):
        assert "retiré" in (dead := holder.get(page).content.decode())
        assert "/again" not in dead
        assert str(staff.reseller) in dead
    press_again(path, 410)
    assert holder.post(reverse("activation:again", args=[link.pk])).status_code == 410
    sweep()
    assert len(mail.outbox) == 1
    mail_link(shop, by=staff)  # given back by a person
    press_again(path, 410)
    over(fresh := mailed_path())
    press_again(fresh)
    assert len(mail.outbox) == 3


@pytest.mark.parametrize("way", [LinkWay.SHOWN, LinkWay.MAILED])
def test_withdrawn__renews_itself_for_nobody(shop: Establishment, staff: User, way: LinkWay) -> None:
    link, url = make_link(shop, way=way, by=staff, mailed_to="essai@ailleurs.example" if way is LinkWay.MAILED else "")
    ActivationLink.objects.filter(pk=link.pk).update(used_at=timezone.now(), browser_digest="0" * 64)
    assert Client().post(f"{path_of(url)}/again").status_code == 200  # asked for while it was used elsewhere
    client_of(staff).post(reverse("console_revoke_link", args=[link.pk]))
    sweep()
    press_again(path_of(url), 410)
    assert mail.outbox == []


def test_address__that_is_wrong_or_still_good_brings_no_mail(shop: Establishment) -> None:
    _link, url = make_link(shop)
    wrong = f"{path_of(url)[:-1]}{'a' if url[-1] != 'a' else 'b'}"
    page = Client().get(wrong)
    assert (page.status_code, "/again" in page.content.decode()) == (404, False)
    assert Client().post(f"{wrong}/again").status_code == 404
    assert Client().get(f"{path_of(url)}/again").status_code == 405
    press_again(path_of(url))
    assert mail.outbox == []


def test_mail_server_away__is_tried_again(shop: Establishment, monkeypatch: pytest.MonkeyPatch) -> None:
    _link, url = make_link(shop)
    over(path_of(url))
    with monkeypatch.context() as away:
        away.setattr(EmailMessage, "send", lambda _mail: (_ for _ in ()).throw(ConnectionRefusedError()))
        press_again(path_of(url))
    assert ActivationLink.objects.count() == 1  # none that nobody got
    ActivationLink.objects.update(put_off_until=None)
    sweep()
    assert mail.outbox[0].to == [ON_FILE]


def state_of(answer: Any) -> str:
    return parse_qs(urlsplit(answer["Location"]).query)["state"][0]


def test_second_browser__begins_anew_and_the_first_one_is_over(shop: Establishment) -> None:
    link, url = make_link(shop)
    phone, office = Client(), Client()
    first, second = state_of(phone.post(path_of(url))), state_of(office.post(path_of(url)))
    callback = reverse("activation:callback")
    assert phone.get(callback, {"state": first, "code": "c"}).status_code == 400
    assert phone.get(callback, {"state": second, "code": "c"}).status_code == 403
    assert phone.get(reverse("activation:page", args=[link.pk])).status_code == 404
    assert office.get(reverse("activation:page", args=[link.pk])).status_code == 200
    # Once a browser has brought the consent, no other one takes the link from it.
    ActivationLink.objects.update(used_at=timezone.now())
    assert phone.post(path_of(url)).status_code == 403
    assert office.get(path_of(url)).status_code == 303


def test_console__tells_when_it_was_sent_opened_and_used(shop: Establishment, staff: User) -> None:
    mail_link(shop, by=staff)
    page, client = reverse("console_set_up_customer", args=[shop.tenant_id]), client_of(staff)
    assert "pas encore ouvert" in client.get(page).content.decode()
    Client().get(mailed_path())
    Client().get(mailed_path())
    link = ActivationLink.objects.get()
    assert link.opened_at is not None
    assert f"ouvert le {timezone.localtime(link.opened_at):%d/%m/%Y %H:%M}" in client.get(page).content.decode()
