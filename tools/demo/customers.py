"""The demo's customers, as a reseller would set them up, linked to the simulated Exact as the customer would."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import httpx

from clyo_ingest.keys import issue_code
from exact.activation.switch import activate, choose_division
from exact.api.client import http_of_thread
from exact.api.connection import connect
from exact.models import ExactApp
from exports.words.problems import sentence
from tenants.models import Establishment, Membership, Reseller, Role, Tenant, Till, User
from tools.demo import PASSWORD
from tools.demo.cast import ATLANTIQUE, CANAL, CUSTOMERS, PEOPLE, Customer, Person, Story
from tools.stack.processes import ProgramFailed

BISTROT = "Le Bistrot du Canal SARL"
DIVISION = 8301
OWNER = "marie.dupont@example.fr"
CLIENT = {"client_id": "demo-client", "redirect_uri": "http://127.0.0.1:8000/callback"}
ESTABLISHMENTS = {"PARIS01": "Bistrot du Canal – Paris 10e", "PARIS02": "Bistrot du Canal – Pantin"}
TILL = "Caisse 1"
# Where the simulator shows an entry, as support would have taught it.
ENTRY_PAGE = "/docs/SimulatedEntry.aspx?_Division_={division}&ID=%7b{entry_id}%7d"

Tills = Mapping[str, Till]


def set_up(exact_url: str) -> Tills:
    """Both resellers with their customers and shops, one till each, and the people. Tills by their folder's name.

    The restaurant company of two establishments comes first: its week is the proof.
    """
    resellers = {name: Reseller.objects.create(name=name) for name in (CANAL, ATLANTIQUE)}
    # Weeks of closings go out in a minute; Exact's own 60 calls a minute would take them an hour.
    limits = {"minute_limit": 6_000, "day_limit": 60_000}
    entry_page = exact_url + ENTRY_PAGE
    ExactApp.objects.create(
        country="FR",
        base_url=exact_url,
        client_id="demo-client",
        client_secret="demo-secret",
        sales_page=entry_page,
        receipts_page=entry_page,
        **limits,
    )
    bistrot = Tenant.objects.create(reseller=resellers[CANAL], name=BISTROT, siren="123456782")
    tills = {}
    for code, name in ESTABLISHMENTS.items():
        tills[f"{code}-caisse1"] = _make_till(bistrot, code, name, OWNER)
    for customer in CUSTOMERS:
        tenant = Tenant.objects.create(reseller=resellers[customer.reseller], name=customer.name, siren=customer.siren)
        for shop in customer.shops:
            tills[shop.till] = _make_till(tenant, shop.code, shop.name, customer.owner_email)
    for person in PEOPLE:
        _invite(person, resellers)
    return tills


def write_codes(tills: Tills, path: Path) -> None:
    """The pairing codes of all tills, `name code` a line, for the fleet."""
    path.write_text("".join(f"{name} {issue_code(till, by=None)}\n" for name, till in tills.items()))


def open_books(exact_url: str, today: date) -> None:
    """In Exact: a log-in and a company for each customer, and the months its closings lie in open, last year's too."""
    with httpx.Client(base_url=f"{exact_url}/_control", timeout=60) as control:
        companies = {DIVISION: 7}
        for customer in CUSTOMERS:
            if not customer.division:
                continue
            user = {"user": customer.owner_email, "full_name": customer.owner}
            control.post("/users", json=user).raise_for_status()
            company = {"division": customer.division, "description": customer.name, "users": [customer.owner_email]}
            control.post("/companies", json=company).raise_for_status()
            companies[customer.division] = max(shop.days for shop in customer.shops)
        for division, days in companies.items():
            for year, month in _months(today - timedelta(days=days), today):
                period = {"division": division, "year": year, "period": month, "status": "open"}
                control.post("/periods", json=period).raise_for_status()


def link_proof(tills: Tills, exact_url: str) -> None:
    """The restaurant company of the proof logs in at Exact and activates both shops. Raises `ProgramFailed`."""
    _activate([tills[f"{code}-caisse1"] for code in ESTABLISHMENTS], DIVISION, OWNER, exact_url)


def link_others(tills: Tills, exact_url: str) -> None:
    """So does each other customer that is to be linked. Raises `ProgramFailed`."""
    for customer in CUSTOMERS:
        linked = [tills[shop.till] for shop in customer.shops if shop.story is not Story.NOT_LINKED]
        if linked:
            _activate(linked, customer.division, customer.owner_email, exact_url)


def named(customer: Customer) -> Tenant:
    """The row of a customer."""
    return Tenant.objects.get(name=customer.name)


def _make_till(tenant: Tenant, code: str, name: str, contact: str) -> Till:
    establishment = Establishment.objects.create(tenant=tenant, code=code, name=name, contact_email=contact)
    return Till.objects.create(tenant=tenant, establishment=establishment, name=TILL)


def _invite(person: Person, resellers: Mapping[str, Reseller]) -> None:
    reseller = resellers[person.of] if person.of else None
    user = User.objects.create_user(person.email, PASSWORD, role=person.role, name=person.name, reseller=reseller)
    for tenant in Tenant.objects.filter(name__in=person.looks_after):
        host = User.objects.filter(reseller=tenant.reseller, role=Role.RESELLER_ADMIN).first()
        lets = person.role == Role.ACCOUNTANT
        Membership.objects.create(user=user, tenant=tenant, role=person.role, may_replace=lets, invited_by=host)


def _activate(tills: Iterable[Till], division: int, user: str, exact_url: str) -> None:
    answer = httpx.post(f"{exact_url}/_control/authorize", json={**CLIENT, "user": user}, timeout=10)
    code = answer.raise_for_status().json()["code"]
    app = ExactApp.objects.get(country="FR")
    connection = None
    for till in tills:
        connection = connection or connect(
            tenant=till.tenant, app=app, code=code, redirect_uri=CLIENT["redirect_uri"], http=http_of_thread()
        )
        problems = activate(choose_division(till.establishment, connection, division))
        if problems:
            raise ProgramFailed("\n".join(sentence(problem.to_document()) for problem in problems))


def _months(first: date, last: date) -> list[tuple[int, int]]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return sorted({(day.year, day.month) for day in days})
