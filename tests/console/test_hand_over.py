"""A customer is handed over to another reseller: who may, what ends, and who sees what of it afterwards."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clyo_ingest.keys import issue_code, redeem_code
from clyo_ingest.models import PairingCode
from concerns.answers.links import make_link as make_answer_link
from concerns.concern import Question, QuestionKind
from concerns.letters.send import is_over
from concerns.models import AnswerLink, Channel, Letter, LetterKind, LetterState
from exact.activation.links import expired, make_link
from exact.activation.upkeep import tell_of_lost_consents
from exact.models import ActivationLink, Connection, LinkWay
from exports.console import links
from exports.models import Assignment, RepostRun
from integration.rooms import APPS
from on_demand.link import signed_address, signed_address_of_set
from on_demand.models import ExportSet, MonthlyExport, OnDemandExport
from postgres.viewer import Viewer, serving
from tenants.factories import ResellerAdminFactory, SupportFactory
from tenants.handing_over import CannotHandOver, hand_over
from tenants.models import Change, HandOver, HandOverOffer, Note, OfferReceived, Reseller, Tenant, User
from tenants.offering import tell_receivers
from tenants.scope import visible_to
from tenants.wall import viewer_of
from tests.clients import client_of
from tests.console.test_isolation_walk import rows_of
from tests.world import World


@pytest.fixture
def support(here: World) -> User:
    return SupportFactory(name="Camille du support")


@pytest.fixture
def taker(here: World) -> User:
    return ResellerAdminFactory(reseller=here.foreign.tenant.reseller, name="VOISIN gérant")


def given(here: World, support: User, **more: Any) -> HandOver:
    """The world's own customer, handed to the foreign reseller by support."""
    tenant, to = here.own.tenant, here.foreign.tenant.reseller
    asked = {"to": to.pk, "former": here.own.tenant.reseller_id, "why": "changement de revendeur", **more}
    answer = client_of(support).post(reverse("console_hand_over", args=[tenant.pk]), asked)
    assert answer.status_code == 200, answer.content
    return HandOver.objects.get(tenant=tenant, to=asked["to"])


OURS = [model for room in APPS for model in apps.get_app_config(room).get_models()]


def seen(model: type[Model], whom: Viewer) -> set[Any]:
    """The keys of all rows of a table that PostgreSQL shows; none where the table is closed."""
    with serving(whom):
        try:
            with transaction.atomic():
                return {*model._default_manager.values_list("pk", flat=True)}
        except DatabaseError:
            return set()


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_preview__counts_and_names_what_ends_and_what_goes_on(here: World, support: User) -> None:
    shop, staff = here.own.till.establishment, here.own.staff
    issue_code(here.own.till, by=staff)
    make_link(shop, way=LinkWay.SHOWN, by=staff)
    MonthlyExport.objects.filter(establishment=shop).update(email=staff.email.upper())
    client, address = client_of(support), reverse("console_hand_over", args=[here.own.tenant.pk])
    assert address in text_of(client, links.customer(here.own.tenant.pk))
    assert "VOISIN maison" in text_of(client, address)
    page = client.get(address, {"to": here.foreign.tenant.reseller_id})
    said = [it.said for it in page.context["ends"]]
    assert len(said) == 5, said
    assert all(it.startswith("1 ") for it in said)
    text = page.content.decode()
    for words in ("PROPRE caisse", "PROPRE livres", "PROPRE comptable", staff.email.upper(), f"Z {here.own.number}"):
        assert words in text, words
    assert not HandOver.objects.filter(reseller=here.manager.reseller).exists()


def test_handed_over__is_the_new_resellers_and_what_led_to_the_former_ones_people_is_over(
    here: World, support: User
) -> None:
    shop, staff, tenant = here.own.till.establishment, here.own.staff, here.own.tenant
    code = issue_code(here.own.till, by=staff)
    of_support = issue_code(here.sister.till, by=support)
    link, _url = make_link(shop, way=LinkWay.SHOWN, by=staff)
    by_the_till = ActivationLink.objects.filter(establishment=shop, made_by=None)
    monthly = MonthlyExport.objects.filter(establishment=shop)
    monthly.update(email=staff.email)
    shop.contact_email = staff.email
    shop.save()
    waiting = {"kind": LetterKind.MORNING, "day": timezone.localdate(), "state": LetterState.DUE}
    about = Letter.objects.create(person=staff, lines=[{"customer": tenant.name}], **waiting)
    other = Letter.objects.create(
        person=staff, lines=[{"customer": "SOEURETTE SARL"}], channel=Channel.WEBHOOK, **waiting
    )
    done = given(here, support)
    tenant.refresh_from_db()
    assert (tenant.reseller, done.from_name, done.to_name) == (done.to, "PROPRE maison", "VOISIN maison")
    assert redeem_code(code, software="", device="") is None
    assert redeem_code(of_support, software="", device="") is not None
    link.refresh_from_db()
    assert expired(link)
    assert link.revoked_at is None
    assert not any(expired(it) for it in by_the_till)
    assert not monthly.get().active
    shop.refresh_from_db()
    assert shop.contact_email == ""
    assert AnswerLink.objects.get(person=staff).revoked_at is not None
    assert Assignment.objects.get(closing=here.own.closing).ended_by == support
    assert [*Letter.objects.filter(pk__in=[about.pk, other.pk]).order_by("pk").values_list("state", flat=True)] == [
        LetterState.DROPPED,
        LetterState.DUE,
    ]
    assert here.own.caller.put("parameters", {}).status_code != 401


def test_twice__is_once(here: World, support: User) -> None:
    first = given(here, support)
    assert given(here, support) == first
    change = Change.objects.get(table_name="tenants_handover", row_id=str(first.pk))
    assert (change.label, change.actor, change.after["why"]) == ("PROPRE SARL", support, "changement de revendeur")
    assert not Change.objects.filter(table_name="tenants_tenant", operation="update").exists()


def test_former_reseller__sees_one_line_and_the_new_one_all(here: World, support: User, taker: User) -> None:
    tenant, former, secret = here.own.tenant, client_of(here.manager), "PROPRE boutique"
    kept = links.customer(tenant.pk)
    assert former.get(kept).status_code == 200
    given(here, support)
    assert former.get(kept).status_code == 404
    history = text_of(former, reverse("admin:tenants_change_changelist"))
    assert "PROPRE SARL" in history
    assert "VOISIN maison" in history
    assert secret not in history
    for name in ("admin:index", "admin:exports_storedclosing_changelist", "admin:tenants_tenant_changelist"):
        assert "PROPRE SARL" not in text_of(former, reverse(name)), name
    run = reverse("console_repost_run", args=[here.own.run.pk])
    assert former.get(run).status_code == 404
    new = client_of(taker)
    for address in (kept, run, links.shop(here.own.till.establishment_id)):
        text = text_of(new, address)
        assert "PROPRE équipe" not in text, address
    assert "PROPRE maison" in text_of(new, run)
    history = text_of(new, f"{reverse('admin:tenants_change_changelist')}?tenant__id__exact={tenant.pk}")
    assert secret in history


# Its people stay its own.
OF_ITS_PEOPLE = {f"tenants.{it}" for it in ("User", "Reseller", "LookThrough", "SavedFilter", "FactorReset")}


def test_both_walls__give_the_customer_to_the_new_reseller(here: World, support: User, taker: User) -> None:
    before = {model: seen(model, viewer_of(here.manager)) for model in OURS}
    given(here, support)
    for model in OURS:
        theirs = {*rows_of(model, here.own).values_list("pk", flat=True)}
        if model._meta.label in OF_ITS_PEOPLE:
            continue
        line = {
            *Change.objects.filter(table_name="tenants_handover", reseller=here.manager.reseller).values_list(
                "pk", flat=True
            )
        }
        left = theirs & seen(model, viewer_of(here.manager))
        assert left <= (line if model is Change else set()) or model is HandOver, model
        gained = theirs & before[model] - seen(model, viewer_of(taker))
        if model not in (Note, HandOverOffer):  # nobody's but who made it, and support's
            assert not gained or model._meta.app_label == "concerns", model
        with serving(viewer_of(here.manager)):
            shown = {*visible_to(here.manager, model._default_manager.all()).values_list("pk", flat=True)}
        assert not theirs & shown - line or model is HandOver, model


def test_notes__stay_out_unless_they_go_along(here: World, support: User, taker: User) -> None:
    note = Note.objects.get(author=here.own.staff)
    Note.objects.create(tenant=here.own.tenant, author=support, text="du support")

    def read(person: User) -> list[str]:
        with serving(viewer_of(person)):
            by_the_wall = sorted(Note.objects.filter(tenant=here.own.tenant).values_list("text", flat=True))
            shown = visible_to(person, Note.objects.filter(tenant=here.own.tenant)).values_list("text", flat=True)
            assert sorted(shown) == by_the_wall
        return by_the_wall

    given(here, support)
    assert read(taker) == ["du support"]
    assert len(read(support)) == 2
    back = {"former_id": taker.reseller_id, "to_id": here.manager.reseller_id, "by": support, "why": "retour"}
    hand_over(here.own.tenant.pk, **back, notes_go_along=False)
    assert note.text in read(here.manager)
    there = {"former_id": here.manager.reseller_id, "to_id": taker.reseller_id, "by": support, "why": "repart"}
    hand_over(here.own.tenant.pk, **there, notes_go_along=True)
    assert read(taker) == sorted(["du support", note.text])


def test_back_again__revives_nothing(here: World, support: User, taker: User) -> None:
    code = issue_code(here.own.till, by=here.own.staff)
    given(here, support)
    back = {"former_id": taker.reseller_id, "to_id": here.manager.reseller_id, "by": support, "why": "retour"}
    _done, ended = hand_over(here.own.tenant.pk, **back, notes_go_along=False)
    assert ended == []
    assert redeem_code(code, software="", device="") is None
    client = client_of(here.manager)
    assert client.get(links.customer(here.own.tenant.pk)).status_code == 200
    assert "PROPRE boutique" in text_of(client, reverse("admin:tenants_change_changelist"))
    with serving(viewer_of(taker)):
        assert Change.objects.filter(tenant=here.own.tenant.pk).count() == 1


def test_refused__says_why(here: World, support: User) -> None:
    tenant, to = here.own.tenant, here.foreign.tenant.reseller
    asked = {"former_id": tenant.reseller_id, "by": support, "why": "x", "notes_go_along": False}

    def why(to_id: int) -> str:
        with pytest.raises(CannotHandOver) as refused:
            hand_over(tenant.pk, to_id=to_id, **asked)
        return refused.value.sentence

    assert "maison" in why(tenant.reseller_id)
    RepostRun.objects.filter(pk=here.own.run.pk).update(finished_at=None)
    address, page = (
        reverse("console_repost_run", args=[here.own.run.pk]),
        reverse("console_hand_over", args=[tenant.pk]),
    )
    assert address in text_of(client_of(support), page)
    RepostRun.objects.filter(pk=here.own.run.pk).update(finished_at=timezone.now())
    Tenant.objects.filter(pk=here.foreign.tenant.pk).update(siren="732829320")
    Tenant.objects.filter(pk=tenant.pk).update(siren="732829320")
    assert "732829320" in why(to.pk)
    Tenant.objects.filter(pk=here.foreign.tenant.pk).update(siren="")
    Reseller.objects.filter(pk=to.pk).update(suspended_at=timezone.now())
    assert "suspend" in why(to.pk)
    Reseller.objects.filter(pk=to.pk).update(suspended_at=None)
    Tenant.objects.filter(pk=tenant.pk).update(suspended_at=timezone.now())
    assert "suspend" in why(to.pk)
    assert not HandOver.objects.filter(reseller=here.manager.reseller).exists()


def test_database__knows_no_other_way(here: World, support: User) -> None:
    to = here.foreign.tenant.reseller
    for write in (
        lambda: Tenant.objects.filter(pk=here.own.tenant.pk).update(reseller=to),
        lambda: HandOver.objects.create(
            tenant=here.own.tenant, reseller=to, to=here.manager.reseller, by=support, why="x"
        ),
        lambda: HandOver.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    with serving(viewer_of(here.manager)), pytest.raises(DatabaseError), transaction.atomic():
        HandOver.objects.create(tenant=here.own.tenant, reseller=here.manager.reseller, to=to, by=here.manager, why="x")
    form = {"name": "PROPRE SARL", "siren": "", "reseller": to.pk}
    client_of(support).post(reverse("admin:tenants_tenant_change", args=[here.own.tenant.pk]), form)
    assert Tenant.objects.get(pk=here.own.tenant.pk).reseller == here.own.tenant.reseller
    assert connection.connection is not None


@pytest.mark.parametrize("who", ["staff", "accountant", "merchant"])
def test_nobody_else__may_hand_over(here: World, who: str) -> None:
    person, address = getattr(here.own, who), reverse("console_hand_over", args=[here.own.tenant.pk])
    assert client_of(person).get(address).status_code == 403
    form = {"to": here.foreign.tenant.reseller_id, "former": here.own.tenant.reseller_id, "why": "x"}
    assert client_of(person).post(address, form).status_code == 403
    assert PairingCode.objects.exists()


def offer_page(here: World) -> str:
    return reverse("console_hand_over", args=[here.own.tenant.pk])


def offered(here: World, email: str, **more: Any) -> Any:
    """The answer to the manager's offer, and what a worker does then."""
    HandOverOffer.objects.filter(outcome="").update(outcome="expired", ended_at=timezone.now())
    asked = {"email": email, "why": "notre accord du 12", **more}
    answer = client_of(here.manager).post(offer_page(here), asked, follow=True)
    tell_receivers()
    return answer


def page_of(offer: HandOverOffer) -> str:
    return reverse("console_offered", args=[offer.pk])


def test_offer__reaches_the_other_administrator_who_takes_it_once(
    here: World, taker: User, mailoutbox: list[Any]
) -> None:
    offered(here, taker.email.upper(), notes_go_along="on")
    offer = HandOverOffer.objects.get(tenant=here.own.tenant, outcome="")
    [mail] = mailoutbox
    assert mail.to == [taker.email]
    assert page_of(offer) in mail.body
    client = client_of(taker)
    assert page_of(offer) in text_of(client, reverse("admin:index"))
    text = text_of(client, page_of(offer))
    for words in ("PROPRE SARL", "PROPRE maison", "notre accord du 12", "14/03/2026"):
        assert words in text, words
    assert "PROPRE équipe" not in text
    assert client.get(links.customer(here.own.tenant.pk)).status_code == 404
    assert client.post(page_of(offer), {"take": "1"}).status_code == 200
    again = client.post(page_of(offer), {"take": "1"})
    assert "PROPRE SARL" in again.content.decode()
    done = HandOver.objects.get(tenant=here.own.tenant, reseller=here.manager.reseller)
    assert (done.by, done.by_name, done.why, done.notes_go_along) == (
        taker,
        "VOISIN maison",
        "notre accord du 12",
        True,
    )
    assert client.get(links.customer(here.own.tenant.pk)).status_code == 200
    history = text_of(client_of(here.manager), reverse("admin:tenants_change_changelist"))
    assert "VOISIN maison" in history
    assert taker.name not in history
    assert taker.email not in history
    tell_receivers()
    assert len(mailoutbox) == 1


def test_offer__says_the_same_of_every_address(here: World, taker: User, mailoutbox: list[Any]) -> None:
    staff = here.foreign.staff.email
    pages = {}
    for address in (taker.email, "personne@nulle-part.example", staff, here.foreign.accountant.email):
        answer = offered(here, address)
        pages[address] = answer.content.decode().replace(address, "…")
        assert [it.status_code for it in (answer,)] == [200]
        with serving(viewer_of(here.manager)):
            assert not OfferReceived.objects.exists()
    alike = {re.sub(r'csrf\w*" value="\w+"|\d\d:\d\d|"[\w+/=]{20,}"', "", it) for it in pages.values()}
    assert len(alike) == 1
    assert [it.to for it in mailoutbox] == [[taker.email]]
    client_of(here.manager).post(offer_page(here), {"withdraw": "1"})
    assert "collègue" in client_of(here.manager).get(offer_page(here), {"email": here.own.staff.email}).content.decode()


def test_offer__is_one_at_a_time_withdrawn_declined_and_over_in_a_week(here: World, taker: User) -> None:
    offered(here, taker.email)
    first = HandOverOffer.objects.get(tenant=here.own.tenant, outcome="")
    client = client_of(here.manager)
    asked = {"email": taker.email, "why": "encore"}
    client.post(offer_page(here), asked)
    client.post(offer_page(here), asked | {"email": "autre@ailleurs.example"})
    assert HandOverOffer.objects.get(tenant=here.own.tenant, outcome="") == first
    client.post(offer_page(here), {"withdraw": "1"})
    assert "PROPRE SARL" not in text_of(client_of(taker), reverse("admin:index"))
    assert client_of(taker).post(page_of(first), {"take": "1"}).context["over"]
    offered(here, taker.email)
    second = HandOverOffer.objects.get(tenant=here.own.tenant, outcome="")
    assert client_of(taker).post(page_of(second), {"decline": "1"}).status_code == 302
    assert client_of(taker).post(page_of(second), {"decline": "1"}).context["over"]
    assert HandOverOffer.objects.get(pk=second.pk).outcome == "declined"
    late = {"email": taker.email, "by": here.manager, "why": "x", "expires_at": timezone.now()}
    third = HandOverOffer.objects.create(tenant=here.own.tenant, reseller=here.manager.reseller, **late)
    OfferReceived.objects.create(offer=third, person=taker, reseller=taker.reseller)
    assert client_of(taker).post(page_of(third), {"take": "1"}).context["over"]
    assert not HandOver.objects.filter(reseller=here.manager.reseller).exists()


def test_offer__is_answered_by_its_receiver_only_and_while_it_may(here: World, taker: User, support: User) -> None:
    offered(here, taker.email)
    offer = HandOverOffer.objects.get(tenant=here.own.tenant, outcome="")
    colleague = ResellerAdminFactory(reseller=taker.reseller)
    for person in (colleague, here.manager, support, ResellerAdminFactory()):
        client = client_of(person)
        assert client.get(page_of(offer)).context["over"], person
        assert client.post(page_of(offer), {"take": "1"}).context["over"], person
    for person in (here.foreign.staff, here.own.accountant, here.own.merchant):
        assert client_of(person).post(page_of(offer), {"take": "1"}).status_code == 403
    User.objects.filter(pk=taker.pk).update(role="reseller_staff")
    assert client_of(taker).post(page_of(offer), {"take": "1"}).status_code == 403
    User.objects.filter(pk=taker.pk).update(role="reseller_admin")
    Tenant.objects.filter(pk=here.own.tenant.pk).update(suspended_at=timezone.now())
    assert "suspend" in client_of(taker).post(page_of(offer), {"take": "1"}).content.decode()
    Tenant.objects.filter(pk=here.own.tenant.pk).update(suspended_at=None)
    Reseller.objects.filter(pk=here.manager.reseller_id).update(suspended_at=timezone.now())
    assert client_of(taker).post(page_of(offer), {"take": "1"}).context["over"]
    Reseller.objects.filter(pk=here.manager.reseller_id).update(suspended_at=None)
    elsewhere = ResellerAdminFactory().reseller
    given(here, support, to=elsewhere.pk)
    assert HandOverOffer.objects.get(pk=offer.pk).outcome == "overtaken"
    assert client_of(taker).post(page_of(offer), {"take": "1"}).context["over"]
    assert not HandOver.objects.filter(to=taker.reseller, reseller=here.manager.reseller).exists()


def test_address__given_to_somebody_later_receives_nothing(here: World, mailoutbox: list[Any]) -> None:
    offered(here, "plus-tard@ailleurs.example")
    thief = ResellerAdminFactory(email="plus-tard@ailleurs.example")
    tell_receivers()
    assert "PROPRE SARL" not in text_of(client_of(thief), reverse("admin:index"))
    assert mailoutbox == []


def test_kept_addresses__of_files_and_letters_are_over(here: World, support: User) -> None:
    staff, export = here.own.staff, here.own.export
    OnDemandExport.objects.filter(pk=export.pk).update(email=staff.email)
    of_one, of_set = (urlsplit(it).path for it in (signed_address(export), signed_address_of_set(export.part.together)))
    assert [Client().get(it).status_code for it in (of_one, of_set)] == [200, 200]
    made = {"person": staff, "kind": LetterKind.AT_ONCE, "day": timezone.localdate(), "made_at": timezone.now()}
    letter = Letter(**made)
    assert not is_over(letter)
    answered = make_answer_link(
        staff,
        Question(kind=QuestionKind.MEANS, shop=here.own.till.establishment_id, about="TR"),
        here.own.till.establishment,
    )
    given(here, support)
    assert [Client().get(it).status_code for it in (of_one, of_set)] == [410, 404]
    assert is_over(letter)
    assert "PROPRE boutique" not in Client().get(urlsplit(answered).path).content.decode()


def test_lost_consent__is_not_told_to_the_former_resellers_people(
    here: World, support: User, taker: User, mailoutbox: list[Any]
) -> None:
    shop = here.own.till.establishment
    Connection.objects.filter(tenant=here.own.tenant).update(
        user_email=here.own.staff.email, access_issued_at=timezone.now() - timedelta(days=30)
    )
    given(here, support)
    shop.refresh_from_db()
    tell_of_lost_consents()
    told = {address for mail in mailoutbox for address in mail.to}
    assert taker.email in told
    assert here.own.staff.email not in told


def test_addresses_of_the_former_resellers_people__are_called_by_its_name(
    here: World, support: User, taker: User
) -> None:
    """In an export of before, an order that ended, the audit, and on the last page of whoever takes the customer."""
    former, tenant, shop = here.own.staff, here.own.tenant, here.own.till.establishment
    shop.contact_email = former.email
    shop.save()
    mailed = {"email": former.email.upper(), "mail_detail": f"<{former.email}> unknown", "mail_state": "refused"}
    OnDemandExport.objects.filter(pk=here.own.export.pk).update(**mailed)
    ExportSet.objects.filter(parts__export=here.own.export).update(email=former.email)
    order = MonthlyExport.objects.get(tenant=tenant)
    MonthlyExport.objects.filter(pk=order.pk).update(email=former.email)
    make_answer_link(former, Question(kind=QuestionKind.MEANS, shop=shop.pk, about="titres"), shop)
    offered(here, taker.email)
    client = client_of(taker)
    offer = HandOverOffer.objects.get(tenant=tenant, outcome="")
    done = client.post(page_of(offer), {"take": "1"}).content.decode()
    assert "PROPRE maison" in done and former.email not in done and former.name not in done
    pages = [
        reverse("admin:on_demand_ondemandexport_change", args=[here.own.export.pk]),
        reverse("admin:on_demand_exportset", args=[ExportSet.objects.get(parts__export=here.own.export).pk]),
        reverse("admin:on_demand_monthlyexport_changelist"),
        reverse("admin:on_demand_monthlyexport_change", args=[order.pk]),
        links.customer(tenant.pk),
        links.shop(shop.pk),
        reverse("admin:tenants_change_changelist"),
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert former.email not in answer.content.decode().lower(), page
    assert "PROPRE maison" in text_of(client, pages[0]) and "PROPRE maison" in text_of(client, pages[2])
    for reader in (support, here.own.accountant):
        assert former.email.upper() in client_of(reader).get(pages[0]).content.decode()
