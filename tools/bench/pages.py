"""(l) How long each page of the console takes with a million closings behind it, as support and as a reseller.

Measured in the server, through all of Django, without a network.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from exact.models import ActivationLink, ExactApp, Posting
from exports.console.ways_out import BOOK_AS_IT_IS
from exports.models import ClosingState, RepostRun, StoredClosing
from on_demand.models import ExportSet, OnDemandExport
from tenants.models import Establishment, Reseller, Role, Tenant, Till, User
from tenants.scope import visible_to
from tools.bench.addresses import Address, every_address
from tools.bench.place import Place
from tools.bench.size import rows_wanted
from tools.bench.volume import LAST, TICKETS, customers, store_closings

RESELLERS, TENANTS, TILLS = 20, 2_000, 5_000
DAYS_AT_ONCE = 10
REPEATS = 7
SLOWEST_MS = 300
# What a name in a route stands for; an address with another name in it is a letter's link, not a page of the console.
ROWS: dict[str, type[Model]] = {
    "establishment_id": Establishment,
    "tenant_id": Tenant,
    "till_id": Till,
    "closing_id": StoredClosing,
    "posting_id": Posting,
    "set_id": ExportSet,
    "reseller_id": Reseller,
    "link_id": ActivationLink,
    "user_id": User,
    "app_id": ExactApp,
}
# What stands for a word in a route: a book of the help, a way out for closings.
WORDS = {"name": "support", "way": BOOK_AS_IT_IS.name}


def measure_pages(place: Place) -> None:
    """The median of each page's server time, the slowest first; pages that are slower than 300 ms are named."""
    reseller = customers(resellers=RESELLERS, tenants=TENANTS, tills=TILLS)
    days = max(1, rows_wanted() // TILLS)
    for first in range(0, days, DAYS_AT_ONCE):
        store_closings(first, min(first + DAYS_AT_ONCE, days))
        print(f"  … {min(first + DAYS_AT_ONCE, days) * TILLS} closings stored", end="\r", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    found = place.results.setdefault("l", {})
    found["closings"] = StoredClosing.objects.count()
    for person in (_person(Role.SUPPORT), _person(Role.RESELLER_ADMIN, reseller)):
        times = times_of(person)
        slowest = sorted(times, key=lambda name: -times[name])
        found[f"{person.role}: pages"] = len(times)
        found[f"{person.role}: slower than {SLOWEST_MS} ms"] = sum(ms > SLOWEST_MS for ms in times.values())
        found |= {f"{person.role}, median ms: {name}": round(times[name]) for name in slowest}


def _person(role: Role, reseller: Reseller | None = None) -> User:
    return User.objects.create_user(f"{role}@bench.example", role=role, reseller=reseller)


def times_of(person: User) -> dict[str, float]:
    """Milliseconds of the server for each page this person can read, the median of seven."""
    client = logged_in(person)
    return {
        name: _median_ms(client, address)
        for name, address in pages_of(person).items()
        if client.get(address).status_code == 200
    }


def logged_in(person: User) -> Client:
    """A client in which `person` gave the password and the second factor."""
    client = Client()
    client.force_login(person)
    device, _made = TOTPDevice.objects.get_or_create(user=person, confirmed=True)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def _median_ms(client: Client, address: str) -> float:
    times = []
    for _repeat in range(REPEATS):
        begun = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - begun) * 1000)
    return median(times)


def pages_of(person: User) -> dict[str, str]:
    """Each address of the console that `person` has a row for, by its route, and the busiest ways to ask for some."""
    routes = (it for it in every_address() if it.route.startswith("console/"))
    found = {it.route: path for it in routes if (path := _path_of(it, person))}
    return found | dict(_busiest(person))


def _path_of(address: Address, person: User) -> str:
    """The address with rows in it that the person may see; "" when there is none, or it is not a page to read."""
    values: dict[str, object] = {}
    for name in address.takes:
        if name in WORDS:
            values[name] = WORDS[name]
            continue
        model = apps.get_model(address.model) if name == "object_id" and address.model else _model_of(name, address)
        row = visible_to(person, model._default_manager.all()).first() if model else None
        if row is None:
            return ""
        values[name] = row.pk
    return "" if address.route.endswith(("logout/", "setlang/")) else address.path(values)


def _model_of(name: str, address: Address) -> type[Model] | None:
    if name == "run_id":
        return OnDemandExport if "ondemandexport" in address.route else RepostRun
    return ROWS.get(name)


def _busiest(person: User) -> Iterator[tuple[str, str]]:
    """What people ask the large lists for every day."""
    closings = reverse("admin:exports_storedclosing_changelist")
    rows = visible_to(person, StoredClosing.objects.filter(state=ClosingState.EXPORTED))
    closing = rows.order_by("-business_date", "-closed_at").select_related("tenant").first()
    if closing is None:
        return
    posting = Posting.objects.filter(closing_id=closing.pk).first()
    shop = closing.establishment_id
    yield "home, last night", f"{reverse('admin:index')}?day={LAST}"
    yield "home, a silent night", f"{reverse('admin:index')}?day=2026-11-23"
    month = f"{reverse('console_check')}?first={LAST - timedelta(days=29)}&last={LAST}"
    yield "check of a month, every establishment", month
    yield "check of a month, one establishment", f"{month}&where=e{shop}"
    yield "closings to mend", f"{closings}?state=attention"
    yield "closings held", f"{closings}?state=held"
    yield "closings with a problem", f"{closings}?problem=slot_without_vat_code"
    yield "closings of a shop", f"{closings}?establishment__id__exact={shop}"
    yield "closings of a customer", f"{closings}?tenant__id__exact={closing.tenant_id}"
    yield "closings of a till", f"{closings}?till__id__exact={closing.till_id}"
    yield "closings of a reseller", f"{closings}?reseller={closing.tenant.reseller_id}"
    yield "closings of a day", f"{closings}?business_date_from={LAST}&business_date_to={LAST}"
    yield "closings by day and amount", f"{closings}?business_date_from={LAST}&business_date_to={LAST}&gross_from=900"
    yield "closings by amount", f"{closings}?gross_from=3450"
    yield "closings, page 20", f"{closings}?p=20"
    yield "search a number", f"{closings}?q={closing.number}"
    yield "search a ticket", f"{closings}?q={closing.number * TICKETS + 7}"
    if posting is not None:
        yield "search an entry number", f"{closings}?q={posting.entry_number}"
        yield "search a reference", f"{closings}?q={posting.reference}"
    yield "search a customer", f"{closings}?q={closing.tenant.name}"
    yield "search many customers", f"{closings}?q=Client 3"
    yield "search nobody", f"{closings}?q=Personne"
    yield "day's log", f"{reverse('console_log')}?date={LAST}&establishment={shop}"
    yield "day's log as text", f"{reverse('console_log')}?date={LAST}&establishment={shop}&as=text"
    yield "one closing", reverse("admin:exports_storedclosing_change", args=[closing.pk])
    if (failed := visible_to(person, StoredClosing.objects.filter(state=ClosingState.FAILED)).first()) is not None:
        yield "one failed closing", reverse("admin:exports_storedclosing_change", args=[failed.pk])
    for name in ("tenants_tenant", "tenants_establishment", "tenants_till", "tenants_user", "tenants_change"):
        yield f"search {name}", f"{reverse(f'admin:{name}_changelist')}?q=Client 37"
    choices = f"{reverse('admin:autocomplete')}?app_label=exports&model_name=storedclosing"
    yield "choose a customer", f"{choices}&field_name=tenant&term=Client 37"
    yield "choose an establishment", f"{choices}&field_name=establishment&term=Bout"
    yield "choose a till", f"{choices}&field_name=till&term=Caisse 4"
