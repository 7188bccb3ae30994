"""The documents tills send, as pydantic models: the source of the OpenAPI schema and of every 422.

Unknown fields are accepted and ignored; they stay in the raw push. Money is a string with two decimals.
"""

import hashlib
import json
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError


def _with_neighbours(instant: datetime) -> datetime:
    """Year 1 and year 9999 may have no equivalent in another offset, so no database can hold them."""
    if not 1 < instant.year < 9999:
        raise PydanticCustomError("datetime_out_of_range", "The year must be between 2 and 9998")
    return instant


Money = Annotated[str, StringConstraints(pattern=r"^-?\d{1,11}\.\d{2}$"), Field(examples=["12.50"])]
Rate = Annotated[str, StringConstraints(pattern=r"^\d{1,2}\.\d{2}$"), Field(examples=["20.00"])]
Instant = Annotated[AwareDatetime, AfterValidator(_with_neighbours)]
Slot = Annotated[int, Field(ge=1, le=10, strict=True)]
Count = Annotated[int, Field(ge=0, le=10**9, strict=True)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Label = Annotated[str, StringConstraints(max_length=120)]
Account = Annotated[str, StringConstraints(strip_whitespace=True, max_length=24)]


class Sent(BaseModel):
    """Base of what a till sends: strict about types, indifferent to fields it does not know."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @field_validator("*")
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        """PostgreSQL holds no NUL character: refuse it as a fault of its field."""
        if isinstance(value, str) and "\0" in value:
            raise PydanticCustomError("string_nul", "A NUL character is not allowed")
        return value


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
    sales: list[SalesLine] = []


class CashMovement(Sent):
    """Cash in (+) or out (−) of the drawer without a sale. `tax` is the deductible VAT contained in it, if known."""

    kind: Literal["float_in", "expense", "withdrawal", "bank_deposit", "other"]
    amount: Money
    label: Label = ""
    tax: Money | None = None


class CashCount(Sent):
    float_open: Money | None = None
    movements: list[CashMovement] = []
    expected: Money | None = None
    counted: Money | None = None
    banked: Money | None = None
    float_left: Money | None = None


class Totals(Sent):
    gross: Money
    perpetual_before: Money | None = None
    perpetual_after: Money | None = None


class Signature(Sent):
    algorithm: str = ""
    value: str = ""
    previous: str = ""
    signed: str = ""


class Report(Sent):
    """The printed Z. Kept with the raw push."""

    content_type: Label
    base64: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/\s]*={0,2}\s*$")]


class ClosingDocument(Sent):
    """A closing (clôture GÉNÉRALE, POSTE or CAISSE), as a till pushes it."""

    kind: Literal["general", "station", "drawer"]
    scope: Annotated[str, StringConstraints(max_length=40)] = ""
    number: Annotated[int, Field(ge=1, le=10**15, strict=True)]
    business_date: date
    opened_at: Instant
    closed_at: Instant
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    training: Annotated[bool, Field(strict=True)] = False
    software: Software | None = None
    tickets: list[TicketRange] = []
    sales: list[SalesLine]
    other_receipts: list[OtherReceipt] = []
    payments: list[PaymentLine]
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


class ParametersDocument(Sent):
    """What a till says of VAT, accounts and journals: always the whole set."""

    vat: Annotated[list[VatParameter], Field(min_length=1, max_length=10)]
    customer_account: Account
    third_party: Account
    journals: JournalParameters = JournalParameters()
    software: Software | None = None


class PairingRequest(Sent):
    code: Annotated[str, StringConstraints(max_length=20)]
    software: Software = Software()
    device: Label = ""


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of parsed values, so that spacing and the order of keys do not make another closing."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
