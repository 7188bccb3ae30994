"""Every page of the console takes any text in any parameter: it is asked for something that is not there, no more."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from integration.usable_text import usable
from tenants.factories import SupportFactory
from tenants.models import Establishment, Reseller, User
from tests.world import World
from tools.bench.people import logged_in

# As they stand in an address: NUL, more digits than Python reads, a number no column holds, half of a surrogate pair,
# a day that has no tomorrow, digits that are none, and one name with several values.
TEXTS = [
    "%00",
    "a%00b",
    "9" * 4400,
    "9" * 25,
    "%ED%A0%80",
    "9999-12-31",
    "0001-01-01",
    quote("²٣"),
    "1e400",
    "-1",
    "x&{name}=9999-12-31&{name}=%00",
]
FEW = ["9" * 4400, "9" * 25, "9999-12-31"]
OF_EVERY_LIST = ("q", "o", "p")
OF_ANY_LIST = (*OF_EVERY_LIST, "e", "all", "_facets", "_popup", "_to_field", "_changelist_filters", "unknown", "pk__in")


@pytest.fixture
def support(here: World) -> User:
    return SupportFactory()


def filters_of_lists(client: Client) -> Iterator[tuple[str, str]]:
    """Each list with each parameter it filters by."""
    for model, model_admin in admin.site._registry.items():
        changelist = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        shown: Any = client.get(changelist)
        change_list = (shown.context or {}).get("cl")
        if change_list is not None:
            known = {*getattr(model_admin, "lookups", ())}
            known |= {it for spec in change_list.filter_specs for it in spec.expected_parameters() if it}
            yield from ((changelist, parameter) for parameter in sorted(known))


def lists() -> list[str]:
    models = (model._meta for model in admin.site._registry)
    return [reverse(f"admin:{it.app_label}_{it.model_name}_changelist") for it in models]


def failures(client: Client, asked: Iterable[tuple[str, str]], texts: list[str]) -> list[str]:
    client.raise_request_exception = False
    found = []
    for path, name in asked:
        for text in texts:
            answer = client.get(f"{path}?{name}={text.format(name=name)}")
            if answer.status_code >= 500:
                found.append(f"{path}?{name}={text[:20]}: {(answer.exc_info or [''])[:2]}")
    return found


def test_filters__take_any_text(support: User) -> None:
    client = logged_in(support)
    asked = [*filters_of_lists(client)]
    assert {"/console/exports/storedclosing/", "/console/tenants/change/"} <= {path for path, _ in asked}
    assert failures(client, asked, FEW) == []


def test_lists__take_any_text_in_any_other_parameter(support: User) -> None:
    client = logged_in(support)
    assert failures(client, [(path, name) for path in lists() for name in OF_EVERY_LIST], FEW[:1]) == []
    closings = reverse("admin:exports_storedclosing_changelist")
    names = [*OF_ANY_LIST, "state", "state__exact", "problem", "reseller", "business_date_from", "gross_from"]
    assert failures(client, [(closings, name) for name in names], TEXTS[::2]) == []


def test_our_own_pages__take_any_text(support: User) -> None:
    client = logged_in(support)
    shop = Establishment.objects.get(name="PROPRE boutique")
    asked = {
        reverse("admin:index"): ("day",),
        reverse("console_log"): ("date", "establishment", "q", "state", "as", "by"),
        reverse("admin:on_demand_ondemandexport_new"): ("first", "preset", "month"),
        reverse("console_mapping", args=[shop.pk]): ("kind", "q"),
        reverse("console_mapping_search", args=[shop.pk]): ("q", "kind=gl_account&q"),
        reverse("console_repost"): ("cause", "poll"),
        reverse("console_import"): ("template",),
        reverse("console_set_up"): ("q", "p"),
        reverse("console_causes"): ("p",),
    }
    assert failures(client, [(path, name) for path, names in asked.items() for name in names], TEXTS) == []
    period = f"where=e{shop.pk}&format=fec&show=1&first={{0}}&last={{0}}"
    days = ("9999-12-31", "0001-01-01", "1999-12-31", "%00", "2026-03-14")
    page = reverse("admin:on_demand_ondemandexport_new")
    manager = logged_in(User.objects.get(name="PROPRE gérante"))
    assert [manager.get(f"{page}?{period.format(day)}").status_code for day in days] == [200] * 5


def test_form__with_a_nul_is_one_without(support: User) -> None:
    client = logged_in(support)
    client.post(reverse("admin:tenants_reseller_add"), {"name": "Mai\0son\ud83c".encode("utf-8", "ignore").decode()})
    assert Reseller.objects.filter(name="Maison").exists()


def test_cookie__with_a_nul_is_none(db: None) -> None:
    session = "\\000" * 9
    answer = Client().get(reverse("admin:index"), headers={"Cookie": f'sessionid="{session}"'})
    assert answer.status_code == 302


def test_usable__leaves_what_is_usable_as_it_is() -> None:
    asked = QueryDict("a=1&a=2&b=x%0Ay")
    assert usable(asked) is asked
    cleaned = usable(QueryDict("a=1%00&a=2&b%1B=x%0Ay"))
    assert {name: cleaned.getlist(name) for name in cleaned} == {"a": ["1", "2"], "b": ["x\ny"]}
    with pytest.raises(AttributeError):
        cleaned["a"] = "3"


def test_autocomplete__takes_any_text_and_any_name(support: User) -> None:
    client = logged_in(support)
    page = reverse("admin:autocomplete")
    client.raise_request_exception = False
    fields = [
        (model._meta.app_label, model._meta.model_name, field.name)
        for model in admin.site._registry
        for field in model._meta.get_fields()
    ]
    named = [
        *fields,
        ("", "", ""),
        ("exports", "", ""),
        ("exports", "storedclosing", ""),
        ("%00", "x.y", "pk"),
        ("a", "b", "c"),
    ]
    broken = []
    for turn, (app, model, field) in enumerate(named):
        asked = f"{page}?app_label={app}&model_name={model}&field_name={field}"
        answers = [client.get(f"{asked}&term=").status_code]
        # What is refused for its names does not look at the text: there one is enough, in turn.
        texts = TEXTS[:5] if answers == [200] else [TEXTS[turn % len(TEXTS)]]
        answers += [client.get(f"{asked}&term={text}").status_code for text in texts]
        broken += [asked] if max(answers) >= 500 else []
    broken += [text for text in TEXTS if client.get(f"{page}?app_label={text}&model_name={text}").status_code >= 500]
    assert broken == []
    tenants = {"app_label": "exports", "model_name": "storedclosing", "field_name": "tenant", "term": "PROPRE\0"}
    assert [it["text"] for it in client.get(page, tenants).json()["results"]] == ["PROPRE SARL"]
