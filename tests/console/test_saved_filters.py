"""A person keeps the filters of a list under a name: its own, shared with colleagues at most, and never a dead end."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tenants.factories import StaffFactory, SupportFactory
from tenants.models import Reseller, SavedFilter, User
from tenants.saved_filter import EACH_MAX
from tests.clients import english_client_of

CLOSINGS = reverse("admin:exports_storedclosing_changelist")
LISTED = "exports.storedclosing"
KEEP, RENAME, REMOVE = (reverse(f"console_filter_{name}") for name in ("keep", "rename", "remove"))


@pytest.fixture
def camille(transactional_db: None) -> User:
    return StaffFactory(name="Camille")


def head(client: Client, query: str = "") -> Any:
    return client.get(f"{CLOSINGS}?{query}").context["list_head"]


def said(answer: Any) -> str:
    return " ".join(str(it) for it in get_messages(answer.wsgi_request))


def keep(client: Client, name: str = "Lyon", asked: str = "state=held&q=LYON", **more: str) -> Any:
    return client.post(KEEP, {"listed": LISTED, "asked": asked, "name": name, **more})


def test_filters_are_kept_under_a_name__and_stand_beside_the_tabs(camille: User) -> None:
    client = english_client_of(camille)
    assert not head(client).may_keep, "nothing to keep"
    shown = head(client, "state=held&q=LYON&p=1&business_date_from=")
    assert shown.may_keep and shown.asked == "q=LYON&state=held"
    answer = keep(client, asked=shown.asked)
    assert (answer.url, said(answer)) == (f"{CLOSINGS}?q=LYON&state=held", "The filter “Lyon” is kept.")
    (tab,) = head(client).saved
    assert (tab.row.name, tab.address, tab.current) == ("Lyon", "?q=LYON&state=held", False)
    again = head(client, "state=held&q=LYON")
    assert [it.current for it in again.saved] == [True] and not again.may_keep
    assert not any(it.current for it in again.tabs), "one is on, not two"
    assert "Lyon" in client.get(f"{CLOSINGS}?state=held").content.decode()
    assert not client.get(reverse("admin:tenants_till_changelist")).context["list_head"].saved


def test_a_name_is_used_once_in_a_list__by_the_database_too(camille: User) -> None:
    client = english_client_of(camille)
    keep(client)
    assert "is kept" in said(keep(client)), "pressed twice"
    for shared in ({"shared": "on"}, {}):
        assert "is kept" in said(keep(client, **shared))
        assert SavedFilter.objects.get().shared is bool(shared), "kept once more, as it is asked for now"
    assert "another filter of this list with this name" in said(keep(client, name="LYON", asked="state=failed"))
    kept = SavedFilter.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedFilter.objects.create(person=camille, listed=LISTED, name="lyon", asked="q=x")
    keep(client, name="Nice", asked="q=NICE")
    form = {"listed": LISTED, "filter": kept.pk, "asked": "state=held"}
    assert "another filter" in said(client.post(RENAME, form | {"name": "nice"}))
    assert client.post(RENAME, form | {"name": "Rhône"}).url == f"{CLOSINGS}?state=held"
    kept.refresh_from_db()
    assert (kept.name, kept.asked) == ("Rhône", "q=LYON&state=held")
    assert "“Rhône” is removed" in said(client.post(REMOVE, form))
    assert [it.name for it in SavedFilter.objects.all()] == ["Nice"]
    assert client.post(REMOVE, form).status_code == 404
    for number in range(EACH_MAX):
        answer = keep(client, name=f"n{number}", asked="q=x")
    assert f"You keep {EACH_MAX} filters" in said(answer)


def test_nobody_else_reaches_it__colleagues_only_what_is_shared(camille: User) -> None:
    client = english_client_of(camille)
    keep(client)
    keep(client, name="Commun", asked="state=failed", shared="on")
    own = {"listed": LISTED, "filter": SavedFilter.objects.get(name="Commun").pk}
    other = Reseller.objects.create(name="Autre")
    seen = {}
    for name, reader in (
        ("colleague", StaffFactory(reseller=camille.reseller)),
        ("stranger", StaffFactory(reseller=other)),
        ("support", SupportFactory()),
    ):
        reading = english_client_of(reader)
        shown = head(reading, "state=failed")
        seen[name] = [(it.row.name, it.by, it.current) for it in shown.saved]
        assert shown.own == []
        assert reading.post(REMOVE, own).status_code == reading.post(RENAME, own | {"name": "x"}).status_code == 404
    assert seen == {"colleague": [("Commun", "Camille", True)], "stranger": [], "support": []}
    assert {*SavedFilter.objects.values_list("name", flat=True)} == {"Lyon", "Commun"}
    client.post(RENAME, own | {"name": "Commun"})
    assert not SavedFilter.objects.filter(shared=True).exists()


def test_only_lists_one_may_read__and_nothing_by_who_looks_through_anothers_eyes(camille: User) -> None:
    client = english_client_of(camille)
    for listed in ("tenants.reseller", "tenants.change", "sessions.session", "nowhere", "a.b", ""):
        assert keep(client, listed=listed).status_code == 404, listed
    assert keep(client, asked="p=2&gone=1").url == CLOSINGS and not SavedFilter.objects.exists()
    keep(client)
    looking = english_client_of(SupportFactory())
    looking.post(reverse("hijack:acquire"), {"user_pk": camille.pk})
    shown = head(looking, "q=NICE")
    assert (len(shown.saved), shown.may_keep, shown.may_change) == (1, False, False)
    assert keep(looking, name="Nice", asked="q=NICE").status_code == 403


def test_a_filter_that_is_no_more__is_said_and_left_out(camille: User) -> None:
    client = english_client_of(camille)
    SavedFilter.objects.create(person=camille, listed=LISTED, name="Ancien", asked="colour=red&state=held")
    (tab,) = head(client).saved
    assert tab.lost
    page = client.get(CLOSINGS + tab.address)
    assert "This list has no filter “colour”: it is shown without it." in page.content.decode()
    shown = page.context["list_head"]
    assert [it.words for it in shown.chips] == ["State: held"] and shown.saved[0].current
    assert "It asks for a filter that this list has no longer" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("tenant__siren__startswith=1", "This list has no filter “tenant__siren__startswith”"),
        ("a=1&b=2", "This list has no filters “a”, “b”: it is shown without them."),
        ("e=1", "A filter had a value that it cannot have."),
        ("establishment__id__exact=abc", "Establishment: “abc”"),
        ("business_date_from=abc", "is not filtered by it: Business date: “abc”."),
        ("business_date_from=2026-02-30&gross_to=x&a=1", "by them: Business date: “2026-02-30”, Turnover: “x”."),
        ("state=flying", "State: “flying”"),
        ("problem=none", "Problem: “none”"),
        ("reseller=1", "Reseller: “1”"),
    ],
)
def test_an_address_typed_by_hand__is_the_list_with_a_sentence(camille: User, query: str, words: str) -> None:
    client = english_client_of(camille)
    page = client.get(f"{CLOSINGS}?{query}", follow=True)
    assert page.status_code == 200 and words in page.content.decode()
    assert words not in client.get(CLOSINGS).content.decode(), "once"
    answer = client.get(f"{CLOSINGS}?{query}&as=csv")
    assert answer.status_code == 302, "no file of more than was asked for"


@pytest.mark.parametrize("query", ["business_date_from=abc", "business_date_from=abc&state=held"])
def test_a_value_that_cannot_be_read__is_not_shown_as_a_filter(camille: User, query: str) -> None:
    shown = english_client_of(camille).get(f"{CLOSINGS}?{query}").context
    assert [it.words for it in shown["list_head"].chips] == (["State: held"] if "state" in query else [])
    assert shown["cl"].has_active_filters == ("state" in query)


@pytest.mark.parametrize(
    ("page", "query", "words"),
    [
        ("admin:tenants_change_changelist", "at_to=abc", "When: “abc”"),
        ("admin:tenants_change_changelist", "operation__exact=abc", "Operation: “abc”"),
        ("admin:on_demand_monthlyexport_changelist", "active__exact=abc", "Active: “abc”"),
        ("admin:clyo_ingest_push_changelist", "answer=abc", "Answer: “abc”"),
        ("admin:index", "day=abc", "Day: “abc”"),
        ("console_log", "date=abc", "Day: “abc”"),
        ("console_log", "establishment=abc", "Establishment: “abc”"),
        ("console_shops", "reseller=abc", "Reseller: “abc”"),
    ],
)
def test_any_page_says_what_it_could_not_read(transactional_db: None, page: str, query: str, words: str) -> None:
    client = english_client_of(SupportFactory())
    read = client.get(f"{reverse(page)}?{query}").content.decode()
    assert words in read and "is not filtered by it" in read
    assert "could not be read" not in client.get(reverse(page)).content.decode()
