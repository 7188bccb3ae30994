"""The till API, version 1. Views hold shape and status codes; what happens is in `receive`, `keys`, `parameters`."""

import json
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import is_valid_path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from clyo_ingest import answers
from clyo_ingest.addresses import api_address
from clyo_ingest.authentication import IsKnownTill, IsTill, require_known, require_till
from clyo_ingest.body import refuse_unmeasured
from clyo_ingest.day_log import DayLog, day_log
from clyo_ingest.document import ClosingDocument, PairingRequest, ParametersDocument
from clyo_ingest.errors import ApiError, refusal_of
from clyo_ingest.inbox import content_of, note_refusal, parsed, small_document, store_push
from clyo_ingest.keys import TillSuspended, issue_key, redeem_code
from clyo_ingest.models import Closing, Parameters, Push, PushKind
from clyo_ingest.negotiation import ByFormat
from clyo_ingest.parameters import keep_parameters
from clyo_ingest.queries import AskedView, ClosingsQuery, LogQuery, cursor_after, parameters_of
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
from tenants.models import Till

PAGE = 50
PROBLEM = answers.ProblemAnswer


class PairView(AskedView):
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


class RotateKeyView(AskedView):
    """A new key; the old one stays valid until the new one is first used, at most 48 hours."""

    @extend_schema(request=None, responses={201: answers.KeyAnswer, 401: PROBLEM, 403: PROBLEM})
    def post(self, request: Request) -> Response:
        return Response({"key": issue_key(require_till(request), expires_others=True)}, status=201)


class TillView(AskedView):
    """Who am I?"""

    @extend_schema(responses={200: answers.TillStatus, 401: PROBLEM, 403: PROBLEM})
    def get(self, request: Request) -> Response:
        till = require_till(request)
        last = Closing.objects.filter(till=till).order_by("kind", "scope", "-era", "-number").distinct("kind", "scope")
        shop = till.establishment
        return Response(answers.till_status(till, activation_status(shop), last, differences=count_differences(shop)))


class ActivationView(AskedView):
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


class PushView(AskedView):
    """What pushes share: the raw body is stored first, and every refusal is noted with it, a failure of ours too."""

    push_kind: PushKind
    keeps_what_it_refuses = True

    def get_permissions(self) -> list[BasePermission]:
        return [IsTill() if self.request.method in SAFE_METHODS else IsKnownTill()]

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
        latest = Parameters.objects.filter(establishment=till.establishment).first()
        if latest is None:
            raise Http404
        return Response(_parameters_answer(latest))


def _parameters_answer(row: Parameters) -> dict[str, Any]:
    return {"version": row.version, "received_at": row.received_at, "parameters": row.document}


class ClosingsView(PushView):
    """A till's closings: push one, list them."""

    push_kind = PushKind.CLOSING
    query = ClosingsQuery
    asked: ClosingsQuery

    @extend_schema(
        request=ClosingDocument,
        responses={
            201: answers.ClosingAnswer,
            200: answers.ClosingAnswer,
            409: answers.ConflictAnswer,
            **dict.fromkeys((400, 401, 403, 413, 415, 422, 429, 503), PROBLEM),
        },
    )
    def post(self, request: Request) -> Response:
        return self.receive_push(request)

    def take(self, request: Request, push: Push) -> Response:
        document = parsed(ClosingDocument, content_of(push), code="closing_invalid")
        received = receive(push, document)
        body = answers.closing_answer(received.export, scope=received.scope)
        return Response(body, status=201 if received.new else 200)

    @extend_schema(
        parameters=parameters_of(ClosingsQuery),
        responses={200: answers.ClosingPage, 401: PROBLEM, 403: PROBLEM, 422: PROBLEM},
    )
    def get(self, request: Request) -> Response:
        rows = _wanted(require_till(request), self.asked)
        page = [*rows.select_related("export").order_by("-received_at", "-pk")[: PAGE + 1]]
        return Response({"results": _details(page[:PAGE]), "next": _next_address(request, page)})


class ClosingView(AskedView):
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
    return [answers.closing_detail(closing, entries[closing.pk], differences[closing.pk]) for closing in closings]


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


class LogView(AskedView):
    """What happened to the closings of the till's establishment on one day."""

    renderer_classes = [LogDocument, PlainText]
    content_negotiation_class = ByFormat
    query = LogQuery
    asked: LogQuery

    @extend_schema(
        parameters=parameters_of(LogQuery),
        responses={
            (200, "application/json"): answers.LogAnswer,
            (200, "text/plain"): OpenApiTypes.STR,
            **dict.fromkeys((401, 403, 422), PROBLEM),
        },
    )
    def get(self, request: Request) -> Response:
        return Response(day_log(require_till(request).establishment, self.asked.date))


def _wanted(till: Till, asked: ClosingsQuery) -> QuerySet[Closing]:
    lookups = {
        "export__business_date__gte": asked.first,
        "export__business_date__lte": asked.last,
        "export__state": asked.state,
        "kind": asked.kind,
        "number": asked.number,
    }
    rows = Closing.objects.filter(till=till, **{name: value for name, value in lookups.items() if value is not None})
    if asked.cursor is not None:
        rows = rows.extra(
            where=["(clyo_ingest_closing.received_at, clyo_ingest_closing.export_id) < (%s, %s)"],
            params=[*asked.cursor],
        )
    return rows


def _next_address(request: Request, page: list[Closing]) -> str | None:
    if len(page) <= PAGE:
        return None
    last = page[PAGE - 1]
    query = request.query_params.copy()
    query["cursor"] = cursor_after(last.received_at, last.pk)
    return f"{api_address('closings')}?{query.urlencode()}"


@method_decorator(csrf_exempt, name="dispatch")
class NothingHere(APIView):
    """Any other address below /api/: the till API's own 404."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        path = request.path_info.rstrip("/")
        if path != request.path_info and is_valid_path(path):
            raise ApiError(404, "not_found", detail=_("The address has no slash at its end: {path}.").format(path=path))
        raise Http404
