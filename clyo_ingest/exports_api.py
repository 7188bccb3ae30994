"""The export on demand in the till API: asked for by a till, over its own establishment."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.core.exceptions import ValidationError as NotAnAddress
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, StrictBool
from pydantic_core import PydanticCustomError
from rest_framework.request import Request
from rest_framework.response import Response

from clyo_ingest.addresses import export_address
from clyo_ingest.answers import AnswerBody, Problem, answered
from clyo_ingest.authentication import require_till
from clyo_ingest.document import Day, Sent
from clyo_ingest.errors import MESSAGES, ApiError, pointer
from clyo_ingest.inbox import parsed, small_document
from clyo_ingest.queries import AskedView
from clyo_ingest.schema import FILE, Answer, operation
from clyo_ingest.schema_words import Tag
from clyo_ingest.throttles import ActThrottle, refuse_if_too_fast
from exports.models import Export, ExportState
from exports.problems import sentence
from exports.runs.ask import ask_for_run
from exports.runs.book_years import longest_days
from exports.runs.closings import closings_in
from exports.runs.delivered import EarlierFile, earlier_files
from exports.runs.link import file_answer
from exports.runs.missing import Missing, missing_before
from exports.runs.models import FOR_IMPORT, ExportRun, RunClosing, RunFormat, RunState
from exports.runs.outcome import Outcome, outcome_of, summary_of
from exports.runs.period import period_faults
from ledger.closing import ClosingKind
from tenants.models import Till

EMAIL_MAX = 254
EMAIL_OR_NOTHING = Field(json_schema_extra={"format": "email"})


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
    """The last business date; at most 366 days with the first, and not in the future."""
    format: Literal["exact", "fec", "ciel", "sage", "sage_text"]
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
    state: ExportState
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
    kind: Literal["missing", "changed", "doubled", "taken_back"]
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

    state: RunState
    """How far it is."""
    format: RunFormat
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


class ExportsView(AskedView):
    """Asks for an export."""

    @operation(
        "requestExport",
        Tag.EXPORTS,
        "Ask for an export",
        asks=ExportRequest,
        answers={202: Answer(when="It will be made. Ask how far it is.", body=ExportAccepted)},
        limited=True,
    )
    def post(self, request: Request) -> Response:
        """Exports what the range holds and is not exported yet, to Exact or into a file; nothing goes to Exact twice.
        The same request while one is being made gives that one. A body may have 10,000 bytes at most."""
        till = require_till(request)
        refuse_if_too_fast(request, self, ActThrottle())
        asked = parsed(ExportRequest, small_document(request._request), code="export_invalid")
        _refuse_impossible(asked, till)
        run = ask_for_run(
            till.tenant,
            establishment=till.establishment,
            first=asked.first,
            last=asked.last,
            format=RunFormat(asked.format),
            email=asked.email or "",
            language=(get_language() or "fr").partition("-")[0],
            again=bool(asked.again) and asked.format in FOR_IMPORT,
            by=till,
        )
        return answered(ExportAccepted(id=run.pk, links=_links(run)), status=202)


class ExportView(AskedView):
    """How far an export of this establishment is."""

    @operation(
        "getExport",
        Tag.EXPORTS,
        "Ask for an export",
        answers={200: Answer(when="How far it is.", body=ExportAnswer)},
    )
    def get(self, request: Request, export_id: UUID) -> Response:
        """Says how far an export of the till's establishment is, what became of each closing, and which closings the
        till should push."""
        till = require_till(request)
        return answered(_answer(_run_of(till, export_id), till))


class ExportFileView(AskedView):
    """The file of an export, byte for byte as it was first delivered."""

    @operation(
        "getExportFile",
        Tag.EXPORTS,
        "Fetch the file of an export",
        answers={
            200: Answer(when="The file.", media={"application/octet-stream": FILE}, headers=("Content-Disposition",))
        },
        refusals={
            404: Answer(when="There is no such export of this establishment, or it made no file."),
            409: Answer(when="The export is not done yet: ask again after `Retry-After`.", headers=("Retry-After",)),
        },
    )
    def get(self, request: Request, export_id: UUID) -> StreamingHttpResponse:
        """Gives the file byte for byte as it was first delivered, whenever it is fetched, in its format's own
        encoding."""
        run = _run_of(require_till(request), export_id)
        if not run.to_exact and not run.finished:
            raise ApiError(409, "export_not_done", headers={"Retry-After": "5"})
        if run.content is None:
            went = _("It went to Exact.") if run.to_exact else _("No file was made; the export itself says why.")
            raise ApiError(404, "export_has_no_file", detail=went)
        return file_answer(run)


def _run_of(till: Till, run_id: UUID) -> ExportRun:
    """A run over the till's own establishment; any other is not there."""
    runs = ExportRun.objects.filter(establishment_id=till.establishment_id, tenant_id=till.tenant_id)
    run = runs.select_related("content").filter(pk=run_id).first()
    if run is None:
        raise Http404
    return run


def _refuse_impossible(asked: ExportRequest, till: Till) -> None:
    longest = longest_days(till.tenant, asked.format, asked.first, asked.last)
    faults = [*period_faults(asked.first, asked.last, today=timezone.localdate(), longest=longest)]
    if asked.again and asked.format == "exact":
        faults.append(("again", "again_for_files_only"))
    if faults:
        errors = [{"pointer": pointer([field]), "code": code, "message": _(MESSAGES[code])} for field, code in faults]
        raise ApiError(422, "export_invalid", errors=errors)


def _links(run: ExportRun) -> ExportLinks:
    address = export_address(run.pk)
    has_file = run.content_id is not None or not (run.to_exact or run.finished)
    return ExportLinks(self=address, file=f"{address}/file") if has_file else ExportLinks(self=address)


def _answer(run: ExportRun, till: Till) -> ExportAnswer:
    in_range = closings_in(run)
    outcomes = _outcomes(run, in_range)
    missing = missing_before(in_range.filter(till=till))
    return ExportAnswer(
        id=run.pk,
        links=_links(run),
        state=RunState(run.state),
        format=RunFormat(run.format),
        progress=Progress(done=run.done, total=run.total),
        problems=[Problem.of(problem) for problem in run.problems],
        summary=_summary(outcomes, missing),
        closings=[_closing(export, outcome) for export, outcome in outcomes],
        missing=[
            MissingNumbers(kind=ClosingKind(it.kind), scope=it.scope, first=it.first, last=it.last) for it in missing
        ],
        again=run.again,
        earlier=[_earlier(it, till) for it in earlier_files(run)],
        sums=Sums.model_validate(run.takings) if run.takings else None,
        read_back=ReadBackAnswer.model_validate(run.read_back) if run.read_back else None,
        comparison=_comparison(run),
        asked_at=run.asked_at,
        finished_at=run.finished_at,
    )


def _summary(outcomes: Sequence[tuple[Export, Outcome]], missing: Iterable[Missing]) -> SummaryAnswer:
    summary = summary_of(outcome for _export, outcome in outcomes)
    reasons = [
        ReasonAnswer(code=it.problem["code"], count=it.count, message=sentence(it.problem)) for it in summary.reasons
    ]
    never_came = sum(it.last - it.first + 1 for it in missing)
    return SummaryAnswer(taken=summary.taken, left=summary.left, missing=never_came, reasons=reasons)


def _comparison(run: ExportRun) -> ComparisonAnswer | None:
    """None as well for a run of before, which compared sums of accounts and no entries."""
    found = run.comparison
    if found is None or "entries" not in found:
        return None
    return ComparisonAnswer.model_validate(found | {"equal": None if found["trouble"] else found["equal"]})


def _earlier(earlier: EarlierFile, till: Till) -> EarlierFileAnswer:
    run = earlier.run
    if run.finished_at is None:
        raise ValueError("a file that was delivered is of a run that has come to its end")
    return EarlierFileAnswer(
        id=run.pk,
        file=run.file_name,
        finished_at=run.finished_at,
        closings=earlier.closings,
        links=_links(run) if run.establishment_id == till.establishment_id else None,
    )


def _outcomes(run: ExportRun, in_range: QuerySet[Export]) -> list[tuple[Export, Outcome]]:
    """The range's closings as they stand now, each with what the run did with it."""
    looked_at = {row.export_id: row for row in RunClosing.objects.filter(run=run)}
    rows = in_range.select_related("closing").defer("document").order_by("business_date", "closed_at", "id")
    return [(export, outcome_of(run, export, looked_at.get(export.pk))) for export in rows]


def _closing(export: Export, outcome: Outcome) -> ExportedClosing:
    return ExportedClosing(
        id=export.pk,
        kind=ClosingKind(export.kind),
        scope=export.closing.scope,
        number=export.number,
        business_date=export.business_date,
        state=ExportState(export.state),
        taken=outcome.taken,
        problems=[Problem.of(problem) for problem in outcome.problems],
    )
