"""The mapping screen word for word, in French: every setting as it is read, tried, saved, copied and remembered.

What a page says stands in `inputs`, one line a cell. A test that fails says where it put what it read: look at
the difference, and copy the file over when every line of it is meant.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from booking.setting import Area
from booking.settings_table import TABLE
from clyo_ingest.keys import issue_key
from exact.models import Activation, CatalogueItem, CatalogueKind, Division
from exports.mapping.sheet import HEADINGS
from tenants.factories import EstablishmentFactory, ResellerAdminFactory, TenantFactory, TillFactory
from tenants.models import Establishment, Tenant
from tests.conftest import PARAMETERS, Caller, closing
from tests.world import linked

GOLDEN = Path(__file__).parent / "inputs"
NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
OPEN, BLOCKED = {"IsBlocked": False}, {"IsBlocked": True}
CHART = {
    "108000": ("Compte de l'exploitant", 90, OPEN),
    "411000": ("Clients", 20, OPEN),
    "411100": ("Clients comptoir", 20, OPEN),
    "419100": ("Clients, acomptes reçus", 90, OPEN),
    "426100": ("Pourboires à reverser", 90, OPEN),
    "445711": ("TVA collectée 20 %", 24, OPEN),
    "511500": ("Cartes bancaires à encaisser", 12, OPEN),
    "511840": ("Titres-restaurant Swile", 12, OPEN),
    "580000": ("Virements internes", 90, OPEN),
    "658000": ("Charges diverses", 121, OPEN),
    "706000": ("Prestations de services", 110, OPEN),
    "706010": ("Prestations de services 10 %", 110, OPEN),
    "707000": ("Ventes de marchandises", 110, OPEN),
    "707300": ("Ventes, centre exigé", 110, {**OPEN, "UseCostcenter": 1}),
    "707900": ("Ancien compte de ventes", 110, BLOCKED),
    "758000": ("Produits divers", 111, OPEN),
}
VAT_CODES = {"VN": ("TVA 20 %", "0.2", "S"), "VR": ("TVA 10 %", "0.1", "S"), "AN": ("Achats 20 %", "0.2", "P")}
JOURNALS = {
    "30": ("Caisse", 10, OPEN),
    "31": ("Banque", 12, OPEN),
    "70": ("Ventes", 20, OPEN),
    "71": ("V", 20, BLOCKED),
}
PARTIES = {"0000002": ("Clients comptoir", "C"), "0000010": ("Traiteur Martin", "C"), "0000009": ("Grossiste", "")}
# The usual one, one that was at 10 % before, and one that the till sends only because it has ten.
SLOTS = [*PARAMETERS["vat"], {"slot": 3, "rate": "0.00", "sales_account": "", "vat_code": ""}]  # type: ignore[misc]
NOW_REDUCED = [SLOTS[0], SLOTS[1] | {"rate": "5.50", "vat_account": ""}, SLOTS[2]]
UNFIT = {
    "vat": [
        {"slot": 1, "rate": "20.00", "sales_account": "411000", "vat_code": "AN"},
        {"slot": 2, "rate": "10.00", "sales_account": "707900", "vat_code": "VN"},
        {"slot": 3, "rate": "5.50", "sales_account": "707300", "vat_code": "VR"},
        {"slot": 4, "rate": "2.10", "sales_account": "7070", "vat_code": "VX"},
    ],
    "customer_account": "707000",
    "third_party": "0000009",
    "journals": {"sales": "71", "receipts": "70"},
}
# Codes of each kind that the company has, taken in turn, and one that it has not.
KNOWN = {
    "gl_account": [code for code, (_name, _type, facts) in CHART.items() if not facts["IsBlocked"]],
    "vat_code": ["VN", "VR"],
    "journal": ["31", "30"],
    "third_party": ["0000010", "0000002"],
    "payment_condition": ["30"],
    "cost_center": ["SALLE"],
    "": ["no", "yes"],
}
UNKNOWN = {
    "gl_account": ["999999"],
    "vat_code": ["ZZ"],
    "journal": ["99"],
    "third_party": ["0009999"],
    "payment_condition": ["ZZ"],
    "cost_center": ["ZZZ"],
    "": ["yes"],
}
MONEY = [
    {"means": "ESP", "label": "Espèces", "kind": "cash", "amount": "325.00", "count": 41},
    {"means": "CB", "label": "Carte bancaire", "kind": "card", "amount": "900.00", "count": 60},
    {"means": "CPT", "label": "En compte", "kind": "on_account", "amount": "100.00", "count": 1, "account": "DUPONT"},
    {"means": "SW", "label": "Swile", "kind": "other", "amount": "100.00", "count": 2},
]
BREAKS = frozenset({"h1", "h2", "h3", "p", "li", "br", "tr", "div", "section", "summary", "caption", "label", "button"})
SAID = ("name", "value", "placeholder", "aria-label", "data-label", "title", "list")
MARKS = ("is-changed", "is-wrong", "is-new", "is-danger", "is-held")
PASSING = frozenset(
    {"shown", "csrfmiddlewaretoken", "confirm", "closing", "copy_from"}
)  # whose values change each time


class Reader(HTMLParser):
    """Reads a page of the mapping screen line by line: words, controls, and how they are marked.

    Of what a setting may be chosen from only the chosen one is read: the lists stand once, at the page's end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.words: list[str] = []
        self.depth = 0
        self.control, self.listed = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in BREAKS:
            self._end()
        if self.depth or "mapping" in said.get("class", "").split():
            self.depth += tag == "div"
        if said.get("name"):
            self.control = said["name"]
        chosen = "selected" in said or not said.get("value")
        self.listed = tag == "option" and self.control.startswith("set:") and not chosen
        if self.listed:
            return
        marks = [it for it in said.get("class", "").split() if it in MARKS]
        passing = self.control in PASSING
        told = [f'{name}="{said[name]}"' for name in SAID if name in said and not (passing and name == "value")]
        told += ["selected"] if "selected" in said else []
        if marks or told:
            self.words.append(f"[{' '.join([tag, *marks, *told])}]")

    def handle_data(self, data: str) -> None:
        if not self.listed:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.listed = False
        if tag in BREAKS:
            self._end()
        self.depth -= self.depth > 0 and tag == "div"

    def _end(self) -> None:
        line = re.sub(r"\s+", " ", " ".join(self.words)).strip()
        self.words = []
        if self.depth and line:
            self.lines.append(line)


def read(answer: Any) -> list[str]:
    """What the mapping screen says."""
    reader = Reader()
    reader.feed(answer.content.decode())
    return reader.lines


def outlook(answer: Any) -> list[str]:
    """Of settings that are not saved: what of the form is changed, and what that would do."""
    lines = read(answer)
    began, ended = lines.index("Ce que cela donne"), lines.index('[button name="do" value="save"] Enregistrer')
    return [*(it for it in lines[:began] if "is-changed" in it), *lines[began:ended]]


class Shop:
    """An establishment with a till that calls, and its mapping screen before a person who reads French."""

    def __init__(self, tenant: Tenant, client: Client, code: str, *, division: Division | None) -> None:
        self.establishment: Establishment = EstablishmentFactory(tenant=tenant, code=code, name=f"Bistrot {code}")
        till = TillFactory(establishment=self.establishment, name=f"Caisse {code}")
        self.till = Caller(till, issue_key(till))
        self.client = client
        if division is not None:
            Activation.objects.create(
                tenant=tenant, establishment=self.establishment, division=division, active=True, activated_at=NOW
            )

    def sends(self, *parameters: dict[str, Any]) -> None:
        for it in parameters:
            assert self.till.put("parameters", it).status_code == 200

    def get(self) -> Any:
        return self.client.get(reverse("console_mapping", args=[self.establishment.pk]))

    def post(self, do: str, **form: Any) -> Any:
        asked = {"shown": self.get().context["shown"], "do": do, **form}
        return self.client.post(reverse("console_mapping", args=[self.establishment.pk]), asked, follow=True)

    def all_set_to(self, codes: dict[str, list[str]]) -> dict[str, str]:
        """Every setting on the page, by its control, with a code of its kind."""
        cells = [it for section in self.get().context["sections"] for row in section.rows for it in row.cells]
        return {f"set:{it.name}": codes[it.kind][n % len(codes[it.kind])] for n, it in enumerate(cells)}


def catalogue(division: Division) -> Iterator[CatalogueItem]:
    def item(kind: CatalogueKind, code: str, name: str, **facts: Any) -> CatalogueItem:
        return CatalogueItem(
            tenant_id=division.tenant_id, division=division, kind=kind, code=code, name=name, exact_id=code, facts=facts
        )

    for code, (name, its, more) in CHART.items():
        yield item(CatalogueKind.GL_ACCOUNT, code, name, **{"Type": its, "UseCostcenter": 0, "VATCode": None, **more})
    for code, (name, share, use) in VAT_CODES.items():
        facts = {"Percentage": float(share), "Type": "E", "VATTransactionType": use, **OPEN}
        yield item(CatalogueKind.VAT_CODE, code, name, **facts)
    for code, (name, its, more) in JOURNALS.items():
        yield item(CatalogueKind.JOURNAL, code, name, Type=its, GLAccountCode="530000", **more)
    for code, (name, status) in PARTIES.items():
        facts = {"Status": status, "Blocked": False, "StartDate": None, "EndDate": None, "PaymentConditionSales": None}
        yield item(CatalogueKind.THIRD_PARTY, code, name, **facts)
    yield item(CatalogueKind.PAYMENT_CONDITION, "30", "30 jours")
    yield item(CatalogueKind.PAYMENT_CONDITION, "CO", "Comptant")
    yield item(CatalogueKind.COST_CENTER, "SALLE", "Salle", Active=True)
    yield item(CatalogueKind.PERIOD, "2026/3", "", starts="2026-03-01", ends="2026-03-31", closed_journals=[])
    yield item(CatalogueKind.ASKED_FOR, *UNKNOWN["third_party"], "")  # asked for today, so it is not asked for again


@pytest.fixture
def company(db: None) -> Iterator[Division]:
    """A company of a small chart, on a day of its open period."""
    with time_machine.travel(NOW, tick=True):
        division = linked(TenantFactory(name="Bistrots du Midi SARL"), "livres", code=8301)
        CatalogueItem.objects.bulk_create(catalogue(division))
        Division.objects.update(
            catalogue_read_at=datetime(2026, 3, 16, 5, tzinfo=UTC), journal_accounts={"30": "530000", "31": "512000"}
        )
        yield division


def pages(division: Division) -> Iterator[tuple[str, list[str]]]:
    """Each page by the name of its file."""
    tenant, client = division.tenant, Client()
    client.force_login(ResellerAdminFactory(reseller=tenant.reseller, email="gerante@revendeur.example", name="Jeanne"))
    usual = closing(payments=MONEY)
    usual["sales"][0]["family"] = "Cuisine"
    of_before, reduced = {**PARAMETERS, "vat": SLOTS}, {**PARAMETERS, "vat": NOW_REDUCED}

    unlinked = Shop(tenant, client, "SANS", division=None)
    yield "unlinked", read(unlinked.get())

    plain = Shop(tenant, client, "TEL", division=division)
    plain.sends(of_before)
    assert plain.till.post("closings", usual).status_code == 201
    yield "default", read(plain.get())
    yield "default-tried", outlook(plain.post("preview", **plain.all_set_to(KNOWN)))
    yield "default-trade", outlook(plain.post("trade", trade="restaurant"))

    full = Shop(tenant, client, "TOUT", division=division)
    full.sends(of_before)
    assert full.till.post("closings", usual).status_code == 201
    full.sends(reduced)
    new = {"new_means": "LYF", "new_means_value": "511500", "new_customer": "MARTIN", "new_customer_value": "0000010"}
    said = full.post("save", **full.all_set_to(KNOWN), **new)
    confirmed = {"confirm": said.context["confirming"].digest} if said.context["confirming"] else {}
    full.post("save", **full.all_set_to(KNOWN), **new, **confirmed)
    full.sends({**of_before, "journals": {"sales": "VT", "receipts": "31"}})
    yield "set", read(full.get())
    yield "default-copied", outlook(plain.post("copy", copy_from=full.establishment.pk))
    yield "set-copied", outlook(full.post("copy", copy_from=plain.establishment.pk))

    wrong = Shop(tenant, client, "FAUX", division=division)
    wrong.sends(UNFIT)
    yield "wrong", read(wrong.get())
    refused = wrong.post("save", **wrong.all_set_to(UNKNOWN))
    yield "wrong-refused", outlook(refused)
    wrong.post("save", **wrong.all_set_to(UNKNOWN), confirm=refused.context["confirming"].digest)
    yield "wrong-saved", read(wrong.get())


def test_mapping_page__says_what_it_said(company: Division, tmp_path: Path) -> None:
    differing = []
    for name, lines in pages(company):
        found = tmp_path / f"{name}.txt"
        found.write_text("\n".join(lines) + "\n")
        golden = GOLDEN / found.name
        if not golden.exists() or found.read_text() != golden.read_text():
            differing.append(f"diff {golden} {found}")
    assert not differing, "the mapping screen says something else: " + "; ".join(differing)


def test_sheet__has_a_heading_for_every_area_and_shows_no_other() -> None:
    assert [*HEADINGS] == [*Area] and {it.area for it in TABLE} == {*Area}
