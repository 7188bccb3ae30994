"""The documents tills send, as pydantic models: the source of the OpenAPI schema and of every 422.

Unknown fields are accepted and ignored; they stay in the raw push. Money is a string with two decimals.
"""

import hashlib
import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from ledger import texts
from ledger.kinds import ClosingKind, MovementKind, PaymentKind, ReceiptKind, SaleKind
from ledger.money import MONEY_TEXT, RATE_TEXT
from ledger.plan import is_blank_slot

# More than any till reaches in a day, and few enough that what costs time for each pair of lines costs no till's turn.
LINES_MAX = 500
TICKET_RANGES_MAX = 200
OFFERED_LINES_MAX = 100
# The largest amount is also the largest sum of a list of amounts.
SUM_MAX = Decimal("99999999999.99")
AMOUNTS = ("net", "tax", "gross", "amount")
NULL = {"type": "null"}
ABOUT = ("description", "default", "examples", "title")
# What pydantic would read as an instant, numbers of seconds and all, begins at least like this.
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]").match
# PostgreSQL's widest offset is 15:59:59.
OFFSET_MAX = timedelta(hours=15, minutes=59)


def _usable(text: str) -> str:
    return _refuse_unusable(text, lines=False)


def _usable_lines(text: str) -> str:
    return _refuse_unusable(text, lines=True)


def _refuse_unusable(text: str, *, lines: bool) -> str:
    match texts.unusable_in(text, lines=lines):
        case None:
            return text
        case "\0":
            raise PydanticCustomError("string_nul", "A NUL character is not allowed")
        case character if "\ud800" <= character <= "\udfff":
            raise PydanticCustomError("string_unicode", "Half of a surrogate pair is not allowed")
    raise PydanticCustomError("string_control", "A control character is not allowed")


def _read_whole_number(value: Any) -> Any:
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


def _refuse_other_years(instant: datetime) -> datetime:
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


class Words:
    """An enumeration as the words a till may send: refused, and shown in the OpenAPI document, like fixed words."""

    def __get_pydantic_core_schema__(self, kinds: type[Enum], _handler: GetCoreSchemaHandler) -> CoreSchema:
        words = core_schema.literal_schema([kind.value for kind in kinds])
        text = core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema())
        return core_schema.no_info_after_validator_function(kinds, words, serialization=text)


class Shown:
    """What the OpenAPI document says of a text beyond what pydantic knows: the rules of our own validators."""

    def __init__(self, **more: Any) -> None:
        self._more = more

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | self._more


_CONTROL = r"\x00-\x1f\x7f-\x9f"
_YEAR = r"(20[0-9]{2}|2100)"
_DATE = rf"{_YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_OFFSET = r"(Z|[+-](0[0-9]|1[0-5]):[0-5][0-9])"


def _sum_kept(lines: list[Any]) -> list[Any]:
    """Each amount fits its column; what a closing adds up to must fit one as well, whichever of them it is."""
    for name in AMOUNTS:
        amounts = [abs(Decimal(amount)) for it in lines if (amount := getattr(it, name, None)) is not None]
        if sum(amounts, Decimal()) > SUM_MAX:
            raise PydanticCustomError("sum_too_large", "The amounts of this list add up to too much")
    return lines


def _check_offered_sums(payments: list[Any]) -> list[Any]:
    """Refuse offered sales that come to too much over all payments together."""
    _sum_kept([line for payment in payments for line in payment.sales])
    return payments


Money = Annotated[str, StringConstraints(pattern=MONEY_TEXT), Field(examples=["12.50"])]
Rate = Annotated[str, StringConstraints(pattern=RATE_TEXT), Field(examples=["20.00"])]
Day = Annotated[date, BeforeValidator(_day), Shown(pattern=f"^{_DATE}$"), Field(examples=["2026-03-14"])]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant_text),
    AfterValidator(_refuse_other_years),
    Shown(pattern=f"^{_DATE}T{_TIME}{_OFFSET}$"),
    Field(examples=["2026-03-14T08:55:00+01:00"]),
]
# The bounds come before the validators: pydantic leaves them out of the JSON schema otherwise.
Slot = Annotated[int, Field(ge=1, le=10, strict=True), BeforeValidator(_read_whole_number)]
Count = Annotated[int, Field(ge=0, le=10**9, strict=True), BeforeValidator(_read_whole_number)]
Number = Annotated[int, Field(ge=1, le=10**15, strict=True), BeforeValidator(_read_whole_number)]
WORDS = Words()
LINES = Field(max_length=LINES_MAX)
SUM_KEPT = AfterValidator(_sum_kept)
USABLE = AfterValidator(_usable)
ONE_LINE = Shown(pattern=f"^[^{_CONTROL}]*$")
NOT_BLANK = Shown(pattern=rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$")
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), USABLE, NOT_BLANK]
Label = Annotated[str, StringConstraints(max_length=120), USABLE, ONE_LINE]
Account = Annotated[str, StringConstraints(strip_whitespace=True, max_length=24), USABLE, ONE_LINE]
AccountGiven = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24), USABLE, NOT_BLANK]
Lines = Annotated[str, AfterValidator(_usable_lines), Shown(pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$")]


class Sent(BaseModel):
    """Base of what a till sends: strict about types, indifferent to fields it does not know.

    `null` in a field that may be left out leaves it out: it is what .NET writes by itself of what has no value.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, told: Any) -> Any:
        if not isinstance(told, dict) or None not in told.values():
            return told
        needed = {field.alias or name for name, field in cls.model_fields.items() if field.is_required()}
        return {name: value for name, value in told.items() if value is not None or name in needed}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core))
        needed = schema.get("required", [])
        for name, shown in schema.get("properties", {}).items():
            if name not in needed and NULL not in shown.get("anyOf", []):
                schema["properties"][name] = _or_null(shown)
        return schema


def _or_null(shown: JsonSchemaValue) -> JsonSchemaValue:
    about = {key: value for key, value in shown.items() if key in ABOUT}
    return {"anyOf": [{key: value for key, value in shown.items() if key not in ABOUT}, NULL], **about}


class Software(Sent):
    """The program of the till. It may change without making another closing of one."""

    name: Label = ""
    """Its name."""
    version: Label = ""
    """Its version."""
    certificate: Label = ""
    """The number of its certificate (NF525, LNE)."""


class TicketRange(Sent):
    """The tickets of one station that the closing covers: they show that no two closings cover the same one."""

    station: Word
    """The station that counts them."""
    first: Count
    """The number of the first ticket."""
    last: Count
    """The number of the last one."""
    count: Count
    """How many there are."""
    cancelled: Count = 0
    """How many of them were cancelled. Absent: none."""


class SalesLine(Sent):
    """The sales (or refunds) of one VAT slot and family. The till's VAT is final: it is a sum of tickets."""

    vat: Slot
    """The VAT slot, 1 to 10 (TVA 1 … TVA 10)."""
    rate: Rate
    """Its rate in percent on that day."""
    net: Money
    """Without VAT."""
    tax: Money
    """The VAT."""
    gross: Money
    """With VAT: net and tax together."""
    kind: Annotated[SaleKind, WORDS]
    """Refunds have negative amounts and lines of their own."""
    family: Label = ""
    """The family of articles."""
    nature: Label = ""
    """`goods` or `services`, or the till's own word."""


class OtherReceipt(Sent):
    """Money taken that is no sale."""

    kind: Annotated[ReceiptKind, WORDS]
    """`settlement` is of an earlier invoice or account, `deposit` is arrhes without VAT, `voucher` a gift card sold."""
    amount: Money
    """How much."""
    label: Label = ""
    """What people call it."""
    account: Account = ""
    """The customer's account that a settlement is of."""


class PaymentLine(Sent):
    """How it was paid. Several lines may share a means."""

    means: Word
    """The till's code of the means of payment."""
    label: Label = ""
    """What people call it."""
    kind: Annotated[PaymentKind, WORDS]
    """What the means is."""
    amount: Money
    """How much was paid with it."""
    count: Count | None = None
    """How many times."""
    account: Account = ""
    """The customer's account, for `on_account`."""
    sales: Annotated[list[SalesLine], Field(max_length=OFFERED_LINES_MAX)] = []
    """For `offered` only: the sales that were given away, which say their VAT. All of a closing together: 500."""


class CashMovement(Sent):
    """Cash into the drawer (+) or out of it (−) without a sale."""

    kind: Annotated[MovementKind, WORDS]
    """Why."""
    amount: Money
    """How much, signed."""
    label: Label = ""
    """What people call it."""
    tax: Money | None = None
    """The deductible VAT contained in it, if it is known."""


class CashCount(Sent):
    """The drawer, counted."""

    float_open: Money | None = None
    """What was in it at the beginning."""
    movements: Annotated[list[CashMovement], LINES, SUM_KEPT] = []
    """What went in and out without a sale."""
    expected: Money | None = None
    """What should be in it: float_open, cash payments and movements together."""
    counted: Money | None = None
    """What was counted. The difference from `expected` is booked."""
    banked: Money | None = None
    """What of it goes to the bank."""
    float_left: Money | None = None
    """What stays in it: counted less banked."""


class Totals(Sent):
    """The till's totals."""

    gross: Money
    """The turnover of the closing, with VAT."""
    perpetual_before: Money | None = None
    """The perpetual total before it."""
    perpetual_after: Money | None = None
    """The perpetual total after it: perpetual_before and gross together."""


class Signature(Sent):
    """How the till has signed the closing. It is kept, and shows that closings follow each other."""

    algorithm: Lines = ""
    """How it was made."""
    value: Lines = ""
    """The signature."""
    previous: Lines = ""
    """The signature of the closing before."""
    signed: Lines = ""
    """What was signed."""


class Report(Sent):
    """The printed Z. Kept with the raw push."""

    content_type: Label
    """Its media type, such as application/pdf."""
    base64: Annotated[str, StringConstraints(pattern=texts.BASE64)]
    """Its bytes in base64."""


class ClosingDocument(Sent):
    """A closing (clôture GÉNÉRALE, POSTE or CAISSE), as a till pushes it.

    Sales and other receipts together are what payments are, to the cent.
    """

    kind: Annotated[ClosingKind, WORDS]
    """What it covers: the establishment (GÉNÉRALE), a station (POSTE) or a drawer (CAISSE)."""
    scope: Annotated[str, StringConstraints(max_length=40), USABLE, ONE_LINE] = ""
    """The station or the drawer; empty for a general closing."""
    number: Number
    """The till's own number of the closing, one sequence for each kind and scope. Till, kind, scope and number are its
    identity."""
    business_date: Day
    """The day it is booked on: the evening's day for a closing after midnight."""
    opened_at: Instant
    """When the till was opened."""
    closed_at: Instant
    """When it was closed."""
    currency: Annotated[str, StringConstraints(pattern=texts.CURRENCY)]
    """The currency (ISO 4217). Only EUR can be booked."""
    training: Annotated[bool, Field(strict=True)] = False
    """Whether it was made in the till's training mode; it is archived then. Absent: false."""
    software: Software | None = None
    """The program of the till."""
    tickets: Annotated[list[TicketRange], Field(max_length=TICKET_RANGES_MAX)] = []
    """The tickets it covers, by station."""
    sales: Annotated[list[SalesLine], LINES, SUM_KEPT]
    """What was sold and taken back."""
    other_receipts: Annotated[list[OtherReceipt], LINES, SUM_KEPT] = []
    """Money taken that is no sale."""
    payments: Annotated[
        list[PaymentLine], LINES, BeforeValidator(_few_enough_offered), SUM_KEPT, AfterValidator(_check_offered_sums)
    ]
    """How it was paid."""
    cash: CashCount | None = None
    """The drawer, counted."""
    totals: Totals | None = None
    """The till's totals."""
    signature: Signature | None = None
    """How the till has signed it."""
    report: Report | None = None
    """The printed Z."""

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
    """Which one, 1 to 10. Each is said once."""
    rate: Rate
    """Its rate in percent."""
    sales_account: Account
    """The account of its sales. Empty only for a slot that is not used, which has the rate 0.00."""
    vat_code: Account
    """Exact's code of its VAT. Empty only for a slot that is not used."""
    vat_account: Account = ""
    """The account of its VAT, for files; in Exact the code says it."""


class JournalParameters(Sent):
    """Exact's codes of the journals."""

    sales: Account | None = None
    """The sales journal. Absent or not numeric: 70."""
    receipts: Account | None = None
    """The receipts journal. Absent or not numeric: 30."""
    cash: Account | None = None
    """The cash journal."""


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
        if not is_blank_slot(Decimal(it.rate), it.sales_account, it.vat_code):
            empty = PydanticCustomError("string_too_short", "This must not be empty")
            faults += [{"type": empty, "loc": (place, name), "input": ""} for name in needed if not needed[name]]
    if faults:
        raise ValidationError.from_exception_data("vat", faults)
    return slots


class ParametersDocument(Sent):
    """What a till says of VAT, accounts and journals: always the whole set."""

    vat: Annotated[list[VatParameter], Field(min_length=1, max_length=10), AfterValidator(_each_slot_whole_and_once)]
    """The VAT slots in use."""
    customer_account: AccountGiven
    """The account of the walk-in customer."""
    third_party: AccountGiven
    """The walk-in customer's code in Exact."""
    journals: JournalParameters = JournalParameters()
    """The journals. Absent: the defaults."""
    software: Software | None = None
    """The program of the till."""


class PairingRequest(Sent):
    """A till that asks for its key."""

    code: Annotated[str, StringConstraints(max_length=20), USABLE, ONE_LINE]
    """The pairing code from the console, such as K7QM-2PXD; spaces, hyphens and case do not matter."""
    software: Software = Software()
    """The program of the till."""
    device: Label = ""
    """Its serial number or host name, for people to tell tills apart."""


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of parsed values, so that spacing and the order of keys do not make another closing."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
