"""The documents tills send, as pydantic models: the source of the OpenAPI schema and of every 422.

Unknown fields are accepted and ignored; they stay in the raw push. Money is a string with two decimals.
"""

import hashlib
import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from ledger import texts
from ledger.money import MONEY_TEXT, RATE_TEXT

# More than any till reaches in a day, and few enough that what costs time for each pair of lines costs no till's turn.
LINES_MAX = 500
TICKET_RANGES_MAX = 200
OFFERED_LINES_MAX = 100
LINES = Field(max_length=LINES_MAX)
# What pydantic would read as an instant, numbers of seconds and all, begins at least like this.
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]").match
# PostgreSQL's widest offset is 15:59:59.
OFFSET_MAX = timedelta(hours=15, minutes=59)


def _usable(text: str) -> str:
    return _without(text, lines=False)


def _usable_lines(text: str) -> str:
    return _without(text, lines=True)


def _without(text: str, *, lines: bool) -> str:
    match texts.unusable_in(text, lines=lines):
        case None:
            return text
        case "\0":
            raise PydanticCustomError("string_nul", "A NUL character is not allowed")
        case character if "\ud800" <= character <= "\udfff":
            raise PydanticCustomError("string_unicode", "Half of a surrogate pair is not allowed")
    raise PydanticCustomError("string_control", "A control character is not allowed")


def _whole(value: Any) -> Any:
    """23.0 is a whole number (JSON Schema), and how .NET writes a decimal."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _day(value: Any) -> date:
    if not isinstance(value, str):
        raise PydanticCustomError("date_type", "A date is expected")
    try:
        return texts.day(value)
    except texts.OutOfYears as error:
        raise PydanticCustomError("date_out_of_range", "The year is out of range") from error
    except ValueError as error:
        raise PydanticCustomError("date_from_datetime_parsing", "A date is expected: YYYY-MM-DD") from error


def _instant_text(value: Any) -> Any:
    """Seconds since 1970 say no offset, and may as well be milliseconds."""
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_type", "An instant is expected")
    if not _INSTANT(value):
        raise PydanticCustomError("datetime_from_date_parsing", "An instant is expected")
    return value


def _within_years(instant: datetime) -> datetime:
    if not texts.in_years(instant):
        raise PydanticCustomError("datetime_out_of_range", "The year is out of range")
    if abs(instant.utcoffset() or timedelta()) > OFFSET_MAX:
        raise PydanticCustomError("datetime_offset", "The offset is out of range")
    return instant


def _few_enough_offered(payments: Any) -> Any:
    """Before any is read: all that payments offer together is no longer than one list of lines may be."""
    if isinstance(payments, list):
        offered = (it.get("sales") for it in payments if isinstance(it, dict))
        if sum(len(lines) for lines in offered if isinstance(lines, list)) > LINES_MAX:
            raise PydanticCustomError("too_long", "Too many lines of offered sales", {"max_length": LINES_MAX})
    return payments


Money = Annotated[str, StringConstraints(pattern=MONEY_TEXT), Field(examples=["12.50"])]
Rate = Annotated[str, StringConstraints(pattern=RATE_TEXT), Field(examples=["20.00"])]
Day = Annotated[date, BeforeValidator(_day), Field(examples=["2026-03-14"])]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant_text), AfterValidator(_within_years)]
# The bounds stand before what reads: else the schema would not say them.
Slot = Annotated[int, Field(ge=1, le=10, strict=True), BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=0, le=10**9, strict=True), BeforeValidator(_whole)]
Number = Annotated[int, Field(ge=1, le=10**15, strict=True), BeforeValidator(_whole)]
USABLE = AfterValidator(_usable)
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), USABLE]
Label = Annotated[str, StringConstraints(max_length=120), USABLE]
Account = Annotated[str, StringConstraints(strip_whitespace=True, max_length=24), USABLE]
AccountGiven = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24), USABLE]
Lines = Annotated[str, AfterValidator(_usable_lines)]


class Sent(BaseModel):
    """Base of what a till sends: strict about types, indifferent to fields it does not know."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Software(Sent):
    name: Label = ""
    version: Label = ""
    certificate: Label = ""


class TicketRange(Sent):
    """The tickets of one station that the closing covers."""

    station: Word
    first: Count
    last: Count
    count: Count
    cancelled: Count = 0


class SalesLine(Sent):
    """The sales (or refunds, negative) of one VAT slot and family. The till's VAT is final."""

    vat: Slot
    rate: Rate
    net: Money
    tax: Money
    gross: Money
    kind: Literal["sale", "refund"]
    family: Label = ""
    nature: Label = ""


class OtherReceipt(Sent):
    """Money taken that is no sale."""

    kind: Literal["tip", "settlement", "deposit", "voucher", "rounding"]
    amount: Money
    label: Label = ""
    account: Account = ""


class PaymentLine(Sent):
    """How it was paid. `sales`, on offered items only, says which VAT they carry."""

    means: Word
    label: Label = ""
    kind: Literal[
        "cash",
        "card",
        "cheque",
        "meal_voucher",
        "gift_card",
        "credit_note",
        "on_account",
        "deposit_used",
        "transfer",
        "platform",
        "offered",
        "other",
    ]
    amount: Money
    count: Count | None = None
    account: Account = ""
    sales: Annotated[list[SalesLine], Field(max_length=OFFERED_LINES_MAX)] = []


class CashMovement(Sent):
    """Cash in (+) or out (−) of the drawer without a sale. `tax` is the deductible VAT contained in it, if known."""

    kind: Literal["float_in", "expense", "withdrawal", "bank_deposit", "other"]
    amount: Money
    label: Label = ""
    tax: Money | None = None


class CashCount(Sent):
    float_open: Money | None = None
    movements: Annotated[list[CashMovement], LINES] = []
    expected: Money | None = None
    counted: Money | None = None
    banked: Money | None = None
    float_left: Money | None = None


class Totals(Sent):
    gross: Money
    perpetual_before: Money | None = None
    perpetual_after: Money | None = None


class Signature(Sent):
    algorithm: Lines = ""
    value: Lines = ""
    previous: Lines = ""
    signed: Lines = ""


class Report(Sent):
    """The printed Z. Kept with the raw push."""

    content_type: Label
    base64: Annotated[str, StringConstraints(pattern=texts.BASE64)]


class ClosingDocument(Sent):
    """A closing (clôture GÉNÉRALE, POSTE or CAISSE), as a till pushes it."""

    kind: Literal["general", "station", "drawer"]
    scope: Annotated[str, StringConstraints(max_length=40), USABLE] = ""
    number: Number
    business_date: Day
    opened_at: Instant
    closed_at: Instant
    currency: Annotated[str, StringConstraints(pattern=texts.CURRENCY)]
    training: Annotated[bool, Field(strict=True)] = False
    software: Software | None = None
    tickets: Annotated[list[TicketRange], Field(max_length=TICKET_RANGES_MAX)] = []
    sales: Annotated[list[SalesLine], LINES]
    other_receipts: Annotated[list[OtherReceipt], LINES] = []
    payments: Annotated[list[PaymentLine], LINES, BeforeValidator(_few_enough_offered)]
    cash: CashCount | None = None
    totals: Totals | None = None
    signature: Signature | None = None
    report: Report | None = None

    def canonical(self) -> dict[str, Any]:
        """The closing as JSON values, the printed report replaced by its digest: what is stored and compared."""
        document = self.model_dump(mode="json", exclude={"report"})
        if self.report is not None:
            content = "".join(self.report.base64.split()).encode()
            document["report"] = {
                "content_type": self.report.content_type,
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        return document


class VatParameter(Sent):
    """One VAT slot (TVA 1 … TVA 10)."""

    slot: Slot
    rate: Rate
    sales_account: Account
    vat_code: Account
    vat_account: Account = ""


class JournalParameters(Sent):
    """Absent or not numeric: the default, 70 for sales and 30 for receipts."""

    sales: Account | None = None
    receipts: Account | None = None
    cash: Account | None = None


def _each_slot_whole_and_once(slots: list[VatParameter]) -> list[VatParameter]:
    """Of a slot said twice the last would win, unseen. A blank slot is one of the till's ten that is not used."""
    faults: list[InitErrorDetails] = []
    said: set[int] = set()
    for place, it in enumerate(slots):
        if it.slot in said:
            twice = PydanticCustomError("slot_twice", "This slot was said before")
            faults.append({"type": twice, "loc": (place, "slot"), "input": it.slot})
        said.add(it.slot)
        needed = {"sales_account": it.sales_account, "vat_code": it.vat_code}
        if Decimal(it.rate) or any(needed.values()):
            empty = PydanticCustomError("string_too_short", "This must not be empty")
            faults += [{"type": empty, "loc": (place, name), "input": ""} for name in needed if not needed[name]]
    if faults:
        raise ValidationError.from_exception_data("vat", faults)
    return slots


class ParametersDocument(Sent):
    """What a till says of VAT, accounts and journals: always the whole set."""

    vat: Annotated[list[VatParameter], Field(min_length=1, max_length=10), AfterValidator(_each_slot_whole_and_once)]
    customer_account: AccountGiven
    third_party: AccountGiven
    journals: JournalParameters = JournalParameters()
    software: Software | None = None


class PairingRequest(Sent):
    code: Annotated[str, StringConstraints(max_length=20), USABLE]
    software: Software = Software()
    device: Label = ""


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of parsed values, so that spacing and the order of keys do not make another closing."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
