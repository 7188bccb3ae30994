"""Who lets whom look after which customer: the invitation, what each side sees of it, and how it ends."""

from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exports.models import StoredClosing
from on_demand.models import MonthlyExport
from tenants.factories import AccountantFactory, MerchantFactory, StaffFactory, SupportFactory
from tenants.models import Change, Membership, Role, Tenant, User
from tenants.scope import visible_to
from tests.clients import client_of
from tests.world import World

ADDRESS = "cabinet@exemple.fr"


@pytest.fixture
def here(here: World, settings: Any) -> World:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return here


@pytest.fixture
def invited(django_capture_on_commit_callbacks: Any) -> Any:
    """Sends the form as somebody; what the page answers."""

    def send(by: User, **form: Any) -> Any:
        client = Client()
        client.force_login(by)
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(
                reverse("console_invite"), {"email": ADDRESS, "role": Role.ACCOUNTANT, "language": "fr"} | form
            )

    return send


def customers_of(person: User) -> set[Tenant]:
    return {*visible_to(User.objects.get(pk=person.pk), Tenant.objects.all())}


def rows(page: Any) -> list[Any]:
    return [*page.context["cl"].result_list]


def test_two_firms_invite_one_accountant__who_looks_after_both_and_neither_learns_of_the_other(
    here: World, invited: Any
) -> None:
    neighbour = StaffFactory(reseller=here.foreign.tenant.reseller, role=Role.RESELLER_ADMIN, name="Noé Voisin")
    assert invited(here.manager, customers=[here.own.tenant.pk], may_replace="on").status_code == 302
    person = User.objects.get(email=ADDRESS)
    person.set_password("corneille-bleue-42")
    person.save()
    assert invited(neighbour, email=ADDRESS.upper(), customers=[here.foreign.tenant.pk]).status_code == 302
    first, second = mail.outbox
    assert "/console/password/" in first.body
    assert here.own.tenant.name in first.body
    assert second.to == [ADDRESS]
    assert f"- {here.foreign.tenant.name}" in second.body
    assert "Noé Voisin" in second.body
    assert here.own.mark not in second.body
    assert "/console/password/" not in second.body
    assert customers_of(person) == {here.own.tenant, here.foreign.tenant}
    assert person.may_replace(here.own.tenant.pk)
    assert not person.may_replace(here.foreign.tenant.pk)
    for who, own, other in ((here.manager, here.own, here.foreign), (neighbour, here.foreign, here.own)):
        client = Client()
        client.force_login(who)
        for name in ("membership", "user"):
            page = client.get(reverse(f"admin:tenants_{name}_changelist"), {"q": ADDRESS})
            shown = page.content.decode()
            assert own.tenant.name in shown
            assert other.mark not in shown
            assert len(rows(page)) == 1


def test_who_ends_an_access__ends_its_own_only_and_may_give_it_again(here: World, invited: Any) -> None:
    person, client = here.bookkeeper, Client()
    client.force_login(here.manager)
    access = Membership.objects.get(user=person, tenant=here.own.tenant)
    theirs = Membership.objects.get(user=person, tenant=here.foreign.tenant)
    page = reverse("admin:tenants_membership_changelist")
    for _twice in range(2):
        client.post(page, {"action": "end_access", "_selected_action": [access.pk, theirs.pk]})
    assert customers_of(person) == {here.foreign.tenant}
    assert not visible_to(User.objects.get(pk=person.pk), StoredClosing.objects.filter(tenant=here.own.tenant)).exists()
    told = Change.objects.filter(table_name="tenants_membership", operation="update", actor=here.manager)
    assert [it.label for it in told] == [person.email]
    assert str(person) in client.get(page).content.decode()  # whoever did something keeps the name
    assert invited(here.manager, email=person.email, customers=[here.own.tenant.pk]).status_code == 302
    assert customers_of(person) == {here.own.tenant, here.foreign.tenant}


def test_invited_again__is_who_still_looks_after_somebody(here: World) -> None:
    Membership.objects.filter(user=here.bookkeeper, tenant=here.own.tenant).update(ended_at=timezone.now())
    keys = [here.bookkeeper.pk, here.own.accountant.pk, here.own.staff.pk]
    client, page = client_of(here.manager), reverse("admin:tenants_user_changelist")
    answer = client.post(page, {"action": "invite_again", "_selected_action": keys}, follow=True)
    assert {it.to[0] for it in mail.outbox} == {here.own.accountant.email, here.own.staff.email}
    assert f"{here.bookkeeper} ne suit plus aucun de vos clients" in " ".join(map(str, answer.context["messages"]))


def test_who_looks_after_a_customer_no_more__gets_no_monthly_file_of_it(here: World) -> None:
    person, orders = here.bookkeeper, MonthlyExport.objects
    orders.filter(tenant__in=[here.own.tenant, here.foreign.tenant]).update(email=person.email.upper())
    for access in Membership.objects.filter(tenant=here.sister.tenant):
        orders.filter(tenant=access.tenant).update(email=access.user.email)
    client, page = client_of(here.manager), reverse("admin:tenants_membership_changelist")
    access = Membership.objects.get(user=person, tenant=here.own.tenant)
    for stopped in (1, 0):
        answer = client.post(page, {"action": "end_access", "_selected_action": [access.pk]}, follow=True)
        assert ("export mensuel" in " ".join(map(str, answer.context["messages"]))) == bool(stopped)
        assert {*orders.filter(active=False).values_list("tenant", flat=True)} == {here.own.tenant.pk}


def test_leave_to_replace__is_the_resellers_and_of_one_customer(here: World) -> None:
    client = Client()
    client.force_login(here.manager)
    keys = [*Membership.objects.filter(tenant=here.own.tenant).values_list("pk", flat=True)]
    page = reverse("admin:tenants_membership_changelist")
    client.post(page, {"action": "let_replace", "_selected_action": keys})
    person = User.objects.get(pk=here.bookkeeper.pk)
    assert person.has_perm("exports.replace_storedclosing")
    assert person.has_perm("exports.replace_storedclosing", here.own.closing)
    assert not person.has_perm("exports.replace_storedclosing", here.foreign.closing)
    assert not User.objects.get(pk=here.own.merchant.pk).has_perm("exports.replace_storedclosing")
    client.post(page, {"action": "let_replace_no_more", "_selected_action": keys})
    assert not User.objects.get(pk=here.bookkeeper.pk).has_perm("exports.replace_storedclosing")


def test_accountant_who_becomes_one_of_the_restaurant__replaces_no_more(here: World) -> None:
    client, person = Client(), here.own.accountant
    client.force_login(SupportFactory())
    Membership.objects.filter(user=person).update(may_replace=True)
    form = {"email": person.email, "name": person.name, "role": Role.MERCHANT, "language": "fr"}
    assert client.post(reverse("admin:tenants_user_change", args=[person.pk]), form).status_code == 302
    access = Membership.objects.get(user=person)
    assert (access.role, access.may_replace) == (Role.MERCHANT, False)


def test_person__is_suspended_by_a_tick_and_since_when_is_noted(here: World) -> None:
    client, person = client_of(here.manager), here.own.staff
    page = reverse("admin:tenants_user_change", args=[person.pk])
    assert "suspended_at" not in client.get(page).content.decode()
    form = {"email": person.email, "name": person.name, "role": person.role, "language": "fr"}
    assert client.post(page, {**form, "suspended": "on"}).status_code == 302
    since = User.objects.get(pk=person.pk).suspended_at
    assert since is not None
    assert client.post(page, {**form, "name": "Autre", "suspended": "on"}).status_code == 302
    assert User.objects.get(pk=person.pk).suspended_at == since
    assert client.post(page, form).status_code == 302
    assert User.objects.get(pk=person.pk).suspended_at is None


def test_what_cannot_be__is_said_at_its_field(here: World, invited: Any) -> None:
    own, before = [here.own.tenant.pk], (Membership.objects.count(), User.objects.count())
    faults: list[tuple[str, dict[str, Any]]] = [
        ("customers", {"customers": []}),
        ("customers", {"customers": [here.foreign.tenant.pk]}),
        ("customers", {"customers": ["personne"]}),
        ("role", {"customers": own, "role": Role.SUPPORT}),
        ("email", {"customers": own, "email": "pas une adresse"}),
        ("email", {"customers": own, "email": here.foreign.staff.email}),
        ("email", {"customers": own, "email": here.foreign.merchant.email}),
        ("email", {"customers": own, "email": here.own.accountant.email}),
    ]
    for field, form in faults:
        answer = invited(here.manager, **form)
        assert answer.status_code == 200
        assert [*answer.context["form"].errors] == [field], form
        assert here.foreign.mark not in answer.content.decode()
    assert (Membership.objects.count(), User.objects.count()) == before
    assert mail.outbox == []


def test_a_resellers_colleague__is_of_that_reseller_whatever_a_form_says(here: World, invited: Any) -> None:
    form = {"role": Role.RESELLER_STAFF, "reseller": here.foreign.tenant.reseller_id}
    assert invited(here.manager, **form).status_code == 302
    assert User.objects.get(email=ADDRESS).reseller == here.manager.reseller
    refused = invited(SupportFactory(), email="autre@exemple.fr", role=Role.RESELLER_STAFF)
    assert [*refused.context["form"].errors] == ["reseller"]


def test_only_who_may_invite__finds_the_page(here: World, invited: Any) -> None:
    for person in (here.own.staff, here.bookkeeper, here.own.merchant):
        assert invited(person, customers=[here.own.tenant.pk]).status_code == 403


def test_suspended_customer__is_hidden_from_who_goes_on_with_the_others(here: World) -> None:
    client = Client()
    client.force_login(here.bookkeeper)
    closings = reverse("admin:exports_storedclosing_changelist")
    Tenant.objects.filter(pk=here.own.tenant.pk).update(suspended_at=here.manager.created_at)
    shown = client.get(closings).content.decode()
    assert (here.own.mark in shown, here.foreign.mark in shown) == (False, True)
    Tenant.objects.filter(pk=here.foreign.tenant.pk).update(suspended_at=here.manager.created_at)
    assert client.get(closings).status_code == 200
    assert client.get(reverse("admin:index")).status_code == 200


def test_database__takes_nobody_else_as_a_member(here: World) -> None:
    def begin(person: User, role: str, **facts: Any) -> None:
        with transaction.atomic():
            Membership.objects.create(user=person, tenant=here.sister.tenant, role=role, **facts)

    with pytest.raises(DatabaseError, match="of_members_only"):
        begin(here.own.staff, Role.RESELLER_STAFF)
    with pytest.raises(DatabaseError, match="user_id_same_role"):
        begin(here.own.staff, Role.ACCOUNTANT)
    with pytest.raises(DatabaseError, match="only_accountants_replace"):
        begin(MerchantFactory(), Role.MERCHANT, may_replace=True)
    person = AccountantFactory(tenant=None)
    begin(person, Role.ACCOUNTANT)
    with pytest.raises(DatabaseError, match="tenants_membership_once"):
        begin(person, Role.ACCOUNTANT)
    with pytest.raises(DatabaseError, match="of_members_only"), transaction.atomic():
        User.objects.filter(pk=person.pk).update(role=Role.SUPPORT)
    User.objects.filter(pk=person.pk).update(role=Role.MERCHANT)
    assert Membership.objects.get(user=person).role == Role.MERCHANT
