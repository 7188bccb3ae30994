"""The demo's customers, as a reseller would set them up, linked to the simulated Exact as the customer would."""

from pathlib import Path

import httpx

from clyo_ingest.keys import issue_code
from exact.activation.switch import activate, choose_division
from exact.api.client import http_of_thread
from exact.api.connection import connect
from exact.models import Connection, ExactApp
from exports.words.problems import sentence
from tenants.models import Establishment, Reseller, Role, Tenant, Till, User
from tools.stack.processes import ProgramFailed

PASSWORD = "demo-clyo-exact"
DIVISION = 8301
REDIRECT = "http://127.0.0.1:8000/callback"
ESTABLISHMENTS = {"PARIS01": "Bistrot du Canal – Paris 10e", "PARIS02": "Bistrot du Canal – Pantin"}


def set_up(exact_url: str) -> dict[str, Till]:
    """A reseller with a restaurant company of two establishments, one till each; and a neighbour. Tills by name."""
    reseller = Reseller.objects.create(name="Caisses du Canal")
    neighbour = Reseller.objects.create(name="Encaissement Atlantique")
    User.objects.create_user("support@clyo.example", PASSWORD, role=Role.SUPPORT, name="Camille Support")
    User.objects.create_user(
        "revendeur@canal.example", PASSWORD, role=Role.RESELLER_STAFF, reseller=reseller, name="Rita Revendeur"
    )
    User.objects.create_user(
        "revendeur@atlantique.example", PASSWORD, role=Role.RESELLER_STAFF, reseller=neighbour, name="Noé Voisin"
    )
    tenant = Tenant.objects.create(reseller=reseller, name="Le Bistrot du Canal SARL", siren="123456789")
    Tenant.objects.create(reseller=neighbour, name="Boulangerie des Dunes", siren="987654321")
    ExactApp.objects.create(country="FR", base_url=exact_url, client_id="demo-client", client_secret="demo-secret")
    tills = {}
    for code, name in ESTABLISHMENTS.items():
        establishment = Establishment.objects.create(tenant=tenant, code=code, name=name)
        tills[f"{code}-caisse1"] = Till.objects.create(tenant=tenant, establishment=establishment, name="Caisse 1")
    return tills


def write_codes(tills: dict[str, Till], path: Path) -> None:
    """The pairing codes of all tills, `name code` a line, for the fleet."""
    path.write_text("".join(f"{name} {issue_code(till, by=None)}\n" for name, till in tills.items()))


def link(tills: dict[str, Till], exact_url: str) -> None:
    """Log in at the simulated Exact, choose the company, and activate every establishment. Raises `ProgramFailed`."""
    tenant = next(iter(tills.values())).tenant
    asked = {"client_id": "demo-client", "redirect_uri": REDIRECT, "user": "marie.dupont@example.fr"}
    code = httpx.post(f"{exact_url}/_control/authorize", json=asked, timeout=10).json()["code"]
    app = ExactApp.objects.get(country="FR")
    connection: Connection = connect(tenant=tenant, app=app, code=code, redirect_uri=REDIRECT, http=http_of_thread())
    for till in tills.values():
        problems = activate(choose_division(till.establishment, connection, DIVISION))
        if problems:
            raise ProgramFailed("\n".join(sentence(problem.to_document()) for problem in problems))
