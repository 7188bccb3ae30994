"""A document to a balanced entry: the counter line, the document's lines, the VAT lines (rules 5.2, 6)."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from simulators.exact_online.errors import Refused

from . import vat
from .checks import Checks
from .company import Company, Journal, Period, VatCode, due_date
from .document import BANK, CASH, GENERAL, SALES, Document, DocumentLine
from .money import cents, share, text

OPEN, PROCESSED = 20, 50
SALES_ENTRY, SALES_CREDIT_NOTE, CASH_FLOW, OTHER = 20, 21, 40, 90
FIRST_VAT_LINE = 9999
VAT_DIFFERENCE_MAX = 100  # cents, by the strict reading of a line's VATAmountFC


@dataclass(frozen=True, slots=True)
class Booking:
    """An entry ready to be kept: the columns of its row and those of its lines, ids included."""

    header: dict[str, Any]
    lines: list[dict[str, Any]]


@dataclass(slots=True)
class _VatTotal:
    gl_account: str
    type: str
    percentage: Decimal
    base: int
    amount: int
    is_sale: bool


def book(company: Company, document: Document) -> Booking:
    """The entry the document makes, or `Refused` with everything that stands against it."""
    return _Booker(company, document).book()


class _Booker:
    def __init__(self, company: Company, document: Document) -> None:
        self._company = company
        self._document = document
        self._kind = document.kind
        self._checks = Checks(company, document)
        self._rate = document.rate if document.rate is not None else Decimal(1)
        self._totals: dict[str, _VatTotal] = {}
        self._lines: list[dict[str, Any]] = []
        self._total = 0
        self._vat_total = 0

    def book(self) -> Booking:
        journal = self._checks.journal()
        day = self._day()
        period = self._checks.period(journal, day)
        condition = self._sales_header() if self._kind is SALES else None
        self._currency(journal)
        self._checks.documents()
        own_account = self._own_account(journal)
        self._book_lines(journal, own_account, day)
        opening, closing = self._balances(journal)
        if self._kind is GENERAL and self._total:
            self._checks.refuse("out_of_balance", currency=self._company.currency, difference=text(self._total))
        if self._checks.problems or journal is None or period is None:
            raise Refused(self._checks.problems)
        self._add_vat_lines(day)
        if own_account is not None:
            self._add_counter_line(own_account, day)
        self._assert_balanced()
        header = self._header(journal, period, day)
        header |= {"payment_condition": condition, "opening_fc": opening, "closing_fc": closing}
        return Booking(header, self._lines)

    def _day(self) -> int:
        dates = [line.date for line in self._document.lines if line.date is not None]
        if self._company.readings.missing_date == "refused" and self._lacks_date(dates):
            self._checks.refuse("mandatory", "date")
        return self._document.date or (dates[0] if dates else self._company.today)

    def _lacks_date(self, dates: list[int]) -> bool:
        return self._document.date is None if self._kind is SALES else len(dates) < len(self._document.lines)

    def _sales_header(self) -> str | None:
        self._checks.customer()
        return self._payment_condition()

    def _payment_condition(self) -> str | None:
        """The caller's, else the customer's, else the company's; without any it is missing (rules 5)."""
        party = self._company.third_party(self._document.customer) if self._document.customer else None
        default = (party.payment_condition if party else None) or self._company.payment_condition
        code = self._document.payment_condition or default
        if not code:
            self._checks.refuse("mandatory", "payment_condition")
            return None
        condition = self._company.payment_condition_of(code)
        if condition is None:
            self._checks.refuse("invalid_reference", "payment_condition")
            return None
        if self._document.due_date is None:
            self._document.due_date = due_date(self._day(), condition)
        return condition.code

    def _currency(self, journal: Journal | None) -> None:
        currency = self._document.currency or (journal.currency if journal else None) or self._company.currency
        self._document.currency = currency
        if len(currency) != 3:
            self._checks.refuse("invalid_reference", "currency")
        elif currency == self._company.currency:
            self._rate = Decimal(1)
        elif self._document.rate is None:
            self._checks.refuse("mandatory", "exchange_rate")
        if self._rate <= 0:
            self._checks.refuse("invalid", "exchange_rate")

    def _own_account(self, journal: Journal | None) -> str | None:
        """The account Exact books by itself: the customer's, or the journal's own; none in a general journal."""
        if self._kind is GENERAL or journal is None:
            return None
        if self._kind is not SALES:
            if journal.gl_account is None:
                self._checks.refuse("mandatory", "gl_account")
            return journal.gl_account
        party = self._company.third_party(self._document.customer) if self._document.customer else None
        of_party = party.receivable_account if party else None
        return of_party or journal.gl_account or self._company.receivable_account

    def _book_lines(self, journal: Journal | None, own_account: str | None, day: int) -> None:
        if not self._document.lines:
            self._checks.refuse("mandatory", "lines")
        self._take_header_vat(day)
        for number, line in enumerate(self._document.lines, start=1):
            account = self._checks.gl_account(line, own_account)
            if self._kind is GENERAL:
                self._checks.general_vat(line, journal)
            code = self._checks.vat_code(line, account) if self._takes_vat(journal) else None
            percentage = self._percentage(line, code, line.date or day)
            parts = self._split(line, code, percentage)
            self._total += parts.net + parts.vat
            self._vat_total += parts.vat
            if account is not None:
                self._add_document_line(number, line, code, percentage, parts, day)

    def _split(self, line: DocumentLine, code: VatCode | None, percentage: Decimal) -> vat.Split:
        """Net and VAT of a line; how far its own `VATAmountFC` may lead away is open (rules 5.1)."""
        holds_vat = self._company.amount_holds_vat(self._kind, code)
        amount, reading = line.amount or 0, self._company.readings.line_vat_amount
        computed = vat.split(code, percentage, amount, None, holds_vat=holds_vat)
        if line.vat_amount is None or reading == "ignored":
            return computed
        if reading == "within_1_00" and abs(line.vat_amount - computed.vat) > VAT_DIFFERENCE_MAX:
            self._checks.refuse("invalid", "vat_amount")
        return vat.split(code, percentage, amount, line.vat_amount, holds_vat=holds_vat)

    def _take_header_vat(self, day: int) -> None:
        """By one reading the header's `VATAmountFC` is VAT: its first line with a code takes the difference."""
        wanted = self._document.extra.get("VATAmountFC")
        if self._kind is not SALES or wanted is None or self._company.readings.header_vat_amount == "ignored":
            return
        computed = [(line, self._computed_vat(line, line.date or day)) for line in self._document.lines]
        with_vat = [(line, amount) for line, amount in computed if amount]
        if with_vat:
            line, amount = with_vat[0]
            line.vat_amount = amount + cents(Decimal(str(wanted))) - sum(amount for _, amount in with_vat)

    def _computed_vat(self, line: DocumentLine, day: int) -> int:
        code = self._company.vat_code(line.vat_code) if line.vat_code else None
        percentage = code.percentage_on(day) if code is not None and code.type not in vat.WITHOUT_VAT else None
        holds_vat = self._company.amount_holds_vat(self._kind, code)
        parts = vat.split(code, percentage or Decimal(0), line.amount or 0, line.vat_amount, holds_vat=holds_vat)
        return parts.vat

    def _takes_vat(self, journal: Journal | None) -> bool:
        return self._kind is not GENERAL or (journal is not None and journal.allow_vat)

    def _percentage(self, line: DocumentLine, code: VatCode | None, day: int) -> Decimal:
        if code is None or code.type in vat.WITHOUT_VAT:
            return Decimal(0)
        percentage = code.percentage_on(day)
        if percentage is None or (line.vat_percentage is not None and line.vat_percentage != percentage):
            self._checks.refuse("invalid", "vat_percentage")
            return Decimal(0)
        return percentage

    def _add_document_line(
        self,
        number: int,
        line: DocumentLine,
        code: VatCode | None,
        percentage: Decimal,
        parts: vat.Split,
        day: int,
    ) -> None:
        vat_type = self._count_vat(line, code, percentage, parts) if code is not None else None
        ledger = self._line(line.id, "document", number, line.gl_account, self._ledger(parts.net), line.date or day)
        ledger |= {
            "account": self._document.customer if self._kind is SALES else line.account,
            "vat_code": code.code if code is not None else None,
            "vat_type": vat_type,
            "vat_percentage": str(percentage) if code is not None else None,
            "vat_fc": self._ledger(parts.vat) if code is not None else None,
            "vat_dc": self._in_company_currency(self._ledger(parts.vat)) if code is not None else None,
            "vat_base_fc": self._ledger(parts.net) if code is not None else None,
            "description": line.description if line.description is not None else self._document.description,
            "cost_center": line.cost_center,
            "cost_unit": line.cost_unit,
            "document": line.document or self._document.document,
            "offset_id": self._counter_id if self._kind in (CASH, BANK) else None,
            "extra": line.extra,
        }
        self._lines.append(ledger)

    def _ledger(self, amount: int) -> int:
        return amount * self._kind.sign

    def _count_vat(self, line: DocumentLine, code: VatCode, percentage: Decimal, parts: vat.Split) -> str:
        is_sale = code.transaction_type == "S" or (
            code.transaction_type == "B" and (self._kind is SALES or self._ledger(line.amount or 0) <= 0)
        )
        credit = (self._ledger(parts.net) > 0) if is_sale else (self._ledger(parts.net) < 0)
        where = vat.side(code, sale=is_sale, credit=credit)
        if parts.vat and where.gl_account is None:
            self._checks.refuse("invalid_reference", "gl_account")
        if where.gl_account is not None and code.type not in vat.WITHOUT_VAT:
            total = self._totals.setdefault(
                code.code, _VatTotal(where.gl_account, where.vat_type, percentage, 0, 0, is_sale)
            )
            total.base += parts.net
            total.amount += parts.vat
        return where.base_type

    def _add_vat_lines(self, day: int) -> None:
        for offset, (code, total) in enumerate(self._totals.items()):
            if total.amount == 0:
                continue
            line = self._line(
                str(uuid.uuid5(uuid.UUID(self._document.id), f"vat {code}")),
                "vat",
                FIRST_VAT_LINE - offset,
                total.gl_account,
                self._ledger(total.amount),
                day,
            )
            line |= {
                "account": self._document.customer,
                "vat_code": code,
                "vat_type": total.type,
                "vat_percentage": str(total.percentage),
                "vat_base_fc": self._ledger(total.base),
                "description": self._document.description,
            }
            self._lines.append(line)

    def _add_counter_line(self, own_account: str, day: int) -> None:
        """The line Exact books by itself; it takes what rounding leaves in the company's currency."""
        line = self._line(self._counter_id, "counter", 0, own_account, -self._ledger(self._total), day)
        line["amount_dc"] = -sum(other["amount_dc"] for other in self._lines)
        line["account"] = self._document.customer
        line["description"] = self._document.description
        line["document"] = self._document.document
        self._lines.insert(0, line)

    @property
    def _counter_id(self) -> str:
        return str(uuid.uuid5(uuid.UUID(self._document.id), "counter"))

    def _line(
        self, line_id: str, role: str, number: int, gl_account: str | None, amount: int, day: int
    ) -> dict[str, Any]:
        return {
            "id": line_id,
            "division": self._company.division,
            "entry_id": self._document.id,
            "kind": self._kind.name,
            "role": role,
            "line_number": number,
            "gl_account": gl_account,
            "account": None,
            "amount_fc": amount,
            "amount_dc": self._in_company_currency(amount),
            "vat_code": None,
            "vat_type": None,
            "vat_percentage": None,
            "vat_fc": None,
            "vat_dc": None,
            "vat_base_fc": None,
            "date": day,
            "description": None,
            "cost_center": None,
            "cost_unit": None,
            "document": None,
            "offset_id": None,
            "extra": {},
        }

    def _in_company_currency(self, amount: int) -> int:
        return share(amount, self._rate)

    def _balances(self, journal: Journal | None) -> tuple[int | None, int | None]:
        """Opening plus lines is closing; what the caller left out is filled from the journal (rules 6)."""
        if self._kind not in (CASH, BANK) or journal is None:
            return None, None
        opening, closing, readings = self._document.opening, self._document.closing, self._company.readings
        last = self._company.closing_balance(journal.code)
        if readings.missing_balances == "refused" and not self._document.is_kept:
            for term, given in (("opening_balance", opening), ("closing_balance", closing)):
                if given is None:
                    self._checks.refuse("mandatory", term)
        if opening is None:
            opening = last
        elif readings.opening_balance == "must_follow" and opening != last and not self._document.is_kept:
            self._checks.refuse("invalid", "opening_balance")
        if closing is None:
            closing = opening + self._total
        if opening + self._total != closing:
            self._checks.refuse("closing_balance", kind=self._kind.name)
        return opening, closing

    def _assert_balanced(self) -> None:
        assert sum(line["amount_fc"] for line in self._lines) == 0, "the entry does not balance"
        difference = sum(line["amount_dc"] for line in self._lines)
        if difference:  # a general entry in a foreign currency: rounding goes to its last line
            self._lines[-1]["amount_dc"] -= difference

    def _header(self, journal: Journal, period: Period, day: int) -> dict[str, Any]:
        document = self._document
        return {
            "id": document.id,
            "division": self._company.division,
            "kind": self._kind.name,
            "journal": journal.code,
            "number": document.number,
            "year": period.year,
            "period": period.number,
            "date": day,
            "due_date": document.due_date,
            "customer": document.customer,
            "currency": document.currency,
            "rate": str(self._rate),
            "description": document.description,
            "your_ref": document.your_ref,
            "payment_reference": document.payment_reference,
            "document": document.document,
            "type": self._type(),
            "status": self._status(),
            "amount_fc": self._total,
            "amount_dc": self._in_company_currency(self._total),
            "vat_fc": self._vat_total,
            "vat_dc": self._in_company_currency(self._vat_total),
            "extra": document.extra,
        }

    def _status(self) -> int:
        """Open; in live French books cash entries were processed (rules 6)."""
        is_processed = self._kind is CASH and self._company.readings.new_cash_entry == "processed"
        return PROCESSED if is_processed else OPEN

    def _type(self) -> int:
        """A sale below zero becomes a credit note, or stays a sale (rules 13 d leaves it open)."""
        if self._kind is SALES:
            is_credit = self._total < 0 and self._company.readings.negative_total == "type_21"
            return SALES_CREDIT_NOTE if is_credit else SALES_ENTRY
        return OTHER if self._kind is GENERAL else CASH_FLOW
