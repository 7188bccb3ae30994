"""A lost second factor is taken away by whoever may, told to its owner, and by nobody else."""

from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from tenants import factor_reset
from tenants.factor_reset import MayNotReset, NothingToReset, reset_factor
from tenants.factories import (
    AccountantFactory,
    MerchantFactory,
    ResellerAdminFactory,
    ResellerFactory,
    StaffFactory,
    SupportFactory,
    TenantFactory,
)
from tenants.models import Change, FactorReset, LogIn, Reseller, User

WHY = "téléphone volé, rappelé au numéro du magasin"


@pytest.fixture
def house(db: None) -> Reseller:
    return ResellerFactory(name="Notre maison")


def with_factor(person: User) -> User:
    TOTPDevice.objects.create(user=person, name="app", confirmed=True)
    StaticDevice.objects.create(user=person, name="recovery").token_set.create(token="abcdefgh")
    return person


def still_has(person: User) -> bool:
    return TOTPDevice.objects.filter(user=person).exists() or StaticDevice.objects.filter(user=person).exists()


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(person: User) -> str:
    return reverse("console_factor_reset", args=[person.pk])


def test_administrator__resets_its_colleague_who_is_logged_out_and_told(house: Reseller) -> None:
    manager, colleague = ResellerAdminFactory(reseller=house), StaffFactory(reseller=house)
    at_work, client = browser(colleague), browser(manager)
    assert at_work.get(reverse("admin:index")).status_code == 200
    assert LogIn.objects.filter(user=colleague).exists()
    with_factor(colleague)
    form = client.get(reverse("admin:tenants_user_change", args=[colleague.pk]))
    assert f'href="{page_of(colleague)}"' in form.content.decode()

    answer = client.post(page_of(colleague), {"why": WHY}, follow=True)

    assert "a été retiré, et la personne déconnectée partout" in answer.content.decode()
    assert not still_has(colleague)
    assert at_work.get(reverse("admin:index")).status_code == 302, "logged out"
    assert client.get(reverse("admin:index")).status_code == 200, "the own session goes on"
    kept = FactorReset.objects.get()
    assert (kept.user, kept.by, kept.reseller, kept.why) == (colleague, manager, house, WHY)
    change = Change.objects.get(table_name="tenants_factorreset")
    assert (change.actor, change.reseller, change.label) == (manager, house, colleague.email)
    (letter,) = mail.outbox
    assert letter.to == [colleague.email]
    assert WHY in letter.body and "Notre maison" in letter.body
    assert WHY in client.get(page_of(colleague)).content.decode(), "what was done before is shown"
    assert "rien n’a été changé" in client.post(page_of(colleague), {"why": WHY}, follow=True).content.decode()
    assert FactorReset.objects.count() == len(mail.outbox) == 1, "pressed twice"


def test_support__resets_anybody_even_a_colleague_and_needs_a_reason(house: Reseller) -> None:
    client = browser(SupportFactory())
    tenant = TenantFactory(reseller=house)
    below = [ResellerAdminFactory(reseller=house), AccountantFactory(tenant=tenant), MerchantFactory(tenant=tenant)]
    for person in (*below, SupportFactory()):
        with_factor(person)
        assert client.post(page_of(person), {"why": " "}).status_code == 200
        assert still_has(person)
        assert client.post(page_of(person), {"why": WHY}).status_code == 302
        assert not still_has(person)


def test_who_may_not__is_refused_by_page_and_act_and_nothing_is_done(house: Reseller) -> None:
    tenant = TenantFactory(reseller=house)
    manager, staff = ResellerAdminFactory(reseller=house), with_factor(StaffFactory(reseller=house))
    accountant, merchant = with_factor(AccountantFactory(tenant=tenant)), with_factor(MerchantFactory(tenant=tenant))
    stranger, support = with_factor(StaffFactory()), SupportFactory()
    refused: list[tuple[User, User, int]] = [
        (manager, accountant, 403),
        (manager, merchant, 403),
        (manager, stranger, 404),
        (manager, support, 404),
        (manager, manager, 403),
        (support, support, 403),
        (StaffFactory(reseller=house), staff, 403),
        (AccountantFactory(tenant=tenant), merchant, 403),
        (MerchantFactory(tenant=tenant), accountant, 403),
    ]
    for by, person, status in refused:
        assert browser(by).post(page_of(person), {"why": WHY}).status_code == status, (by.role, person.role)
        with pytest.raises(MayNotReset):
            reset_factor(person, by=by, behind=by, why=WHY)
    assert all(still_has(it) for it in (staff, accountant, merchant, stranger))
    assert not FactorReset.objects.exists() and mail.outbox == []
    for person in (accountant, merchant):
        shown = browser(manager).get(reverse("admin:tenants_user_change", args=[person.pk])).content.decode()
        assert f'href="{page_of(person)}"' not in shown and "seul le support le retire" in shown


def test_through_anothers_eyes__support_stays_itself_and_resets_not_its_view(house: Reseller) -> None:
    support, manager = SupportFactory(), with_factor(ResellerAdminFactory(reseller=house))
    colleague = with_factor(StaffFactory(reseller=house))
    client = browser(support)
    client.post(reverse("hijack:acquire"), {"user_pk": manager.pk})
    assert client.post(page_of(manager), {"why": WHY}).status_code == 403
    assert client.post(page_of(colleague), {"why": WHY}).status_code == 302
    kept = FactorReset.objects.get()
    assert (kept.user, kept.by) == (colleague, support)
    with pytest.raises(MayNotReset):
        reset_factor(support, by=SupportFactory(), behind=support, why=WHY)


def test_mail_that_cannot_go__is_said_and_the_reset_stands(house: Reseller, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise SMTPException("away")

    monkeypatch.setattr(factor_reset, "send_mail", refuse)
    manager, colleague = ResellerAdminFactory(reseller=house), with_factor(StaffFactory(reseller=house))
    answer = browser(manager).post(page_of(colleague), {"why": WHY}, follow=True)
    assert "n’a pas pu partir\u00a0: prévenez la personne" in answer.content.decode()
    assert not still_has(colleague)


def test_a_reset__is_of_another_and_is_never_rewritten(house: Reseller) -> None:
    support = SupportFactory()
    with pytest.raises(IntegrityError, match="tenants_factorreset_by_another"), transaction.atomic():
        FactorReset.objects.create(user=support, by=support, why=WHY)
    row = FactorReset.objects.create(user=StaffFactory(reseller=house), reseller=house, by=support, why=WHY)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.filter(pk=row.pk).update(by=StaffFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    with pytest.raises(NothingToReset):
        reset_factor(StaffFactory(reseller=house), by=support, behind=support, why=WHY)
