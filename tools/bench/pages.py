"""Each page of the console that a person can ask for, and the ways in which the busiest are asked for every day."""

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from exact.models import ActivationLink, ExactApp, Posting
from exports.console.ways_out import BOOK_AS_IT_IS
from exports.models import ClosingState, RepostRun, StoredClosing
from on_demand.models import ExportSet, OnDemandExport
from tenants.models import Change, Establishment, HandOverOffer, Reseller, Tenant, Till, User
from tenants.scope import visible_to
from tools.bench.addresses import Address, every_address
from tools.bench.volume import LAST, TICKETS

# What a name in a route stands for; an address with another name in it is a letter's link, not a page of the console.
ROWS: dict[str, type[Model]] = {
    "establishment_id": Establishment,
    "tenant_id": Tenant,
    "till_id": Till,
    "closing_id": StoredClosing,
    "posting_id": Posting,
    "export_id": OnDemandExport,
    "run_id": RepostRun,
    "set_id": ExportSet,
    "reseller_id": Reseller,
    "link_id": ActivationLink,
    "user_id": User,
    "app_id": ExactApp,
    "offer_id": HandOverOffer,
}
# What stands for a word in a route: a book of the help, a way out for closings.
WORDS = {"name": "support", "way": BOOK_AS_IT_IS.name}


def pages_of(person: User) -> dict[str, str]:
    """Each address of the console that `person` has a row for, by its route, and the busiest ways to ask for some."""
    routes = (it for it in every_address() if it.route.startswith("console/"))
    found = {it.route: path for it in routes if (path := _path_of(it, person))}
    return found | dict(_busiest(person))


def further_pages_of(person: User) -> dict[str, str]:
    """The same pages in other ways: each tab of each list, longer and shorter checks, each thing one looks for."""
    return dict(_further(person))


def _path_of(address: Address, person: User) -> str:
    """The address with rows in it that the person may see; "" when there is none, or it is not a page to read."""
    values: dict[str, object] = {}
    for name in address.takes:
        if name in WORDS:
            values[name] = WORDS[name]
            continue
        model = apps.get_model(address.model) if name == "object_id" and address.model else ROWS.get(name)
        row = visible_to(person, model._default_manager.all()).first() if model else None
        if row is None:
            return ""
        values[name] = row.pk
    return "" if address.route.endswith(("logout/", "setlang/")) else address.path(values)


def _find_other_reseller(closing: StoredClosing) -> int | str:
    """A reseller that does not look after the closing's customer."""
    others = Reseller.objects.exclude(pk=closing.tenant.reseller_id)
    return others.values_list("pk", flat=True).first() or ""


def _busiest(person: User) -> Iterator[tuple[str, str]]:
    """What people ask every day."""
    yield "home, last night", _ask("admin:index", day=LAST)
    yield "home, a silent night", _ask("admin:index", day=LAST + timedelta(days=1))
    closing = _find_closing(person)
    if closing is None:
        return
    yield "check of a month, every establishment", _ask("console_check", **_last_days(30))
    yield "check of a month, one establishment", _check_of(closing, 30)
    yield from _lists_of_closings(closing)
    yield from _searches(closing, "admin:exports_storedclosing_changelist", "closings, search")
    for model in (Tenant, Establishment, Till, User, Change):
        yield f"search {model._meta.label_lower}", _ask(_list_of(model), q="Client 37")
    day = {"date": LAST, "establishment": closing.establishment_id}
    yield "day's log", _ask("console_log", **day)
    yield "day's log as text", _ask("console_log", **day, **{"as": "text"})
    yield "one closing", reverse("admin:exports_storedclosing_change", args=[closing.pk])
    if (failed := visible_to(person, StoredClosing.objects.filter(state=ClosingState.FAILED)).first()) is not None:
        yield "one failed closing", reverse("admin:exports_storedclosing_change", args=[failed.pk])
    choices = {"app_label": "exports", "model_name": "storedclosing"}
    yield "choose a customer", _ask("admin:autocomplete", **choices, field_name="tenant", term="Client 37")
    yield "choose an establishment", _ask("admin:autocomplete", **choices, field_name="establishment", term="Bout")
    yield "choose a till", _ask("admin:autocomplete", **choices, field_name="till", term="Caisse 4")


def _further(person: User) -> Iterator[tuple[str, str]]:
    yield from _tabs()
    closing = _find_closing(person)
    if closing is None:
        return
    for what, days in (("a day", 1), ("a quarter", 92), ("a year", 365)):
        yield f"check of {what}, every establishment", _ask("console_check", **_last_days(days))
        yield f"check of {what}, one establishment", _check_of(closing, days)
        yield f"check of {what}, one customer", _ask("console_check", **_last_days(days), where=f"t{closing.tenant_id}")
    yield "check, an establishment searched", _ask("console_check", **_last_days(30), sought="Client 37")
    yield "export, an establishment searched", _ask("admin:on_demand_ondemandexport_new", sought="Client 37")
    yield "check of a month, every establishment, page 3", _ask("console_check", **_last_days(30), page=3)
    yield from _searches(closing, "console_search", "search")
    yield from _places(closing)
    of_customer = {"tenant__id__exact": closing.tenant_id, "as": "csv"}
    yield "closings of a customer as CSV", _ask("admin:exports_storedclosing_changelist", **of_customer)


def _find_closing(person: User) -> StoredClosing | None:
    rows = visible_to(person, StoredClosing.objects.filter(state=ClosingState.EXPORTED))
    return rows.order_by("-business_date", "-closed_at").select_related("tenant", "establishment").first()


def _last_days(days: int) -> dict[str, object]:
    return {"first": LAST - timedelta(days=days - 1), "last": LAST}


def _check_of(closing: StoredClosing, days: int) -> str:
    return _ask("console_check", **_last_days(days), where=f"e{closing.establishment_id}")


def _tabs() -> Iterator[tuple[str, str]]:
    for model, model_admin in admin.site._registry.items():
        for tab in getattr(model_admin, "tabs", ()):
            if tab.asks:
                yield f"{model._meta.label_lower}?{urlencode(tab.asks)}", _ask(_list_of(model), **tab.asks)


def _places(closing: StoredClosing) -> Iterator[tuple[str, str]]:
    shop = reverse("console_shop", args=[closing.establishment_id])
    yield "a shop that sent last night", shop
    yield "a shop's month before", f"{shop}?{urlencode({'month': _month_before(LAST)})}"
    yield "a customer whose shop sent last night", reverse("console_customer", args=[closing.tenant_id])
    hand_over = reverse("console_hand_over", args=[closing.tenant_id])
    yield "hand a customer over, what ends", f"{hand_over}?{urlencode({'to': _find_other_reseller(closing)})}"
    yield "all establishments, page 2", _ask("console_shops", page=2)
    yield "all establishments, one reseller's", _ask("console_shops", reseller=closing.tenant.reseller_id)
    yield "all establishments, searched", _ask("console_shops", q="Client 3")


def _lists_of_closings(closing: StoredClosing) -> Iterator[tuple[str, str]]:
    def asked(**filters: object) -> str:
        return _ask("admin:exports_storedclosing_changelist", **filters)

    month_before, night = {"business_date_to": LAST - timedelta(days=30)}, {"business_date_from": LAST}
    yield "closings to mend", asked(state="attention")
    yield "closings with a problem", asked(problem="slot_without_vat_code")
    yield "closings of a shop", asked(establishment__id__exact=closing.establishment_id)
    yield "closings of a shop that failed", asked(establishment__id__exact=closing.establishment_id, state="failed")
    yield "closings of a customer", asked(tenant__id__exact=closing.tenant_id)
    yield "closings of a till", asked(till__id__exact=closing.till_id)
    yield "closings of a reseller", asked(reseller=closing.tenant.reseller_id)
    yield "closings of a day", asked(**night, business_date_to=LAST)
    yield "closings held before a day", asked(**month_before, state="held")
    yield "closings by day and amount", asked(**night, business_date_to=LAST, gross_from=900)
    yield "closings by amount", asked(gross_from=3450)
    yield "closings, page 20", asked(p=20)


def _searches(closing: StoredClosing, page: str, name: str) -> Iterator[tuple[str, str]]:
    posting = Posting.objects.filter(closing_id=closing.pk).first()
    terms = {
        "a number": str(closing.number),
        "a ticket": str(closing.number * TICKETS + 7),
        "a day": LAST.strftime("%d/%m/%Y"),
        "an amount": str(closing.gross).replace(".", ","),
        "a customer": closing.tenant.name,
        "many customers": "Client 3",
        "nobody": "Personne",
    }
    if posting is not None:
        terms |= {"an entry number": posting.entry_number or "", "a reference": posting.reference}
    for what, term in terms.items():
        yield f"{name} {what}", _ask(page, q=term)


def _list_of(model: type[Model]) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"


def _ask(name: str, **asked: object) -> str:
    """The address of a page with what it is asked for."""
    return f"{reverse(name)}?{urlencode(asked)}"


def _month_before(day: date) -> str:
    return f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"
