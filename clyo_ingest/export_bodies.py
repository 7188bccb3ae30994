"""What a till asks of an export on demand, and what it is answered: the bodies of `exports_api`."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.core.exceptions import ValidationError as NotAnAddress
from django.core.validators import validate_email
from pydantic import AfterValidator, Field, StrictBool
from pydantic_core import PydanticCustomError

from clyo_ingest.answer_body import AnswerBody
from clyo_ingest.answers import Problem
from clyo_ingest.document import WORDS, Day, Sent
from exports.models import ClosingState
from exports.way.destination import DIFFERENCE_KINDS
from ledger.kinds import ClosingKind
from on_demand.comparison import TAKEN_BACK
from on_demand.models import OnDemandFormat, OnDemandState

EMAIL_MAX = 254
EMAIL_OR_NOTHING = Field(json_schema_extra={"anyOf": [{"format": "email"}, {"const": ""}]})


def _address(text: str) -> str:
    try:
        if text:
            validate_email(text)
    except NotAnAddress as error:
        raise PydanticCustomError("email_invalid", "This is not an e-mail address") from error
    return text


class ExportRequest(Sent):
    """Which days go where."""

    first: Annotated[Day, Field(alias="from")]
    """The first business date."""
    last: Annotated[Day, Field(alias="to")]
    """The last business date; at most 366 days with the first (a FEC may have the whole of a fiscal
    year that was set), and not in the future."""
    format: Annotated[OnDemandFormat, WORDS]
    """To Exact, or into a file of this format."""
    email: Annotated[str, Field(max_length=EMAIL_MAX), AfterValidator(_address), EMAIL_OR_NOTHING] | None = None
    """Who gets the report, and the file. Absent or empty: nobody."""
    again: StrictBool | None = None
    """A file for import (`ciel`, `sage`, `sage_text`) holds what no earlier file of its format held; `true`: all.
    Absent: `false`."""


class ExportLinks(AnswerBody):
    """Where the export is."""

    self: str
    """The address of the export."""
    file: str = ""
    """The address of the file, which is there once the export is done; absent for an export to Exact, and for one that
    ended without a file."""


class ReasonAnswer(AnswerBody):
    """Why closings were left out."""

    code: str
    """The reason; never changes. More codes may come."""
    count: int
    """How many closings were left out for it."""
    message: str
    """What it says of the first of them."""


class SummaryAnswer(AnswerBody):
    """What became of the range. What the export has not looked at yet counts nowhere."""

    taken: int
    """How many closings the export takes, or finds where it would bring them."""
    left: int
    """How many it left out."""
    missing: int
    """How many of this till never arrived."""
    reasons: list[ReasonAnswer]
    """Why closings were left out, the commonest first. One that was left for two reasons counts with both."""


class ExportAccepted(AnswerBody):
    """An export that will be made."""

    id: UUID
    """Our id of the export."""
    links: ExportLinks
    """Where to ask for it."""


class Progress(AnswerBody):
    """Steps of the export; a file takes two a closing. Both numbers are 0 until a worker begins."""

    done: int
    """How many are done."""
    total: int
    """Of how many."""


class ExportedClosing(AnswerBody):
    """A closing of the range."""

    id: UUID
    """Our id of the closing."""
    kind: ClosingKind
    """What it covers."""
    scope: str
    """The station or the drawer; empty for a general closing."""
    number: int
    """The till's own number of the closing."""
    business_date: date
    """The day it is booked on."""
    state: ClosingState
    """How far the closing is now."""
    taken: bool
    """Whether this export takes it, or an earlier one has it already where this one would bring it."""
    problems: list[Problem]
    """Why it is left out, and what a person should know of it."""


class EarlierFileAnswer(AnswerBody):
    """A file that holds closings of this range already: they are left out, or in this one `again`."""

    id: UUID
    """The id of its export."""
    file: str
    """Its name."""
    finished_at: datetime
    """When it was made."""
    closings: int
    """How many closings of this range it holds."""
    links: ExportLinks | None
    """Where its export is; null for an export of more than this establishment."""


class RateSum(AnswerBody):
    """Sales of one VAT rate, refunds and items offered taken off."""

    rate: str
    """The rate in percent."""
    net: str
    """Without VAT."""
    vat: str
    """The VAT."""
    gross: str
    """With VAT."""


class MeansSum(AnswerBody):
    """Receipts by one means of payment."""

    means: str
    """The till's code of the means."""
    label: str
    """Its name."""
    amount: str
    """How much."""


class Sums(AnswerBody):
    """What the booked entries of the export add up to: the same in its preview, file and report."""

    turnover: str
    """All sales with VAT."""
    rates: list[RateSum]
    """By VAT rate."""
    means: list[MeansSum]
    """By means of payment."""


class ReadBackAnswer(AnswerBody):
    """The file's own bytes, read back line by line before it was delivered: each is what was booked."""

    closings: int
    """How many closings are in it."""
    entries: int
    """How many entries."""
    lines: int
    """How many lines."""
    read_at: datetime
    """When it was read back."""


class Detail(AnswerBody):
    """One thing in which an entry differs."""

    what: str
    """An account, "VAT", "VAT VN" of one VAT code, "date" or "entries" (their numbers in Exact)."""
    meant: str
    """What was posted."""
    found: str
    """What Exact holds."""


class EntryDifferenceAnswer(AnswerBody):
    """An entry that Exact does not hold as it was posted."""

    closing: UUID
    """Our id of the closing."""
    number: int
    """The till's own number of the closing."""
    establishment: str
    """The code of the establishment."""
    business_date: date
    """The day it is booked on."""
    entry: str
    """The reference of the entry."""
    entry_kind: str
    """Which of the closing's entries it is."""
    journal: str
    """The code of the journal it was posted to."""
    exact_number: int | None
    """Exact's number of the entry, when it is known."""
    kind: Annotated[str, Field(json_schema_extra={"enum": [*DIFFERENCE_KINDS, TAKEN_BACK]})]
    """In what it differs."""
    details: list[Detail]
    """Where it differs; empty for an entry that is missing."""


class ComparisonAnswer(AnswerBody):
    """Each posted entry against Exact's books, read just before."""

    equal: bool | None
    """Whether all are as they were posted; null when Exact did not answer: then nothing was compared."""
    closings: int
    """How many closings were compared."""
    entries: int
    """How many entries."""
    differing: int
    """How many entries differ."""
    differences: list[EntryDifferenceAnswer]
    """The first 500 of them."""
    not_in_exact: int
    """How many closings are not in Exact, so there was nothing to compare."""
    read_at: datetime
    """When Exact's books were read."""


class MissingNumbers(AnswerBody):
    """Closings of this till that its sequence says exist and that never arrived: push them."""

    kind: ClosingKind
    """What they cover."""
    scope: str
    """The station or the drawer; empty for general closings."""
    first: int
    """The first number that is missing."""
    last: int
    """The last of them."""


class ExportAnswer(ExportAccepted):
    """How far an export is, and what it did."""

    state: OnDemandState
    """How far it is."""
    format: OnDemandFormat
    """Where it goes."""
    progress: Progress
    """How much of it is done."""
    problems: list[Problem]
    """What kept it from being made, and what a person should know of it."""
    summary: SummaryAnswer
    """How many closings it took, left and missed."""
    closings: list[ExportedClosing]
    """The closings of the range as they stand now."""
    missing: list[MissingNumbers]
    """What the till should push."""
    again: bool
    """Whether it holds what earlier files of its format held."""
    earlier: list[EarlierFileAnswer]
    """Files that hold closings of this range already."""
    sums: Sums | None
    """What it adds up to; null before it is done."""
    read_back: ReadBackAnswer | None
    """What the file itself holds; null for an export to Exact and before it is done."""
    comparison: ComparisonAnswer | None
    """How it stands in Exact's books; null when there was nothing to compare."""
    asked_at: datetime
    """When it was asked for."""
    finished_at: datetime | None
    """When it came to its end; null until then."""
