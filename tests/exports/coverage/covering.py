"""A day of two stations: its POSTES, and the GÉNÉRALE that tells the same sales again."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from exact.models import Division
from exports.models import StoredClosing
from tests.conftest import Caller, SimulatedExact, closing, work

GENERAL = {"411000": 0, "706000": -100000, "707000": -25000, "445712": -10001, "445711": -4999}
GENERAL |= {"426100": -2500, "511500": 90000, "511800": 20000, "530000": 32500}
FIRST = {
    "sales": [
        {"vat": 2, "rate": "10.00", "net": "600.00", "tax": "60.01", "gross": "660.01", "kind": "sale"},
        {"vat": 1, "rate": "20.00", "net": "150.00", "tax": "29.99", "gross": "179.99", "kind": "sale"},
    ],
    "other_receipts": [{"kind": "tip", "amount": "10.00", "label": "Pourboires"}],
    "payments": [
        {"means": "ESP", "label": "Espèces", "kind": "cash", "amount": "125.00"},
        {"means": "CB", "label": "Carte bancaire", "kind": "card", "amount": "600.00"},
        {"means": "TR", "label": "Titres-restaurant", "kind": "meal_voucher", "amount": "125.00"},
    ],
}
SECOND = {
    "sales": [
        {"vat": 2, "rate": "10.00", "net": "400.00", "tax": "40.00", "gross": "440.00", "kind": "sale"},
        {"vat": 1, "rate": "20.00", "net": "100.00", "tax": "20.00", "gross": "120.00", "kind": "sale"},
    ],
    "other_receipts": [{"kind": "tip", "amount": "15.00", "label": "Pourboires"}],
    "payments": [
        {"means": "ESP", "label": "Espèces", "kind": "cash", "amount": "200.00"},
        {"means": "CB", "label": "Carte bancaire", "kind": "card", "amount": "300.00"},
        {"means": "TR", "label": "Titres-restaurant", "kind": "meal_voucher", "amount": "75.00"},
    ],
}


def covering(*ranges: tuple[str, int, int]) -> list[dict[str, Any]]:
    return [
        {"station": station, "first": first, "last": last, "count": last - first + 1} for station, first, last in ranges
    ]


def general(number: int = 42, **changes: Any) -> dict[str, Any]:
    """The GÉNÉRALE: tickets 1 to 100 of station 1 and 1 to 60 of station 2, 1,400.00."""
    tickets = covering(("1", 1, 100), ("2", 1, 60))
    return closing(number, **({"kind": "general", "scope": "", "totals": None, "tickets": tickets} | changes))


def station(name: str = "1", number: int = 7, **changes: Any) -> dict[str, Any]:
    """The POSTE of one station: 840.00 of station 1, or 560.00 of station 2."""
    sums, tickets = (FIRST, ("1", 1, 100)) if name == "1" else (SECOND, ("2", 1, 60))
    said = {"kind": "station", "scope": name, "totals": None, "tickets": covering(tickets), **sums}
    return closing(number, **(said | changes))


def push(till: Caller, *documents: dict[str, Any]) -> list[StoredClosing]:
    """Push closings one after the other."""
    return [pushed(till, document) for document in documents]


def pushed(till: Caller, document: dict[str, Any]) -> StoredClosing:
    answer = till.post("closings", document)
    assert answer.status_code == 201, answer.content
    return StoredClosing.objects.get(pk=answer.json()["id"])


def states(closings: Iterable[StoredClosing]) -> list[str]:
    """How these closings stand now."""
    now = {it.pk: it.state for it in StoredClosing.objects.filter(pk__in=[it.pk for it in closings])}
    return [now[it.pk] for it in closings]


def codes(stored: StoredClosing) -> list[str]:
    """What is said of a closing now, each thing once."""
    stored.refresh_from_db()
    return sorted({problem["code"] for problem in stored.problems})


def facts(stored: StoredClosing, code: str) -> dict[str, str]:
    stored.refresh_from_db()
    found: dict[str, str] = next(it["facts"] for it in stored.problems if it["code"] == code)
    return found


def lanes(division: Division) -> None:
    """Let workers go on until nothing is left to send."""
    while work(division):
        pass


def books(exact: SimulatedExact, division: Division) -> dict[str, int]:
    """Each account's balance in the company's books, in cents, after everything was sent."""
    lanes(division)
    told: dict[str, Decimal] = {}
    for entry in exact.entries(division.code):
        for line in entry["lines"]:
            moved = Decimal(line["debit"]) - Decimal(line["credit"])
            told[line["account_code"]] = told.get(line["account_code"], Decimal()) + moved
    return {account: int(amount * 100) for account, amount in told.items()}
