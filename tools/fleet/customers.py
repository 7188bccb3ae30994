"""Customers as a reseller would set them up, linked to the simulated Exact as they would do it themselves."""

from collections.abc import Iterator

import httpx

from booking.mapping import take_parameters
from clyo_ingest.keys import issue_key
from exact.activation.switch import activate, choose_division
from exact.api.client import http_of_thread
from exact.api.connection import connect
from exact.models import Connection, ExactApp
from exports.words.problems import sentence
from tenants.models import Establishment, Reseller, Tenant, Till
from tools.fleet.closings import PARAMETERS
from tools.fleet.shops import Shop
from tools.stack.processes import ProgramFailed

CLIENT = {"client_id": "demo-client", "redirect_uri": "http://127.0.0.1:8000/callback"}
FIRST_DIVISION = 9001
NO_LIMIT = 1_000_000_000
# The numbers of a till begin with its place in the fleet: in one company's books a number names one closing.
NUMBERS_A_TILL = 1_000_000
TILLS_MAX = 9


def set_up(exact_url: str, *, tenants: int, already: int = 0, minute_limit: int = NO_LIMIT) -> list[Shop]:
    """Make `tenants` customers with a company each, active, beside those that are there `already`; their tills.

    Every third has two tills in one company, every fourth two companies under one log-in, so that lanes share the
    books and connections share the lanes.
    """
    reseller, _made = Reseller.objects.get_or_create(name="Caisses du Canal")
    app, _made = ExactApp.objects.get_or_create(
        country="FR",
        defaults={
            "base_url": exact_url,
            "client_id": CLIENT["client_id"],
            "client_secret": "demo-secret",
            "minute_limit": minute_limit,
            "day_limit": NO_LIMIT,
        },
    )
    with httpx.Client(base_url=exact_url, timeout=60) as http:
        return [
            shop
            for place in range(already, already + tenants)
            for shop in _customer(http, app, reseller, place, companies=2 if place % 4 == 3 else 1)
        ]


def _customer(http: httpx.Client, app: ExactApp, reseller: Reseller, place: int, *, companies: int) -> Iterator[Shop]:
    tenant = Tenant.objects.create(reseller=reseller, name=f"Client {place:02d}", siren=f"{100_000_000 + place}")
    divisions = [FIRST_DIVISION + 10 * place + company for company in range(companies)]
    user = f"compta{place}@example.fr"
    connection = _log_in(http, app, tenant, user, divisions)
    for division in divisions:
        tills = 2 if place % 3 == 2 else 1
        for number in range(1, tills + 1):
            yield _shop(tenant, connection, division, user, number)


def _log_in(http: httpx.Client, app: ExactApp, tenant: Tenant, user: str, divisions: list[int]) -> Connection:
    _control(http, "users", user=user, language="fr")
    for division in divisions:
        _control(http, "companies", division=division, users=[user])
    code = _control(http, "authorize", user=user, **CLIENT)["code"]
    return connect(tenant=tenant, app=app, code=code, redirect_uri=CLIENT["redirect_uri"], http=http_of_thread())


def _shop(tenant: Tenant, connection: Connection, division: int, user: str, number: int) -> Shop:
    code = f"D{division}T{number}"
    establishment = Establishment.objects.create(tenant=tenant, code=code, name=code)
    till = Till.objects.create(tenant=tenant, establishment=establishment, name="Caisse 1")
    take_parameters(establishment, PARAMETERS)
    problems = activate(choose_division(establishment, connection, division))
    if problems:
        raise ProgramFailed("\n".join(sentence(problem.to_document()) for problem in problems))
    assert number <= TILLS_MAX, "the first digit of a closing's number tells the tills of a company apart"
    return Shop(name=code, key=issue_key(till), first=number * NUMBERS_A_TILL + 1, division=division, user=user)


def _control(http: httpx.Client, path: str, **body: object) -> dict[str, str]:
    answer = http.post(f"/_control/{path}", json=body)
    answer.raise_for_status()
    told: dict[str, str] = answer.json()
    return told
