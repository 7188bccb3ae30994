"""Puts the seed into an empty database: the app, a user, and a French company (issue: the main job, item 6)."""

import json
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from simulators.exact_online.clock import Clock, ms_of, wall_clock_ms
from simulators.exact_online.countries import COUNTRIES, country_code
from simulators.exact_online.database import Database
from simulators.exact_online.identifiers import Identifiers
from simulators.exact_online.oauth.grants import LOOPBACK_RULE
from simulators.exact_online.resources.master import TABLES

from .fixed import plant_fixed
from .stable import stable_id

TIME_ZONE = "Europe/Paris"
DEMO_CLIENT, DEMO_SECRET, DEMO_WEBHOOK_SECRET = "demo-client", "demo-secret", "demo-webhook-secret"
DEMO_REDIRECT = "https://localhost/exact/callback"
DEMO_USER, DEMO_PASSWORD = "marie.dupont@example.fr", "demo"
DEMO_DIVISION = 8301


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user to make."""

    name: str
    password: str
    full_name: str
    language: str
    country: str
    licence: str = "1"
    divisions: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCompany:
    """A company to make; it gets the whole French seed as its master data."""

    division: int
    description: str
    country: str
    licence: str = "1"
    status: int = 1
    users: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApp:
    """An app to register in a country."""

    client_id: str
    secret: str
    webhook_secret: str
    name: str
    country: str
    redirect_uris: Sequence[str] = (LOOPBACK_RULE, DEMO_REDIRECT)


def plant(database: Database, clock: Clock, identifiers: Identifiers, home: str) -> None:
    """The seed, in one transaction. The app is registered in every country: plainly at home, with a suffix abroad."""
    with database.transaction():
        plant_fixed(database)
        for country in COUNTRIES:
            add_app(database, _demo_app(country, "" if country == home else f"-{country}"))
        marie = NewUser(name=DEMO_USER, password=DEMO_PASSWORD, full_name="Marie Dupont", language="fr", country=home)
        add_user(database, marie)
        company = NewCompany(division=DEMO_DIVISION, description="CLYO", users=[DEMO_USER], country=home)
        add_company(database, clock, identifiers, company)


def _demo_app(country: str, suffix: str) -> NewApp:
    return NewApp(
        client_id=f"{DEMO_CLIENT}{suffix}",
        secret=f"{DEMO_SECRET}{suffix}",
        webhook_secret=f"{DEMO_WEBHOOK_SECRET}{suffix}",
        name="Clyo",
        country=country,
    )


def add_app(database: Database, app: NewApp) -> None:
    """An app, with the addresses it may send users back to."""
    database.insert(
        "client",
        {
            "id": app.client_id,
            "country": app.country,
            "secret": app.secret,
            "name": app.name,
            "guid": stable_id("client", app.client_id),
            "webhook_secret": app.webhook_secret,
        },
    )
    for uri in app.redirect_uris:
        database.insert("redirect_uri", {"client_id": app.client_id, "uri": uri})


def add_user(database: Database, user: NewUser) -> None:
    """A user, with the companies it may enter."""
    user_id = stable_id("user", user.name)
    database.insert(
        "user",
        {
            "id": user_id,
            "name": user.name,
            "country": user.country,
            "password": user.password,
            "full_name": user.full_name,
            "language": user.language,
            "licence": user.licence,
            "current_division": user.divisions[0] if user.divisions else None,
        },
    )
    for division in user.divisions:
        database.insert("membership", {"user_id": user_id, "division": division})


def add_company(database: Database, clock: Clock, identifiers: Identifiers, company: NewCompany) -> None:
    """A company with its chart of accounts, journals, VAT codes, customers and periods."""
    _Planting(database, clock, identifiers, company.division).plant(company)


@cache
def _template() -> dict[str, Any]:
    text = (resources.files(__package__) / "france.json").read_text(encoding="utf-8")
    template: dict[str, Any] = json.loads(text)
    return template


class _Planting:
    def __init__(self, database: Database, clock: Clock, identifiers: Identifiers, division: int) -> None:
        self._database = database
        self._identifiers = identifiers
        self._division = division
        self._now = wall_clock_ms(clock.now_ms(), ZoneInfo(TIME_ZONE))
        self._template = _template()

    def plant(self, company: NewCompany) -> None:
        self._company(company)
        for name, rows in (
            ("vat/VATCodes", self._vat_codes()),
            ("financial/GLAccounts", self._gl_accounts()),
            ("financial/Journals", self._journals()),
            ("crm/Accounts", self._accounts()),
            ("cashflow/PaymentConditions", self._template["payment_conditions"]),
            ("hrm/Costcenters", self._template["cost_centers"]),
            ("hrm/Costunits", self._template["cost_units"]),
        ):
            for row in rows:
                self._database.insert(TABLES[name].table, self._master_row(name, row))
        self._vat_percentages()
        self._periods()
        self._descriptions()

    def _id(self, name: str, code: str) -> str:
        return stable_id(self._division, name, code)

    def _gl_account(self, code: str | None) -> str | None:
        return self._id("financial/GLAccounts", code) if code is not None else None

    def _company(self, company: NewCompany) -> None:
        self._database.insert(
            "company",
            {
                "division": self._division,
                "description": company.description,
                "currency": "EUR",
                "country": country_code(company.country),
                "legislation": country_code(company.country),
                "language": "fr",
                "time_zone": TIME_ZONE,
                "status": company.status,
                "blocking_status": 0,
                "licence": company.licence,
                "customer": stable_id(self._division, "owner"),
                "siret": f"{self._division:09d}00011"[-14:],
                "vat_number": f"FR00{self._division:09d}",
                "receivable_account": self._gl_account(self._template["receivable_account"]),
                "payment_condition": None,
                "created": self._now,
                "modified": self._now,
                "extra": "{}",
            },
        )
        for user in company.users:
            user_id = stable_id("user", user)
            self._database.insert("membership", {"user_id": user_id, "division": self._division})
            self._database.execute(
                "UPDATE user SET current_division = coalesce(current_division, ?) WHERE id = ?",
                (self._division, user_id),
            )

    def _master_row(self, name: str, facts: dict[str, Any]) -> dict[str, Any]:
        stamps = {"created": self._now, "modified": self._now, "rowversion": self._identifiers.next_rowversion()}
        code = TABLES[name].padded(facts["code"])
        return {**facts, **stamps, "id": self._id(name, facts["code"]), "division": self._division, "code": code}

    def _gl_accounts(self) -> list[dict[str, Any]]:
        pad = TABLES["vat/VATCodes"].padded
        return [
            {**facts, "vat_code": pad(facts["vat_code"])} if "vat_code" in facts else facts
            for facts in self._template["gl_accounts"]
        ]

    def _journals(self) -> list[dict[str, Any]]:
        return [
            {**facts, "gl_account": self._gl_account(facts.get("gl_account")), "currency": "EUR"}
            for facts in self._template["journals"]
        ]

    def _vat_codes(self) -> list[dict[str, Any]]:
        return [
            {
                **{name: value for name, value in facts.items() if name != "percentages"},
                "gl_to_pay": self._gl_account(facts.get("gl_to_pay")),
                "gl_to_claim": self._gl_account(facts.get("gl_to_claim")),
            }
            for facts in self._template["vat_codes"]
        ]

    def _accounts(self) -> list[dict[str, Any]]:
        return [{**facts, "end_date": _day(facts.get("end_date"))} for facts in self._template["accounts"]]

    def _vat_percentages(self) -> None:
        for facts in self._template["vat_codes"]:
            for number, (percentage, start, end) in enumerate(facts["percentages"], start=1):
                self._database.insert(
                    "vat_percentage",
                    {
                        "id": self._id("vat/VatPercentages", f"{facts['code']}/{number}"),
                        "division": self._division,
                        "vat_code_id": self._id("vat/VATCodes", facts["code"]),
                        "line_number": number,
                        "type": 0,
                        "percentage": percentage,
                        "start_date": _day(start),
                        "end_date": _day(end),
                        "created": self._now,
                        "modified": self._now,
                    },
                )

    def _descriptions(self) -> None:
        """What the seed is called in other languages."""
        self._database.insert_all(
            "description",
            [
                {
                    "row_id": self._id(facts["resource"], facts["code"]),
                    "language": language,
                    "division": self._division,
                    "text": facts[language],
                }
                for facts in json.loads((resources.files(__package__) / "descriptions.json").read_text("utf-8"))
                for language in ("en", "nl")
            ],
        )

    def _periods(self) -> None:
        # The template's years, and those around today: whoever starts it in another year finds a period to book in.
        this_year = datetime.fromtimestamp(self._now / 1000, UTC).year
        for year in sorted({*self._template["years"], this_year - 1, this_year, this_year + 1}):
            for month in range(1, 13):
                self._database.insert(
                    "financial_period",
                    {
                        "id": self._id("financial/FinancialPeriods", f"{year}/{month}"),
                        "division": self._division,
                        "year": year,
                        "period": month,
                        "start_date": ms_of(date(year, month, 1)),
                        "end_date": ms_of(date(year, month, monthrange(year, month)[1])),
                        "created": self._now,
                        "modified": self._now,
                    },
                )
        for year in self._template["closed_years"]:
            self._database.execute(
                "INSERT INTO closed_period (division, journal, year, period)"
                " SELECT j.division, j.code, p.year, p.period FROM journal j"
                " JOIN financial_period p ON p.division = j.division WHERE j.division = ? AND p.year = ?",
                (self._division, year),
            )


def _day(text: str | None) -> int | None:
    return ms_of(date.fromisoformat(text)) if text is not None else None
