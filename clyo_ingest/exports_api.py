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
from on_demand.ask import ask_for_export
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
        export = ask_for_export(
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
        return answered(ExportAccepted(id=export.pk, links=_links(export)), status=202)


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
        return answered(_answer(_find_export(till, export_id), till))


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
        export = _find_export(require_till(request), export_id)
        if not export.to_exact and not export.finished:
            raise ApiError(409, "export_not_done", headers={"Retry-After": "5"})
        if export.content is None:
            went = _("It went to Exact.") if export.to_exact else _("No file was made; the export itself says why.")
            raise ApiError(404, "export_has_no_file", detail=went)
        return file_answer(export)


def _find_export(till: Till, export_id: UUID) -> OnDemandExport:
    """An export over the till's own establishment; any other is not there."""
    exports = OnDemandExport.objects.filter(establishment_id=till.establishment_id, tenant_id=till.tenant_id)
    export = exports.select_related("content").filter(pk=export_id).first()
    if export is None:
        raise Http404
    return export


def _refuse_impossible(asked: ExportRequest, till: Till) -> None:
    longest = longest_days(till.tenant, asked.format, asked.first, asked.last)
    faults = [*period_faults(asked.first, asked.last, today=timezone.localdate(), longest=longest)]
    if asked.again and asked.format == "exact":
        faults.append(("again", "again_for_files_only"))
    if faults:
        errors = [Fault(pointer=pointer([field]), code=code, message=_(MESSAGES[code])) for field, code in faults]
        raise ApiError(422, "export_invalid", errors=errors)


def _links(export: OnDemandExport) -> ExportLinks:
    address = export_address(export.pk)
    has_file = export.content_id is not None or not (export.to_exact or export.finished)
    return ExportLinks(self=address, file=f"{address}/file") if has_file else ExportLinks(self=address)


def _answer(export: OnDemandExport, till: Till) -> ExportAnswer:
    in_range = closings_in(export)
    outcomes = _outcomes(export, in_range)
    missing = missing_before(in_range.filter(till=till))
    return ExportAnswer(
        id=export.pk,
        links=_links(export),
        state=OnDemandState(export.state),
        format=OnDemandFormat(export.format),
        progress=Progress(done=export.done, total=export.total),
        problems=[Problem.of(problem) for problem in export.problems],
        summary=_summary(outcomes, missing),
        closings=[_closing(closing, outcome) for closing, outcome in outcomes],
        missing=[
            MissingNumbers(kind=ClosingKind(it.kind), scope=it.scope, first=it.first, last=it.last) for it in missing
        ],
        again=export.again,
        earlier=[_answer_earlier(it, till) for it in earlier_files(export)],
        sums=Sums.model_validate(export.takings) if export.takings else None,
        read_back=ReadBackAnswer.model_validate(export.read_back) if export.read_back else None,
        comparison=_comparison(export),
        asked_at=export.asked_at,
        finished_at=export.finished_at,
    )


def _summary(outcomes: Sequence[tuple[StoredClosing, Outcome]], missing: Iterable[Missing]) -> SummaryAnswer:
    summary = summary_of(outcome for _export, outcome in outcomes)
    reasons = [
        ReasonAnswer(code=it.problem["code"], count=it.count, message=sentence(it.problem)) for it in summary.reasons
    ]
    never_came = sum(it.last - it.first + 1 for it in missing)
    return SummaryAnswer(taken=summary.taken, left=summary.left, missing=never_came, reasons=reasons)


def _comparison(export: OnDemandExport) -> ComparisonAnswer | None:
    """None as well for an export of before, which compared sums of accounts and no entries."""
    found = export.comparison
    if found is None or "entries" not in found:
        return None
    return ComparisonAnswer.model_validate(found | {"equal": None if found["trouble"] else found["equal"]})


def _answer_earlier(earlier: EarlierFile, till: Till) -> EarlierFileAnswer:
    export = earlier.export
    if export.finished_at is None:
        raise ValueError("a file that was delivered is of an export that has come to its end")
    return EarlierFileAnswer(
        id=export.pk,
        file=export.file_name,
        finished_at=export.finished_at,
        closings=earlier.closings,
        links=_links(export) if export.establishment_id == till.establishment_id else None,
    )


def _outcomes(export: OnDemandExport, in_range: QuerySet[StoredClosing]) -> list[tuple[StoredClosing, Outcome]]:
    """The range's closings as they stand now, each with what the export did with it."""
    looked_at = {row.closing_id: row for row in OnDemandClosing.objects.filter(export=export)}
    rows = in_range.select_related("received").defer("document").order_by("business_date", "closed_at", "id")
    return [(closing, outcome_of(export, closing, looked_at.get(closing.pk))) for closing in rows]


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
