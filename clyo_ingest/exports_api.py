"""The export on demand in the till API: asked for by a till, over its own establishment."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError as NotAnAddress
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from pydantic import AfterValidator, BaseModel, Field, StrictBool
from pydantic_core import PydanticCustomError
from rest_framework.request import Request
from rest_framework.response import Response

from clyo_ingest.addresses import export_address
from clyo_ingest.answers import Problem, ProblemAnswer, problem_answer
from clyo_ingest.authentication import require_till
from clyo_ingest.document import Day, Sent
from clyo_ingest.errors import MESSAGES, ApiError, pointer
from clyo_ingest.inbox import parsed, small_document
from clyo_ingest.queries import AskedView
from clyo_ingest.throttles import refuse_if_too_fast
from exports.models import Export
from exports.problems import sentence
from exports.runs.ask import ask_for_run
from exports.runs.book_years import longest_days
from exports.runs.closings import closings_in
from exports.runs.delivered import EarlierFile, earlier_files
from exports.runs.link import file_answer
from exports.runs.missing import Missing, missing_before
from exports.runs.models import FOR_IMPORT, ExportRun, RunClosing, RunFormat
from exports.runs.outcome import Outcome, outcome_of, summary_of
from exports.runs.period import period_faults
from tenants.models import Till

EMAIL_MAX = 254


def _address(text: str) -> str:
    try:
        if text:
            validate_email(text)
    except NotAnAddress as error:
        raise PydanticCustomError("email_invalid", "This is not an e-mail address") from error
    return text


class ExportRequest(Sent):
    """Which days, in which format; the report goes to `email` when there is one.

    A file for import (ciel, sage, sage_text) holds what no earlier file of its format held; with `again` all of it.
    """

    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="to")]
    format: Literal["exact", "fec", "ciel", "sage", "sage_text"]
    email: Annotated[str, Field(max_length=EMAIL_MAX), AfterValidator(_address)] | None = None
    again: StrictBool | None = None


class ExportLinks(BaseModel):
    """`file` is there for a file format until the export ends without one; it can be fetched once that is done."""

    self: str
    file: str | None = None


class ReasonAnswer(BaseModel):
    """How many closings were left out for this reason; `message` is what it says of the first of them."""

    code: str
    count: int
    message: str


class SummaryAnswer(BaseModel):
    """How many closings of the range the export takes or has, how many it left and why, how many never arrived.

    A closing that was left for two reasons counts with both. What the export has not looked at yet counts nowhere.
    """

    taken: int
    left: int
    missing: int
    reasons: list[ReasonAnswer]


class ExportAccepted(BaseModel):
    id: UUID
    links: ExportLinks


class Progress(BaseModel):
    """Steps done, of how many; a file takes two a closing. Both are 0 until a worker begins."""

    done: int
    total: int


class ExportedClosing(BaseModel):
    """A closing of the range. `state` is the closing's own, `taken` whether this export takes or has it."""

    id: UUID
    kind: str
    scope: str
    number: int
    business_date: date
    state: str
    taken: bool
    problems: list[Problem]


class EarlierFileAnswer(BaseModel):
    """A file that holds closings of this range already: they are left out, or in this one `again`.

    `links` is there for an export of this establishment alone.
    """

    id: UUID
    file: str
    finished_at: datetime
    closings: int
    links: ExportLinks | None


class RateSum(BaseModel):
    """Sales of one VAT rate, refunds and items offered taken off."""

    rate: str
    net: str
    vat: str
    gross: str


class MeansSum(BaseModel):
    means: str
    label: str
    amount: str


class Sums(BaseModel):
    """What the booked entries of the export add up to: the same in its preview, file and report."""

    turnover: str
    rates: list[RateSum]
    means: list[MeansSum]


class ReadBackAnswer(BaseModel):
    """The file's own bytes, read back line by line before it was delivered: each is what was booked."""

    closings: int
    entries: int
    lines: int
    read_at: datetime


class Detail(BaseModel):
    """`what` is an account, "VAT", "VAT VN" of one VAT code, "date" or "entries" (their numbers in Exact)."""

    what: str
    meant: str
    found: str


class EntryDifferenceAnswer(BaseModel):
    """An entry that Exact does not hold as it was posted."""

    closing: UUID
    number: int
    establishment: str
    business_date: date
    entry: str
    entry_kind: str
    journal: str
    exact_number: int | None
    kind: Literal["missing", "changed", "doubled", "taken_back"]
    details: list[Detail]


class ComparisonAnswer(BaseModel):
    """Each posted entry against Exact's books, read just before. `differences` names the first 500 of `differing`.

    `equal` is null when Exact did not answer: then nothing was compared.
    """

    equal: bool | None
    closings: int
    entries: int
    differing: int
    differences: list[EntryDifferenceAnswer]
    not_in_exact: int
    read_at: datetime


class MissingNumbers(BaseModel):
    """Closings `first` to `last` of this till's sequence: push them."""

    kind: str
    scope: str
    first: int
    last: int


class ExportAnswer(ExportAccepted):
    """How far an export is, and what it did."""

    state: Literal["queued", "running", "done", "cancelled", "failed"]
    format: str
    progress: Progress
    problems: list[Problem]
    summary: SummaryAnswer
    closings: list[ExportedClosing]
    missing: list[MissingNumbers]
    again: bool
    earlier: list[EarlierFileAnswer]
    sums: Sums | None
    read_back: ReadBackAnswer | None
    comparison: ComparisonAnswer | None
    asked_at: datetime
    finished_at: datetime | None


class ExportsView(AskedView):
    """Asks for an export."""

    @extend_schema(
        request=ExportRequest,
        responses={202: ExportAccepted, **dict.fromkeys((400, 401, 403, 411, 413, 415, 422, 429), ProblemAnswer)},
    )
    def post(self, request: Request) -> Response:
        till = require_till(request)
        refuse_if_too_fast(request, self)
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
        return Response(_accepted(run), status=202)


class ExportView(AskedView):
    """How far an export of this establishment is."""

    @extend_schema(responses={200: ExportAnswer, 401: ProblemAnswer, 403: ProblemAnswer, 404: ProblemAnswer})
    def get(self, request: Request, run_id: UUID) -> Response:
        till = require_till(request)
        return Response(_answer(_run_of(till, run_id), till))


class ExportFileView(AskedView):
    """The file of an export, byte for byte as it was first delivered."""

    @extend_schema(
        responses={
            200: OpenApiResponse(OpenApiTypes.BINARY, description="The file."),
            **dict.fromkeys((401, 403, 404, 409), ProblemAnswer),
        }
    )
    def get(self, request: Request, run_id: UUID) -> StreamingHttpResponse:
        run = _run_of(require_till(request), run_id)
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


def _accepted(run: ExportRun) -> dict[str, Any]:
    address = export_address(run.pk)
    has_file = run.content_id is not None or not (run.to_exact or run.finished)
    links = {"self": address, "file": f"{address}/file"} if has_file else {"self": address}
    return {"id": str(run.pk), "links": links}


def _answer(run: ExportRun, till: Till) -> dict[str, Any]:
    in_range = closings_in(run)
    outcomes = _outcomes(run, in_range)
    missing = missing_before(in_range.filter(till=till))
    return {
        **_accepted(run),
        "state": run.state,
        "format": run.format,
        "progress": {"done": run.done, "total": run.total},
        "problems": [problem_answer(problem) for problem in run.problems],
        "summary": _summary(outcomes, missing),
        "closings": [_closing(export, outcome) for export, outcome in outcomes],
        "missing": [{"kind": it.kind, "scope": it.scope, "first": it.first, "last": it.last} for it in missing],
        "again": run.again,
        "earlier": [_earlier(it, till) for it in earlier_files(run)],
        "sums": run.takings,
        "read_back": run.read_back,
        "comparison": _comparison(run),
        "asked_at": run.asked_at,
        "finished_at": run.finished_at,
    }


def _summary(outcomes: Sequence[tuple[Export, Outcome]], missing: Iterable[Missing]) -> dict[str, Any]:
    summary = summary_of(outcome for _export, outcome in outcomes)
    return {
        "taken": summary.taken,
        "left": summary.left,
        "missing": sum(it.last - it.first + 1 for it in missing),
        "reasons": [
            {"code": it.problem["code"], "count": it.count, "message": sentence(it.problem)} for it in summary.reasons
        ],
    }


def _comparison(run: ExportRun) -> dict[str, Any] | None:
    """None as well for a run of before, which compared sums of accounts and no entries."""
    found = run.comparison
    if found is None or "entries" not in found:
        return None
    named = ("closings", "entries", "differing", "differences", "not_in_exact", "read_at")
    return {"equal": None if found["trouble"] else found["equal"], **{name: found[name] for name in named}}


def _earlier(earlier: EarlierFile, till: Till) -> dict[str, Any]:
    run = earlier.run
    own = run.establishment_id == till.establishment_id
    return {
        "id": str(run.pk),
        "file": run.file_name,
        "finished_at": run.finished_at,
        "closings": earlier.closings,
        "links": _accepted(run)["links"] if own else None,
    }


def _outcomes(run: ExportRun, in_range: QuerySet[Export]) -> list[tuple[Export, Outcome]]:
    """The range's closings as they stand now, each with what the run did with it."""
    looked_at = {row.export_id: row for row in RunClosing.objects.filter(run=run)}
    rows = in_range.select_related("closing").defer("document").order_by("business_date", "closed_at", "id")
    return [(export, outcome_of(run, export, looked_at.get(export.pk))) for export in rows]


def _closing(export: Export, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": str(export.pk),
        "kind": export.kind,
        "scope": export.closing.scope,
        "number": export.number,
        "business_date": export.business_date.isoformat(),
        "state": export.state,
        "taken": outcome.taken,
        "problems": [problem_answer(problem) for problem in outcome.problems],
    }
