"""The master data of one company, read the way the books ask for it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from simulators.exact_online.bodies import BodyRules
from simulators.exact_online.clock import DAY_MS, Clock, date_of, ms_of, wall_clock_ms
from simulators.exact_online.database import Database, Row
from simulators.exact_online.readings import Readings

from .document import GENERAL, SALES, EntryKind


@dataclass(frozen=True, slots=True)
class GLAccount:
    """A general ledger account."""

    id: str
    code: str
    type: int
    vat_code: str | None
    use_cost_center: int
    use_cost_unit: int
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal; entries name it by `code` (rules 5, 6)."""

    code: str
    type: int
    gl_account: str | None
    currency: str | None
    is_blocked: bool
    allow_vat: bool


@dataclass(frozen=True, slots=True)
class VatPercentage:
    """The percentage of a VAT code between two dates, as a fraction."""

    percentage: Decimal
    start_date: int | None
    end_date: int | None


@dataclass(frozen=True, slots=True)
class VatCode:
    """A VAT code with its percentages (rules 5.1)."""

    code: str
    description: str
    type: str
    transaction_type: str
    gl_to_pay: str | None
    gl_to_claim: str | None
    is_blocked: bool
    percentages: tuple[VatPercentage, ...]

    def percentage_on(self, day: int) -> Decimal | None:
        """The percentage in force on that day; null when there is none."""
        for entry in self.percentages:
            if (entry.start_date or 0) <= day and (entry.end_date is None or day <= entry.end_date):
                return entry.percentage
        return None


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """A customer or supplier: `crm/Account`."""

    id: str
    status: str
    start_date: int | None
    end_date: int | None
    blocked: bool
    receivable_account: str | None
    payment_condition: str | None

    def is_active_on(self, day: int) -> bool:
        """Whether the day lies between its start and its end."""
        return (self.start_date or 0) <= day and (self.end_date is None or day <= self.end_date)


@dataclass(frozen=True, slots=True)
class PaymentCondition:
    """When an invoice is due."""

    code: str
    days: int
    end_of_months: int


@dataclass(frozen=True, slots=True)
class Period:
    """A financial year and period."""

    year: int
    number: int


class Company:
    """One division. Look-ups are remembered for the life of the object, which is one call."""

    def __init__(self, database: Database, row: Row, clock: Clock, readings: Readings) -> None:
        self._database = database
        self._clock = clock
        self.readings = readings
        self.division: int = row["division"]
        self.currency: str = row["currency"]
        self.receivable_account: str = row["receivable_account"]
        self.payment_condition: str | None = row["payment_condition"]
        self._zone = ZoneInfo(row["time_zone"])
        self._rows: dict[tuple[str | int, ...], Row | None] = {}
        self._gl_accounts: dict[str, GLAccount | None] = {}
        self._vat_codes: dict[str, VatCode | None] = {}

    @property
    def zone(self) -> ZoneInfo:
        """The time zone its dates are in."""
        return self._zone

    @property
    def body_rules(self) -> BodyRules:
        """How bodies sent to it are read."""
        return BodyRules(self._zone, self.readings)

    def amount_holds_vat(self, kind: EntryKind, code: VatCode | None) -> bool:
        """Whether the amount of a document's line is meant with its VAT; open for some documents (rules 5.1, 6)."""
        if code is None:
            return False
        if kind is SALES:
            return code.type == "I" and self.readings.including_code_on_sales == "gross"
        if kind is GENERAL:
            return code.type == "I"
        return code.type == "I" or (code.type == "E" and self.readings.cash_line_vat == "inside")

    @cached_property
    def now(self) -> int:
        """Its wall clock (rules 3.7)."""
        return wall_clock_ms(self._clock.now_ms(), self._zone)

    @cached_property
    def today(self) -> int:
        """Its calendar date."""
        return ms_of(date_of(self.now))

    def gl_account(self, account_id: str) -> GLAccount | None:
        """The account with that id."""
        if account_id not in self._gl_accounts:
            row = self._row("SELECT * FROM gl_account WHERE division = :division AND id = :id", id=account_id)
            self._gl_accounts[account_id] = _gl_account(row) if row is not None else None
        return self._gl_accounts[account_id]

    def vat_code(self, code: str) -> VatCode | None:
        """The VAT code, padded or not (rules 3.8: posting `"4"` works)."""
        padded = code.strip().ljust(3)
        if padded not in self._vat_codes:
            row = self._row("SELECT * FROM vat_code WHERE division = :division AND code = :code", code=padded)
            self._vat_codes[padded] = self._vat_code_of(row) if row is not None else None
        return self._vat_codes[padded]

    def _vat_code_of(self, row: Row) -> VatCode:
        percentages = self._database.rows(
            "SELECT * FROM vat_percentage WHERE vat_code_id = ? AND type = 0 ORDER BY start_date DESC", (row["id"],)
        )
        return VatCode(
            code=row["code"],
            description=row["description"],
            type=row["type"],
            transaction_type=row["transaction_type"],
            gl_to_pay=row["gl_to_pay"],
            gl_to_claim=row["gl_to_claim"],
            is_blocked=bool(row["is_blocked"]),
            percentages=tuple(
                VatPercentage(Decimal(entry["percentage"]), entry["start_date"], entry["end_date"])
                for entry in percentages
            ),
        )

    def journal(self, code: str) -> Journal | None:
        """The journal with that code; a GUID finds nothing (rules 4.3)."""
        row = self._row("SELECT * FROM journal WHERE division = :division AND code = :code", code=code)
        if row is None:
            return None
        return Journal(
            code=row["code"],
            type=row["type"],
            gl_account=row["gl_account"],
            currency=row["currency"],
            is_blocked=bool(row["is_blocked"]),
            allow_vat=bool(row["allow_vat"]),
        )

    def third_party(self, account_id: str) -> ThirdParty | None:
        """The customer or supplier with that id."""
        row = self._row("SELECT * FROM account WHERE division = :division AND id = :id", id=account_id)
        if row is None:
            return None
        return ThirdParty(
            id=row["id"],
            status=row["status"],
            start_date=row["start_date"],
            end_date=row["end_date"],
            blocked=bool(row["blocked"]),
            receivable_account=row["receivable_account"],
            payment_condition=row["payment_condition"],
        )

    def payment_condition_of(self, code: str) -> PaymentCondition | None:
        """The payment condition with that code."""
        row = self._row("SELECT * FROM payment_condition WHERE division = :division AND code = :code", code=code)
        if row is None:
            return None
        return PaymentCondition(row["code"], row["payment_days"] or 0, row["payment_end_of_months"] or 0)

    def has_document(self, document_id: str) -> bool:
        """Whether there is a document with that id."""
        sql = "SELECT 1 FROM document WHERE division = :division AND id = :id"
        return self._row(sql, id=document_id) is not None

    def has_cost_center(self, code: str, day: int) -> bool:
        """Whether the cost centre may be used on that day."""
        row = self._row("SELECT * FROM cost_center WHERE division = :division AND code = :code", code=code)
        return row is not None and bool(row["active"]) and (row["end_date"] is None or day <= row["end_date"])

    def has_cost_unit(self, code: str, day: int) -> bool:
        """Whether the cost unit may be used on that day."""
        row = self._row("SELECT * FROM cost_unit WHERE division = :division AND code = :code", code=code)
        return row is not None and (row["end_date"] is None or day <= row["end_date"])

    def period_of(self, day: int) -> Period | None:
        """Year and period of a date, by the period-date table (rules 5: they need not be calendar months)."""
        row = self._row(
            "SELECT year, period FROM financial_period"
            " WHERE division = :division AND start_date <= :day AND :day <= end_date",
            day=day,
        )
        return Period(row["year"], row["period"]) if row is not None else None

    def has_period(self, period: Period) -> bool:
        """Whether the period-date table knows it."""
        row = self._row(
            "SELECT 1 FROM financial_period WHERE division = :division AND year = :year AND period = :period",
            year=period.year,
            period=period.number,
        )
        return row is not None

    def is_closed(self, journal: str, period: Period) -> bool:
        """Whether the period is closed for that journal (rules 7)."""
        row = self._row(
            "SELECT 1 FROM closed_period WHERE division = :division AND journal = :journal"
            " AND year = :year AND period = :period",
            journal=journal,
            year=period.year,
            period=period.number,
        )
        return row is not None

    def closing_balance(self, journal: str) -> int:
        """The closing balance of the journal's last cash or bank entry, in cents (rules 6)."""
        order = "date DESC, number DESC" if self.readings.last_cash_entry == "by_date" else "year DESC, number DESC"
        row = self._row(
            "SELECT closing_fc FROM entry WHERE division = :division AND journal = :journal"  # noqa: S608
            f" ORDER BY {order} LIMIT 1",
            journal=journal,
        )
        return (row["closing_fc"] or 0) if row is not None else 0

    def _row(self, sql: str, **values: str | int) -> Row | None:
        question = (sql, *values.values())
        if question not in self._rows:
            self._rows[question] = self._database.row(sql, {"division": self.division, **values})
        return self._rows[question]


def _gl_account(row: Row) -> GLAccount:
    return GLAccount(
        id=row["id"],
        code=row["code"],
        type=row["type"],
        vat_code=row["vat_code"],
        use_cost_center=row["use_cost_center"],
        use_cost_unit=row["use_cost_unit"],
        is_blocked=bool(row["is_blocked"]),
    )


def due_date(day: int, condition: PaymentCondition) -> int:
    """When an invoice of that day is due: so many days on, then at the end of the month so many months later."""
    due = date_of(day + condition.days * DAY_MS)
    if condition.end_of_months:
        due = _last_day(due.year, due.month + condition.end_of_months - 1)
    return ms_of(due)


def _last_day(year: int, month: int) -> date:
    months = year * 12 + month  # the month after, counted from year 0
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
