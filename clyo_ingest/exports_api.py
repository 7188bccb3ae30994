"""The export on demand in the till API: asked for by a till, over its own establishment."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from clyo_ingest.addresses import export_address
from clyo_ingest.answer_body import answered
from clyo_ingest.answers import Problem
from clyo_ingest.authentication import require_till
from clyo_ingest.errors import ApiError, pointer
from clyo_ingest.export_bodies import (
    ComparisonAnswer,
    EarlierFileAnswer,
    ExportAccepted,
    ExportAnswer,
    ExportedClosing,
    ExportLinks,
    ExportRequest,
    MissingNumbers,
    Progress,
    ReadBackAnswer,
    ReasonAnswer,
    SummaryAnswer,
    Sums,
)
from clyo_ingest.inbox import parsed, small_document
from clyo_ingest.problem_bodies import Fault
from clyo_ingest.queries import AskedView
from clyo_ingest.refusal_words import MESSAGES
from clyo_ingest.schema import FILE, Answer, operation
from clyo_ingest.schema_words import Tag
from clyo_ingest.throttles import ActThrottle, refuse_if_too_fast
from exports.coverage.missing import Missing, missing_before
from exports.models import ClosingState, StoredClosing
from exports.words.problems import sentence
from ledger.kinds import ClosingKind
from on_demand.ask import ask_for_run
from on_demand.book_years import longest_days
from on_demand.closings import closings_in
from on_demand.delivered import EarlierFile, earlier_files
from on_demand.link import file_answer
from on_demand.models import FOR_IMPORT, OnDemandClosing, OnDemandExport, OnDemandFormat, OnDemandState
from on_demand.outcome import Outcome, outcome_of, summary_of
from on_demand.period import period_faults
from tenants.models import Till


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
            format=asked.format,
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


def _run_of(till: Till, run_id: UUID) -> OnDemandExport:
    """A run over the till's own establishment; any other is not there."""
    runs = OnDemandExport.objects.filter(establishment_id=till.establishment_id, tenant_id=till.tenant_id)
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
        errors = [Fault(pointer=pointer([field]), code=code, message=_(MESSAGES[code])) for field, code in faults]
        raise ApiError(422, "export_invalid", errors=errors)


def _links(run: OnDemandExport) -> ExportLinks:
    address = export_address(run.pk)
    has_file = run.content_id is not None or not (run.to_exact or run.finished)
    return ExportLinks(self=address, file=f"{address}/file") if has_file else ExportLinks(self=address)


def _answer(run: OnDemandExport, till: Till) -> ExportAnswer:
    in_range = closings_in(run)
    outcomes = _outcomes(run, in_range)
    missing = missing_before(in_range.filter(till=till))
    return ExportAnswer(
        id=run.pk,
        links=_links(run),
        state=OnDemandState(run.state),
        format=OnDemandFormat(run.format),
        progress=Progress(done=run.done, total=run.total),
        problems=[Problem.of(problem) for problem in run.problems],
        summary=_summary(outcomes, missing),
        closings=[_closing(closing, outcome) for closing, outcome in outcomes],
        missing=[
            MissingNumbers(kind=ClosingKind(it.kind), scope=it.scope, first=it.first, last=it.last) for it in missing
        ],
        again=run.again,
        earlier=[_answer_earlier(it, till) for it in earlier_files(run)],
        sums=Sums.model_validate(run.takings) if run.takings else None,
        read_back=ReadBackAnswer.model_validate(run.read_back) if run.read_back else None,
        comparison=_comparison(run),
        asked_at=run.asked_at,
        finished_at=run.finished_at,
    )


def _summary(outcomes: Sequence[tuple[StoredClosing, Outcome]], missing: Iterable[Missing]) -> SummaryAnswer:
    summary = summary_of(outcome for _export, outcome in outcomes)
    reasons = [
        ReasonAnswer(code=it.problem["code"], count=it.count, message=sentence(it.problem)) for it in summary.reasons
    ]
    never_came = sum(it.last - it.first + 1 for it in missing)
    return SummaryAnswer(taken=summary.taken, left=summary.left, missing=never_came, reasons=reasons)


def _comparison(run: OnDemandExport) -> ComparisonAnswer | None:
    """None as well for a run of before, which compared sums of accounts and no entries."""
    found = run.comparison
    if found is None or "entries" not in found:
        return None
    return ComparisonAnswer.model_validate(found | {"equal": None if found["trouble"] else found["equal"]})


def _answer_earlier(earlier: EarlierFile, till: Till) -> EarlierFileAnswer:
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


def _outcomes(run: OnDemandExport, in_range: QuerySet[StoredClosing]) -> list[tuple[StoredClosing, Outcome]]:
    """The range's closings as they stand now, each with what the run did with it."""
    looked_at = {row.closing_id: row for row in OnDemandClosing.objects.filter(run=run)}
    rows = in_range.select_related("received").defer("document").order_by("business_date", "closed_at", "id")
    return [(closing, outcome_of(run, closing, looked_at.get(closing.pk))) for closing in rows]


def _closing(closing: StoredClosing, outcome: Outcome) -> ExportedClosing:
    return ExportedClosing(
        id=closing.pk,
        kind=ClosingKind(closing.kind),
        scope=closing.received.scope,
        number=closing.number,
        business_date=closing.business_date,
        state=ClosingState(closing.state),
        taken=outcome.taken,
        problems=[Problem.of(problem) for problem in outcome.problems],
    )
