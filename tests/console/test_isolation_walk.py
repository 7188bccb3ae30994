"""Every address of console and API, as every kind of person, with a neighbour's ids: nothing is shown, nothing done.

The addresses come from the resolver and the rows from the models: a view with a parameter nobody explained here, or an
admin whose model has no row of a neighbour, fails these tests.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages import get_messages
from django.db.models import Model, QuerySet
from django.forms import ModelChoiceField
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from booking.mapping import stamp_of
from clyo_ingest.models import ReceivedClosing
from exact.models import ActivationLink, ExactApp, Posting
from integration.rooms import APPS, WITH_SENTENCES
from tenants.factories import SupportFactory
from tenants.models import FactorReset, HandOverOffer, LookThrough, Reseller, SavedFilter, Tenant, User
from tenants.scope import paths_of
from tests.conftest import ROOT
from tests.world import Customer, World, with_take_overs
from tools.bench.addresses import Address, every_address


@pytest.fixture
def here(here: World) -> World:
    """The file's world, in which shops went on as a neighbour's, too."""
    return with_take_overs(here)


# One row for all customers, support's own.
SHARED = {"exact.exactapp": lambda: ExactApp.objects.all()}
READ_FROM_A_REQUEST = re.compile(
    r"""(?:GET|POST)(?:\.get\(|\.getlist\(|\[)"(\w+)"|"(\w+)" (?:not )?in (?:\w+\.)*(?:GET|POST)"""
)
# Words, texts that are searched for, and stamps of pages: none of them names a row. `company` is one Exact showed
# to this very link, `end` is looked for among the person's own log-ins (test_my_account).
HARMLESS = {
    *(
        "another",
        "answer",
        "as",
        "by",
        "ask",
        "address",
        "month",
        "morning",
        "asked",
        "choice",
        "confirm",
        "decline",
        "file",
        "forget",
        "keep",
        "language",
        "letters",
        "next",
        "settled",
        "poll",
        "page",
        "part",
        "resume",
        "show",
        "state",
        "template",
        "trade",
        "username",
        "withdraw",
    ),
    *("cause", "field", "find", "fix", "restore", "q", "value", "looked_at", "shown", "steps_made", "company", "end"),
}
# What leaves the walker logged in, and in one language.
NOT_WALKED = ("console/logout/", "i18n/setlang/")
SEARCHED = ("boutique", "001042")

PEOPLE: dict[str, Callable[[World], User]] = {
    "reseller_admin": lambda it: it.manager,
    "reseller_staff": lambda it: it.own.staff,
    "accountant": lambda it: it.bookkeeper,
    "merchant": lambda it: it.own.merchant,
}


def rows_of(model: type[Model], customer: Customer) -> QuerySet[Any]:
    """The rows of a model that are this customer's, or its reseller's."""
    if model is Reseller:
        return Reseller.objects.filter(pk=customer.tenant.reseller_id)
    if model is User:
        return User.objects.filter(pk__in=[customer.staff.pk, customer.accountant.pk, customer.merchant.pk])
    if model is FactorReset:
        return FactorReset.objects.filter(user=customer.staff)
    if model is LookThrough:
        return LookThrough.objects.filter(seen_as=customer.staff)
    if model is SavedFilter:
        return SavedFilter.objects.filter(person=customer.staff)
    tenant = paths_of(model).tenant
    return model._default_manager.filter(**{tenant: customer.tenant.pk}) if tenant else model._default_manager.none()


def snapshot(customers: list[Customer]) -> dict[str, list[tuple[Any, ...]]]:
    """All that stands in the database of these customers."""
    models = [model for room in APPS for model in apps.get_app_config(room).get_models()]
    return {
        f"{customer.mark} {model._meta.label_lower}": [*rows_of(model, customer).order_by("pk").values_list()]
        for customer in customers
        for model in models
    }


def values_for(address: Address, customer: Customer) -> dict[str, Any]:
    """What each name in a route is, for a customer's rows. Most addresses take one of them, or none: the rest of the
    rows is not looked up."""
    till = customer.till
    row = rows_of(apps.get_model(address.model), customer).first() if address.model and address.takes else None
    known: dict[str, Callable[[], Any]] = {
        "object_id": lambda: row.pk if row else customer.closing.pk,
        "content_type_id": lambda: ContentType.objects.get_for_model(Tenant).pk,
        "closing_id": lambda: customer.closing.pk,
        "export_id": lambda: customer.export.pk,
        "link_id": lambda: ActivationLink.objects.filter(establishment=till.establishment).earliest("pk").pk,
        "secret": lambda: "c0ffee-0123456789abcdef",
        "offer_id": lambda: HandOverOffer.objects.filter(tenant=customer.tenant).earliest("pk").pk,
        "posting_id": lambda: Posting.objects.filter(closing_id=customer.closing.pk).values_list("pk", flat=True).get(),
        "run_id": lambda: run_for(address, customer).pk,
        "set_id": lambda: customer.export.part.together_id,
        "uidb64": lambda: urlsafe_base64_encode(force_bytes(customer.staff.pk)),
        "token": lambda: "c0ffee-0123456789abcdef",
        "user_id": lambda: customer.staff.pk,
        "till_id": lambda: till.pk,
        "establishment_id": lambda: till.establishment_id,
        "tenant_id": lambda: customer.tenant.pk,
        "app_id": lambda: ExactApp.objects.get().pk,
        "way": lambda: "as-it-is",
        "name": lambda: "support",  # a book of the help
        "reseller_id": lambda: customer.tenant.reseller_id,
        "app_label": lambda: "exports",
        "url": lambda: "nowhere/",
    }
    return {name: known[name]() for name in address.takes}


def run_for(address: Address, customer: Customer) -> Model:
    """The run that a route's `run_id` names."""
    if "correction/" in address.route:
        return customer.correction
    return customer.run


def walked(prefix: str) -> list[Address]:
    return [it for it in every_address() if it.route.startswith(prefix) and it.route not in NOT_WALKED]


def ids_of(customer: Customer) -> dict[str, Any]:
    """A neighbour's ids under every name a view might read from the query or the form."""
    till = customer.till
    return {
        "tenant": customer.tenant.pk,
        "customer": customer.tenant.pk,
        "reseller": customer.tenant.reseller_id,
        "former": customer.tenant.reseller_id,
        "to": customer.tenant.reseller_id,
        "establishment": till.establishment_id,
        "till": till.pk,
        "closing": str(customer.closing.pk),
        "copy_from": till.establishment_id,
        "kind": "gl_account",
        "level": "general",
        "where": f"e{till.establishment_id}",
        "first": "2026-03-01",
        "last": "2026-03-31",
        "format": "fec",
        "name": "Nouveau",
        "names": "Caisse nouvelle",
        "code": "NOUVEAU",
        "contact_email": "compta@zinc.example",
        "email": "compta@zinc.example",
        "why": "parce que",
        "also": f"{till.establishment_id}:{stamp_of(till.establishment.mapping)}",
        "period": "2026/3",
        "suspend": "yes",
        "text": "une note",
        "do": "off",
        "day": "2026-03-14",
        "user_pk": customer.staff.pk,
        "user": customer.staff.pk,
        "person": customer.staff.pk,
        "date": "2026-03-14",
        "listed": "exports.storedclosing",
        "filter": SavedFilter.objects.filter(person=customer.staff).values_list("pk", flat=True).get(),
        "from": "2026-03-01",
        "reviews": "3",
        "_selected_action": str(customer.closing.pk),
    }


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{dict(answer.headers)} {body.decode('utf-8', 'replace')}"


class Walker:
    """A person who tries everything with a neighbour's ids and looks for the neighbour's name in each answer.

    Each redirect is looked at itself, with the messages that the page it leads to would show; that page once.
    """

    def __init__(self, client: Client, strangers: list[Customer], *, follow: bool) -> None:
        self.client, self.strangers, self.follow = client, strangers, follow
        self.tried = strangers[0]  # the nearest one; the others' names are looked for in every answer
        self.visited = 0
        self.led_to: set[str] = set()

    def see(self, answer: Any, where: str) -> None:
        self.visited += 1
        text = f"{text_of(answer)} {[str(message) for message in get_messages(answer.wsgi_request)]}"
        assert answer.status_code < 500, f"{where}: {answer.status_code}"
        for stranger in self.strangers:
            for secret in (stranger.mark, str(stranger.number)):
                assert secret not in text, f"{where} shows {secret}"

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        return self.led_on(self.client.get(path, query), f"GET {path} {query or ''}")

    def post(self, path: str, form: dict[str, Any]) -> Any:
        return self.led_on(self.client.post(path, form), f"POST {path} {form}")

    def led_on(self, answer: Any, where: str) -> Any:
        """Look at an answer and, where it leads on, at what a browser would show: the last answer that was seen."""
        self.see(answer, where)
        while self.follow and answer.status_code in (301, 302, 303):
            place = urljoin(answer.request["PATH_INFO"], answer.url)
            if place in self.led_to:
                break
            self.led_to.add(place)
            answer = self.client.get(place)
            self.see(answer, f"{where} → {place}")
        return answer

    def walk(self, address: Address) -> None:
        path = address.path(values_for(address, self.tried))
        self.get(path)
        self.get(path, ids_of(self.tried) | {"_popup": "1"})
        self.post(path, ids_of(self.tried) | {"post": "yes", "confirm": "yes"})
        if not address.takes:
            for term in SEARCHED:
                self.get(path, {"q": term, "s": term, "term": term, "extended": "1"})

    def walk_admin(self, model: type[Model], model_admin: Any) -> None:
        """What one admin adds to its addresses: filters, actions, choices, forms with a neighbour's rows."""
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        changelist = reverse(f"admin:{name}_changelist")
        shown = self.get(changelist)
        change_list = (shown.context or {}).get("cl")
        parameters = {*getattr(model_admin, "lookups", ())}
        if change_list is not None:
            parameters |= {param for spec in change_list.filter_specs for param in spec.expected_parameters()}
        actions = model_admin._get_base_actions()
        for parameter in parameters:
            self.get(changelist, {parameter: self.value_of(parameter)})
        pks = [str(pk) for pk in rows_of(model, self.tried).values_list("pk", flat=True)]
        for _function, action, *_ in actions:
            chosen = {"action": action, "_selected_action": pks}
            self.post(changelist, chosen)
            self.post(changelist, chosen | {"confirm": "yes", "post": "yes", "why": "x", "select_across": "1"})
        for field in model._meta.concrete_fields:
            asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
            self.get(reverse("admin:autocomplete"), asked | {"field_name": field.name, "term": "boutique"})
        self.try_form(name)

    def value_of(self, parameter: str) -> Any:
        """The neighbour's value of a filter: the id of whatever it is named after."""
        ids = ids_of(self.tried)
        return next((ids[name] for name in ids if parameter.startswith(name)), self.tried.till.establishment_id)

    def try_form(self, name: str) -> None:
        """Fill every choice of a form that may be added with the neighbour's row."""
        page = reverse(f"admin:{name}_add")
        answer = self.get(page)
        if answer.status_code != 200 or "adminform" not in (answer.context or {}):
            return
        form: dict[str, Any] = {}
        for field_name, field in answer.context["adminform"].form.fields.items():
            if isinstance(field, ModelChoiceField):
                assert field.queryset is not None
                row = rows_of(field.queryset.model, self.tried).first()
                form[field_name] = row.pk if row else ""
            else:
                form[field_name] = field.initial or "9" * 9
        self.post(page, form)


def walk_everything(client: Client, user: User | None, strangers: list[Customer]) -> Walker:
    walker = Walker(client, strangers, follow=user is not None)
    if user is not None:
        client.force_login(user)
    for address in walked(""):
        walker.walk(address)
    for model, model_admin in admin.site._registry.items():
        walker.walk_admin(model, model_admin)
    return walker


def test_every_name_a_view_reads__is_tried_with_a_neighbours_row_or_named_harmless(here: World) -> None:
    read = {
        name
        for room in WITH_SENTENCES
        for source in (ROOT / room).rglob("*.py")
        for name in map(max, READ_FROM_A_REQUEST.findall(source.read_text()))
    }
    assert read - {*ids_of(here.foreign)} - HARMLESS == set(), "give it a neighbour's value in ids_of"
    assert HARMLESS - read == set()


def test_every_admin__has_a_row_of_a_neighbour_to_try(here: World) -> None:
    there = here.foreign
    missing = [
        model._meta.label_lower
        for model in admin.site._registry
        if not SHARED.get(model._meta.label_lower, lambda model=model: rows_of(model, there))().exists()
    ]
    assert missing == [], "make a row of it in tests/world.py"


@pytest.mark.parametrize("role", PEOPLE)
def test_nobody_sees_or_moves_a_neighbour(here: World, role: str) -> None:
    user = PEOPLE[role](here)
    strangers = here.strangers_of(user)
    before = snapshot(strangers)
    walker = walk_everything(Client(), user, strangers)
    assert snapshot(strangers) == before
    assert walker.visited > 400


def test_who_is_not_logged_in_sees_and_moves_nobody(here: World) -> None:
    everybody = [here.own, here.sister, here.foreign]
    before = snapshot(everybody)
    walk_everything(Client(), None, everybody)
    assert snapshot(everybody) == before


@pytest.mark.parametrize(
    ("role", "asked_for"), [("accountant", {"ondemandexport", "monthlyexport"}), ("merchant", {"activationlink"})]
)
def test_a_customers_people__change_nothing_of_it_but_what_they_may_ask_for(
    here: World, role: str, asked_for: set[str]
) -> None:

    def stands() -> dict[str, list[tuple[Any, ...]]]:
        return {name: rows for name, rows in snapshot([here.own]).items() if name.split(".")[-1] not in asked_for}

    client = Client()
    client.force_login(getattr(here.own, role))
    before = stands()
    for address in walked("console/"):
        client.post(address.path(values_for(address, here.own)), ids_of(here.own) | {"post": "yes", "confirm": "yes"})
    for model, model_admin in admin.site._registry.items():
        changelist = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        pks = [str(pk) for pk in rows_of(model, here.own).values_list("pk", flat=True)]
        for _function, action, *_ in model_admin._get_base_actions():  # type: ignore[attr-defined]
            client.post(changelist, {"action": action, "_selected_action": pks, "confirm": "yes", "why": "x"})
    assert stands() == before


def test_a_till__sees_and_moves_nothing_of_another(here: World) -> None:
    strangers = [here.sister, here.foreign]
    before = snapshot(strangers)
    for address in walked("api/"):
        for stranger in strangers:
            path = address.path(values_for(address, stranger))
            for method in ("get", "post", "put", "delete"):
                call: Any = getattr(Client(), method)
                options = {} if method == "get" else {"content_type": "application/json"}
                answer = call(path, ids_of(stranger), headers=here.own.caller.headers, **options)
                assert answer.status_code < 500, path
                for secret in (stranger.mark, str(stranger.number)):
                    assert secret not in text_of(answer), f"{method} {path}"
    assert snapshot(strangers) == before


@pytest.mark.parametrize("role", [*PEOPLE, "support"])
def test_everybody__sees_its_own(here: World, role: str) -> None:
    """The walk proves nothing unless the same pages show what they may."""
    user = SupportFactory() if role == "support" else PEOPLE[role](here)
    client = Client()
    client.force_login(user)
    assert str(here.own.number) in text_of(client.get(reverse("admin:exports_storedclosing_changelist")))
    page = reverse("admin:exports_storedclosing_change", args=[here.own.closing.pk])
    assert str(here.own.number) in text_of(client.get(page))
    if role == "support":
        for address in walked("console/"):
            if address.model and address.takes == ("object_id",) and address.route.endswith("/change/"):
                values = values_for(address, here.foreign)
                if address.model not in SHARED:
                    assert client.get(address.path(values), follow=True).status_code == 200, address.route


def test_closings__are_told_apart_by_their_numbers(here: World) -> None:
    numbers = {*ReceivedClosing.objects.values_list("number", flat=True)}
    assert numbers == {here.own.number, here.sister.number, here.foreign.number}
