"""Read by `manage.py shell`: a customer with one till, and the service's registration at the simulated Exact.

Prints the till's pairing code, or nothing when the till is paired already: run again it makes nothing twice.
"""

import os

import httpx

from clyo_ingest.keys import issue_code
from clyo_ingest.models import TillKey
from exact.models import ExactApp
from tenants.models import Establishment, Reseller, Tenant, Till

HOME = os.environ["PUBLIC_URL"]
APP = {"client_id": "sandbox", "client_secret": "sandbox-secret"}

if not ExactApp.objects.exists():
    registered = {**APP, "country": "fr", "name": "Clyo", "redirect_uris": [f"{HOME}/activation/callback"]}
    answer = httpx.post("http://exact:8400/_control/apps", json=registered, timeout=10)
    if not answer.is_success and "exists already" not in answer.text:
        answer.raise_for_status()
    exact = HOME.replace("https://", "https://exact.")
    # As support would have taught it (docs/decisions/0061).
    page = f"{exact}/docs/SimulatedEntry.aspx?_Division_={{division}}&ID=%7b{{entry_id}}%7d"
    ExactApp.objects.create(country="FR", base_url=exact, sales_page=page, receipts_page=page, **APP)
reseller, _made = Reseller.objects.get_or_create(name="Caisses du Canal")
customer, _made = Tenant.objects.get_or_create(
    siren="123456782", defaults={"reseller": reseller, "name": "Le Bistrot du Canal SARL"}
)
shop, _made = Establishment.objects.get_or_create(
    tenant=customer, code="PARIS01", defaults={"name": "Bistrot du Canal – Paris 10e"}
)
till, _made = Till.objects.get_or_create(tenant=customer, establishment=shop, name="Caisse 1")
if not TillKey.objects.filter(till=till).exists():
    print(f"code {issue_code(till, by=None)}")
