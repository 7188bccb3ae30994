"""The pages of a shop and of a customer, as those see them who may: nobody else finds them."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exact.models import Connection, ConnectionState, Finding, Settlement
from exports.console import links
from exports.models import StoredClosing
from integration.console.places.calendar import Month, asked_month
from tenants.factories import EstablishmentFactory, SupportFactory, TillFactory
from tenants.models import Change, Note
from tests.clients import client_of
from tests.conftest import closing
from tests.world import World


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_pages__say_what_a_place_is(here: World) -> None:
    shop = here.own.till.establishment
    staff = client_of(here.own.staff)
    page = text_of(staff, links.shop(shop.pk))
    for words in ("PROPRE boutique", shop.code, "PROPRE SARL", "PROPRE livres", "PROPRE caisse"):
        assert words in page
    assert "PROPRE maison" not in page
    assert "PROPRE maison" in text_of(client_of(SupportFactory()), links.shop(shop.pk))
    page = text_of(staff, links.customer(here.own.tenant.pk))
    assert links.shop(shop.pk) in page


def test_shops__are_the_persons_own(here: World) -> None:
    page = text_of(client_of(here.own.accountant), reverse("console_shops"))
    assert links.shop(here.own.till.establishment_id) in page
    assert links.shop(here.sister.till.establishment_id) not in page


def test_shops__have_the_worst_first_and_their_days(here: World) -> None:
    client = client_of(here.own.staff)
    StoredClosing.objects.filter(pk=here.own.closing.pk).update(business_date=timezone.localdate() - timedelta(days=1))
    StoredClosing.objects.filter(pk=here.sister.closing.pk).update(state="exported")
    page = client.get(reverse("console_shops"))
    rows = page.context["map"].rows
    assert [row.shop for row in rows] == [here.own.till.establishment, here.sister.till.establishment]
    assert [(cell.word, bool(cell.address)) for cell in rows[0].cells[:2]] == [("blank", False), ("failed", True)]
    assert str(here.own.number) in text_of(client, rows[0].cells[1].address)
    assert rows[0].condition.condition == "failed"
    narrowed = client.get(reverse("console_shops"), {"customer": here.sister.tenant.pk, "q": "soeurette"})
    assert [row.shop for row in narrowed.context["map"].rows] == [here.sister.till.establishment]
    assert not client.get(reverse("console_shops"), {"q": "VOISIN"}).context["map"].rows
    of_one = client_of(SupportFactory()).get(reverse("console_shops"), {"reseller": here.foreign.tenant.reseller_id})
    assert [row.shop for row in of_one.context["map"].rows] == [here.foreign.till.establishment]


def test_shops__stand_in_the_order_of_their_conditions(here: World) -> None:
    """A shop whose days are all well but whose consent is lost comes before one with a failed closing."""
    StoredClosing.objects.filter(pk=here.sister.closing.pk).update(state="exported")
    Connection.objects.filter(tenant=here.sister.tenant).update(state=ConnectionState.RECONNECT_REQUIRED)
    rows = client_of(here.own.staff).get(reverse("console_shops")).context["map"].rows
    assert [row.condition.condition for row in rows] == ["link_lost", "failed"]


def test_pages__take_as_many_queries_however_much_there_is(here: World) -> None:
    """And each look at closings is by a shop or till and its days, which an index has in this order."""
    client = client_of(here.own.staff)
    shop = here.own.till.establishment
    lists = [reverse(f"admin:tenants_{it}_changelist") for it in ("tenant", "establishment", "till")]
    pages = [reverse("console_shops"), links.shop(shop.pk), links.customer(shop.tenant_id), *lists]
    counts = []
    for address in pages:
        client.get(address)  # what is read once and then known
    for more_of_it in range(2):
        for address in pages:
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
        for number in range(3):
            more = EstablishmentFactory(tenant=shop.tenant)
            TillFactory(establishment=more, paired_at=timezone.now())
            TillFactory(establishment=shop, paired_at=timezone.now(), name=f"Caisse {more_of_it}{number}")
    assert counts[: len(pages)] == counts[len(pages) :]
    assert max(counts) < 110


def test_lists__lead_to_the_pages_and_say_how_each_stands(here: World) -> None:
    client = client_of(here.own.staff)
    shop = here.own.till.establishment
    for name, address in (
        ("tenant", links.customer(shop.tenant_id)),
        ("establishment", links.shop(shop.pk)),
        ("till", f"{links.shop(shop.pk)}#tills"),
    ):
        page = text_of(client, reverse(f"admin:tenants_{name}_changelist"))
        assert f'href="{address}"' in page and "14/03/2026" in page
        assert name == "till" or "1 clôture en échec, du 14/03/2026." in page


@pytest.mark.parametrize("stranger", ["sister", "foreign"])
def test_places_of_others__are_not_found(here: World, stranger: str) -> None:
    other = getattr(here, stranger)
    client = client_of(here.own.accountant)
    assert client.get(links.shop(other.till.establishment_id)).status_code == 404
    assert client.get(links.customer(other.tenant.pk)).status_code == 404


def test_shop__shows_how_it_stands_what_waits_and_what_happened(here: World) -> None:
    shop = here.own.till.establishment
    page = client_of(here.own.staff).get(links.shop(shop.pk), {"month": "2026-03"})
    columns = page.context["columns"]
    names = [it.name for it in columns["news"]], [it.name for it in columns["facts"]]
    assert names == (
        ["condition", "waits", "month", "notes", "lately"],
        ["identity", "exact", "tills", "closed", "mapping", "exports"],
    )
    told = {it.name: it.it for column in columns.values() for it in column}
    assert told["condition"]["shown"].condition == "failed"
    assert [it.count for it in told["waits"]["figures"]] == [1, 0, 0, 0, 1]
    assert told["waits"]["last"] == here.own.closing
    assert {row.what for row in told["lately"]["happened"]} >= {"Z 81001042 · Clôture générale"}
    text = page.content.decode()
    assert "PROPRE prévient" in text and "caisse" in text


def test_shop__says_each_matter_once(here: World) -> None:
    shop, client = here.own.till.establishment, client_of(here.own.staff)
    Finding.objects.update(settled_at=timezone.now(), settlement=Settlement.GONE)
    page = text_of(client, links.shop(shop.pk))
    told = page[page.index(">Où en est") : page.index("</section>")]
    assert (told.count("Clôture en échec</span>"), "1 clôture en échec" in told) == (1, False)
    assert "période close" in told
    Connection.objects.update(state=ConnectionState.RECONNECT_REQUIRED)
    page = text_of(client, links.shop(shop.pk))
    told = page[page.index(">Où en est") : page.index("</section>")]
    assert told.count("Envoyez un nouveau lien") == 1
    StoredClosing.objects.filter(establishment=shop).update(state="exported")
    Connection.objects.update(state=ConnectionState.ACTIVE)
    assert 'class="console-condition"' in text_of(client, links.shop(shop.pk))


def test_shop__every_figure_leads_to_what_it_counts(here: World) -> None:
    client = client_of(here.own.staff)
    page = client.get(links.shop(here.own.till.establishment_id))
    (waits,) = [it for it in page.context["columns"]["news"] if it.name == "waits"]
    for figure in waits.it["figures"]:
        assert len(client.get(figure.address).context["cl"].result_list) == figure.count, figure


def test_month__leads_to_its_days_and_to_other_months(here: World) -> None:
    client = client_of(here.own.staff)
    address = links.shop(here.own.till.establishment_id)
    month = month_shown(client, address, "2026-03")
    cells = {cell.day.day: cell for week in month.weeks for cell in week if cell}
    assert [len(week) for week in month.weeks] == [7] * 6
    assert cells[14].word == "failed"
    assert cells[14].said == "samedi 14 mars 2026, En échec, 1 clôture, 1\xa0400,00\xa0€"
    assert str(here.own.number) in text_of(client, cells[14].address)
    assert cells[15].address == ""
    before, after = (month_shown(client, address, f"{it:%Y-%m}") for it in (month.before, month.after))
    assert (before.after, after.before) == (month.first, month.first)


def month_shown(client: Client, address: str, month: str) -> Month:
    page = client.get(address, {"month": month})
    (found,) = [it.it["month"] for it in page.context["columns"]["news"] if it.name == "month"]
    assert f"{found.first:%Y-%m}" == month
    shown: Month = found
    return shown


@pytest.mark.parametrize("asked", ["2026-13", "1999-12", "2101-01", "märz", ""])
def test_month__that_is_none_is_this_one(here: World, asked: str) -> None:
    shop = here.own.till.establishment
    assert asked_month(QueryDict(f"month={asked}"), shop) == timezone.localdate().replace(day=1)


def test_note__is_signed_kept_once_and_not_for_the_customer(here: World) -> None:
    shop, staff = here.own.till.establishment, client_of(here.own.staff)
    page = reverse("console_note_on_shop", args=[shop.pk])
    for _pressed_twice in range(2):
        answer = staff.post(page, {"text": "Fermé lundi"})
        assert answer.status_code == 302 and answer["Location"] == f"{links.shop(shop.pk)}#notes"
    assert Note.objects.filter(text="Fermé lundi").get().author == here.own.staff
    staff.post(reverse("console_note_on_customer", args=[shop.tenant_id]), {"text": "Clôt le 10"})
    for place in (links.shop(shop.pk), links.customer(shop.tenant_id)):
        assert "Clôt le 10" in text_of(staff, place)
    accountant = client_of(here.own.accountant)
    assert "Clôt le 10" not in text_of(accountant, links.shop(shop.pk))
    assert accountant.post(page, {"text": "moi aussi"}).status_code == 403
    assert staff.post(page, {"text": "  "}).status_code == 302 and not Note.objects.filter(text__lt="!").exists()


def test_note__is_never_changed_and_can_be_masked(here: World) -> None:
    note = Note.objects.filter(establishment=here.own.till.establishment).get()
    for sql in ("UPDATE tenants_note SET text = 'autre'", "DELETE FROM tenants_note"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Note.objects.filter(pk=note.pk).update(text="•••") == 1
    assert Change.objects.filter(table_name="tenants_note", row_id=str(note.pk)).first().after["text"] == "•••"  # type: ignore[union-attr]


PLACES = ("shop", "till", "customer")


def suspending(here: World, place: str) -> tuple[str, Any]:
    till = here.own.till
    row = {"shop": till.establishment, "till": till, "customer": till.tenant, "reseller": till.tenant.reseller}[place]
    return reverse(f"console_suspend_{place}", args=[row.pk]), row


@pytest.mark.parametrize("place", PLACES)
def test_suspending__is_a_button_and_a_reason_and_goes_back(here: World, place: str) -> None:
    client = client_of(here.own.staff)
    page, row = suspending(here, place)
    assert client.post(page, {"suspend": "yes", "why": " "}).status_code == 200
    row.refresh_from_db()
    assert row.suspended_at is None
    for why in ("Impayé", "trop tard"):
        assert client.post(page, {"suspend": "yes", "why": why}).status_code == 302
    row.refresh_from_db()
    assert row.suspended_at is not None and row.suspended_why == "Impayé"
    assert here.own.caller.post("closings", closing(7)).status_code == 403
    assert "Impayé" in text_of(client, page)
    for _pressed_twice in range(2):
        assert client.post(page, {"resume": "yes"}).status_code == 302
    row.refresh_from_db()
    assert (row.suspended_at, row.suspended_why) == (None, "")
    changes = Change.objects.filter(table_name=row._meta.db_table, row_id=str(row.pk)).order_by("-pk")[:2]
    assert [it.actor for it in changes] == [here.own.staff] * 2


def test_suspending__is_for_who_may_change_the_place(here: World) -> None:
    for place in PLACES:
        assert client_of(here.own.accountant).post(suspending(here, place)[0], {"resume": "yes"}).status_code == 403
    page, reseller = suspending(here, "reseller")
    assert client_of(here.manager).post(page, {"suspend": "yes", "why": "x"}).status_code == 403
    client_of(SupportFactory()).post(page, {"suspend": "yes", "why": "Contrat terminé"})
    reseller.refresh_from_db()
    assert reseller.suspended_why == "Contrat terminé"


def test_suspension__is_not_typed_into_a_form(here: World) -> None:
    client = client_of(here.own.staff)
    shop = here.own.till.establishment
    page = text_of(client, reverse("admin:tenants_establishment_change", args=[shop.pk]))
    assert 'name="suspended_at' not in page and reverse("console_suspend_shop", args=[shop.pk]) in page


def test_history__is_the_audits_and_for_who_may_change_the_row(here: World) -> None:
    shop = here.own.till.establishment
    staff = client_of(here.own.staff)
    staff.post(reverse("console_suspend_shop", args=[shop.pk]), {"suspend": "yes", "why": "Travaux"})
    history = reverse("admin:tenants_establishment_history", args=[shop.pk])
    assert history in text_of(staff, reverse("admin:tenants_establishment_change", args=[shop.pk]))
    page = text_of(staff, history)
    assert "PROPRE équipe" in page and "Travaux" in page
    assert client_of(here.own.accountant).get(history).status_code == 403
    # People's rows are for those who invite; what has no audit has no history.
    assert staff.get(reverse("admin:tenants_user_history", args=[here.own.staff.pk])).status_code in (302, 403)
    assert "PROPRE" in text_of(client_of(here.manager), reverse("admin:tenants_user_history", args=[here.own.staff.pk]))
    assert staff.get(reverse("admin:exports_storedclosing_history", args=[here.own.closing.pk])).status_code == 403
    assert not LogEntry.objects.exists()


def test_month__that_cannot_be_read_is_named(here: World) -> None:
    own = here.own
    for client, address in (
        (client_of(own.staff), links.shop(own.till.establishment_id)),
        (client_of(own.merchant), reverse("admin:index")),
    ):
        assert "«\xa0mars\xa0»" in text_of(client, f"{address}?month=mars")
        assert "pas pu être lu" not in text_of(client, f"{address}?month=2026-03")
