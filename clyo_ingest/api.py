"""The till API, version 1. Views hold shape and status codes; what happens is in `receive`, `keys`, `parameters`."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from clyo_ingest import answers
from clyo_ingest.authentication import IsKnownTill, require_known, require_till
from clyo_ingest.body import refuse_unmeasured
from clyo_ingest.day_log import DayLog, day_log
from clyo_ingest.document import ClosingDocument, PairingRequest, ParametersDocument
from clyo_ingest.errors import ApiError, refusal_of
from clyo_ingest.inbox import content_of, note_refusal, parsed, small_document, store_push
from clyo_ingest.keys import TillSuspended, issue_key, redeem_code
from clyo_ingest.models import Closing, Parameters, Push, PushKind
from clyo_ingest.parameters import keep_parameters
from clyo_ingest.receive import receive
from clyo_ingest.throttles import AskThrottle, PairingThrottle, PushThrottle, refuse_if_too_fast
from exports.destination import (
    activation_status,
    count_differences,
    differences_of,
    entries_of,
    open_activation,
    stop_export,
)
from exports.models import ExportState
from ledger import texts
from ledger.closing import ClosingKind
from tenants.models import Till

PAGE = 50
PROBLEM = answers.ProblemAnswer


def _base() -> str:
    return f"{settings.PUBLIC_URL}/api/v1"


class PairView(APIView):
    """A pairing code becomes a till's key."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes = [PairingThrottle]

    @extend_schema(
        request=PairingRequest,
        responses={201: answers.PairingAnswer, 400: PROBLEM, 403: PROBLEM, 422: PROBLEM, 429: PROBLEM},
    )
    def post(self, request: Request) -> Response:
        asked = parsed(PairingRequest, small_document(request._request), code="pairing_invalid")
        software = f"{asked.software.name} {asked.software.version}".strip()
        try:
            paired = redeem_code(asked.code, software=software, device=asked.device)
        except TillSuspended as error:
            raise ApiError(403, "suspended") from error
        if paired is None:
            raise ApiError(403, "pairing_refused")
        till, key = paired
        return Response({"till": answers.till_answer(till), "key": key}, status=201)


class RotateKeyView(APIView):
    """A new key; the old one stays valid until the new one is first used, at most 48 hours."""

    @extend_schema(request=None, responses={201: answers.KeyAnswer, 401: PROBLEM, 403: PROBLEM})
    def post(self, request: Request) -> Response:
        return Response({"key": issue_key(require_till(request), expires_others=True)}, status=201)


class TillView(APIView):
    """Who am I?"""

    @extend_schema(responses={200: answers.TillStatus, 401: PROBLEM, 403: PROBLEM})
    def get(self, request: Request) -> Response:
        till = require_till(request)
        last = Closing.objects.filter(till=till).order_by("kind", "scope", "-era", "-number").distinct("kind", "scope")
        shop = till.establishment
        return Response(answers.till_status(till, activation_status(shop), last, differences=count_differences(shop)))


class ActivationView(APIView):
    """The export to Exact of the till's establishment: ask for the page that sets it up, see how it is, stop it."""

    def get_throttles(self) -> list[BaseThrottle]:
        return [AskThrottle() if self.request.method == "GET" else PushThrottle()]

    @extend_schema(responses={200: answers.ActivationAnswer, 401: PROBLEM, 403: PROBLEM})
    def get(self, request: Request) -> Response:
        return Response(answers.activation_answer(activation_status(require_till(request).establishment)))

    @extend_schema(
        request=None, responses={201: answers.ActivationLinkAnswer, 401: PROBLEM, 403: PROBLEM, 429: PROBLEM}
    )
    def post(self, request: Request) -> Response:
        url, expires_at = open_activation(require_till(request).establishment)
        return Response({"url": url, "expires_at": expires_at}, status=201)

    @extend_schema(responses={204: None, 401: PROBLEM, 403: PROBLEM})
    def delete(self, request: Request) -> Response:
        stop_export(require_till(request).establishment)
        return Response(status=204)


class PushView(APIView):
    """What pushes share: the raw body is stored first, and every refusal is noted with it, a failure of ours too."""

    permission_classes = [IsKnownTill]
    push_kind: PushKind
    keeps_what_it_refuses = True

    def take(self, request: Request, push: Push) -> Response:
        raise NotImplementedError

    def receive_push(self, request: Request) -> Response:
        known = require_known(request)
        push = store_push(request._request, known, self.push_kind)
        try:
            if known.suspended:
                raise ApiError(403, "suspended")
            refuse_if_too_fast(request, self)
            refuse_unmeasured(request._request)
            return self.take(request, push)
        except Exception as error:
            refusal = refusal_of(error)
            note_refusal(push, refusal)
            raise refusal from error


class ParametersView(PushView):
    """The till's VAT slots, accounts and journals: the whole set, each time it changes."""

    push_kind = PushKind.PARAMETERS

    @extend_schema(
        request=ParametersDocument,
        responses={200: answers.ParametersAnswer, 400: PROBLEM, 401: PROBLEM, 403: PROBLEM, 422: PROBLEM},
    )
    def put(self, request: Request) -> Response:
        return self.receive_push(request)

    def take(self, request: Request, push: Push) -> Response:
        document = parsed(ParametersDocument, content_of(push), code="parameters_invalid")
        return Response(_parameters_answer(keep_parameters(require_till(request), document)))

    @extend_schema(responses={200: answers.ParametersAnswer, 401: PROBLEM, 403: PROBLEM, 404: PROBLEM})
    def get(self, request: Request) -> Response:
        till = require_till(request)
        if till.suspended:
            raise ApiError(403, "suspended")
        latest = Parameters.objects.filter(establishment=till.establishment).first()
        if latest is None:
            raise Http404
        return Response(_parameters_answer(latest))


def _parameters_answer(row: Parameters) -> dict[str, Any]:
    return {"version": row.version, "received_at": row.received_at, "parameters": row.document}


LIST_PARAMETERS = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="First business date."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Last business date."),
    OpenApiParameter("state", OpenApiTypes.STR, enum=[*ExportState.values]),
    OpenApiParameter("kind", OpenApiTypes.STR, enum=[kind.value for kind in ClosingKind]),
    OpenApiParameter("number", OpenApiTypes.INT),
    OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next` of the page before."),
]


class ClosingsView(PushView):
    """A till's closings: push one, list them."""

    push_kind = PushKind.CLOSING

    @extend_schema(
        request=ClosingDocument,
        responses={
            201: answers.ClosingAnswer,
            200: answers.ClosingAnswer,
            **dict.fromkeys((400, 401, 403, 409, 413, 415, 422, 429, 503), PROBLEM),
        },
    )
    def post(self, request: Request) -> Response:
        return self.receive_push(request)

    def take(self, request: Request, push: Push) -> Response:
        document = parsed(ClosingDocument, content_of(push), code="closing_invalid")
        received = receive(push, document)
        body = answers.closing_answer(received.export, scope=received.scope, base=_base())
        return Response(body, status=201 if received.new else 200)

    @extend_schema(
        parameters=LIST_PARAMETERS, responses={200: answers.ClosingPage, 401: PROBLEM, 403: PROBLEM, 422: PROBLEM}
    )
    def get(self, request: Request) -> Response:
        till = require_till(request)
        if till.suspended:
            raise ApiError(403, "suspended")
        rows = _wanted(till, request)
        page = [*rows.select_related("export").order_by("-received_at", "-pk")[: PAGE + 1]]
        return Response({"results": _details(page[:PAGE]), "next": _next_address(request, page)})


class ClosingView(APIView):
    """One closing of the till that asks."""

    @extend_schema(responses={200: answers.ClosingDetail, 401: PROBLEM, 403: PROBLEM, 404: PROBLEM})
    def get(self, request: Request, closing_id: UUID) -> Response:
        closing = Closing.objects.filter(till=require_till(request), pk=closing_id).select_related("export").first()
        if closing is None:
            raise Http404
        return Response(_details([closing])[0])


def _details(closings: list[Closing]) -> list[dict[str, Any]]:
    """Closings as they are answered, each with its entries and where they differ in Exact."""
    ids = [closing.pk for closing in closings]
    entries, differences = entries_of(ids), differences_of(ids)
    return [
        answers.closing_detail(closing, entries[closing.pk], differences[closing.pk], base=_base())
        for closing in closings
    ]


class PlainText(BaseRenderer):
    """The log as lines; a refusal stays a problem document."""

    media_type, format, charset = "text/plain", "txt", "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> str:
        return data.to_text() if isinstance(data, DayLog) else json.dumps(data, ensure_ascii=False)


class LogDocument(JSONRenderer):
    """The log as a document."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        document = data.to_document() if isinstance(data, DayLog) else data
        body: bytes = super().render(document, accepted_media_type, renderer_context)
        return body


class LogView(APIView):
    """What happened to the closings of the till's establishment on one day."""

    renderer_classes = [LogDocument, PlainText]

    @extend_schema(
        parameters=[OpenApiParameter("date", OpenApiTypes.DATE, required=True)],
        responses={
            (200, "application/json"): answers.LogAnswer,
            (200, "text/plain"): OpenApiTypes.STR,
            **dict.fromkeys((401, 403, 422), PROBLEM),
        },
    )
    def get(self, request: Request) -> Response:
        till = require_till(request)
        if till.suspended:
            raise ApiError(403, "suspended")
        day = _query("date", request.query_params.get("date", ""), texts.day)
        return Response(day_log(till.establishment, day))


def _wanted(till: Till, request: Request) -> QuerySet[Closing]:
    asked, rows = request.query_params, Closing.objects.filter(till=till)
    lookups = {"from": "export__business_date__gte", "to": "export__business_date__lte"}
    for name, lookup in lookups.items():
        if name in asked:
            rows = rows.filter(**{lookup: _query(name, asked[name], texts.day)})
    if "state" in asked:
        rows = rows.filter(export__state=_query("state", asked["state"], ExportState))
    if "kind" in asked:
        rows = rows.filter(kind=_query("kind", asked["kind"], ClosingKind))
    if "number" in asked:
        rows = rows.filter(number=_query("number", asked["number"], _number))
    if "cursor" in asked:
        received_at, closing_id = _query("cursor", asked["cursor"], _cursor)
        rows = rows.extra(
            where=["(clyo_ingest_closing.received_at, clyo_ingest_closing.export_id) < (%s, %s)"],
            params=[received_at, closing_id],
        )
    return rows


def _query(name: str, text: str, read: Any) -> Any:
    """One query parameter. Raises the 422 that names it."""
    try:
        return read(text)
    except (ValueError, binascii.Error) as error:
        raise ApiError(
            422, "query_invalid", errors=[{"pointer": f"/{name}", "code": "query_invalid", "message": text[:80]}]
        ) from error


def _number(text: str) -> int:
    number = texts.whole(text)
    if number is None:
        raise ValueError("not a whole number")
    return number


def _cursor(text: str) -> tuple[datetime, UUID]:
    told, _, closing_id = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
    instant = datetime.fromisoformat(told)
    if not texts.in_years(instant):
        raise ValueError("no instant a closing was received at")
    return instant.astimezone(UTC), UUID(closing_id)


def _next_address(request: Request, page: list[Closing]) -> str | None:
    if len(page) <= PAGE:
        return None
    last = page[PAGE - 1]
    cursor = base64.urlsafe_b64encode(f"{last.received_at.isoformat()}|{last.pk}".encode()).decode()
    query = request.query_params.copy()
    query["cursor"] = cursor
    return f"{_base()}/closings?{query.urlencode()}"


@method_decorator(csrf_exempt, name="dispatch")
class NothingHere(APIView):
    """Any other address below /api/: the till API's own 404."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        raise Http404
