"""The till API, version 1. Views hold shape and status codes; what happens is in `receive`, `keys`, `parameters`."""

import json
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import is_valid_path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from clyo_ingest.addresses import api_address
from clyo_ingest.answer_body import answered, written
from clyo_ingest.answers import (
    ActivationAnswer,
    ActivationLinkAnswer,
    ClosingAnswer,
    ClosingDetail,
    ClosingPage,
    KeyAnswer,
    LogAnswer,
    PairingAnswer,
    ParametersAnswer,
    TillAnswer,
    TillStatus,
)
from clyo_ingest.authentication import IsKnownTill, IsTill, require_known, require_till
from clyo_ingest.body import refuse_unmeasured
from clyo_ingest.day_log import DayLog, day_log
from clyo_ingest.document import ClosingDocument, PairingRequest, ParametersDocument
from clyo_ingest.errors import ApiError, refusal_of
from clyo_ingest.former import receive_where_it_belongs, serving_sent_for_former
from clyo_ingest.inbox import content_of, note_answer, note_refusal, parsed, small_document, store_push
from clyo_ingest.keys import TillSuspended, issue_key, redeem_code
from clyo_ingest.models import Parameters, Push, PushKind, ReceivedClosing
from clyo_ingest.negotiation import ByFormat
from clyo_ingest.parameters import keep_parameters, version_of
from clyo_ingest.problem_bodies import ConflictAnswer
from clyo_ingest.queries import AskedView, ClosingsQuery, LogQuery, cursor_after
from clyo_ingest.schema import JSON, TEXT, Answer, api_document, operation
from clyo_ingest.schema_words import Tag
from clyo_ingest.throttles import ActThrottle, AskThrottle, PairingThrottle, PushThrottle, refuse_if_too_fast
from exports.way.destination import (
    activation_status,
    count_differences,
    differences_of,
    entries_of,
    open_activation,
    stop_export,
)
from exports.way.lost_past import asked_again
from postgres.rows import before
from tenants.models import Till

PAGE = 50


class PairView(AskedView):
    """A pairing code becomes a till's key."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes = [PairingThrottle]

    @operation(
        "pairTill",
        Tag.KEYS,
        "Pair a till",
        asks=PairingRequest,
        answers={201: Answer(when="The till is paired.", body=PairingAnswer)},
        refusals={403: Answer(when="The code is unknown, used or over, or its till is suspended.")},
        limited=True,
    )
    def post(self, request: Request) -> Response:
        """Turns a pairing code into the till's key. A code is made in the console and works once, for 24 hours.
        A body may have 10,000 bytes at most."""
        asked = parsed(PairingRequest, small_document(request._request), code="pairing_invalid")
        software = f"{asked.software.name} {asked.software.version}".strip()
        try:
            paired = redeem_code(asked.code, software=software, device=asked.device)
        except TillSuspended as error:
            raise ApiError(403, "suspended") from error
        if paired is None:
            raise ApiError(403, "pairing_refused")
        till, key = paired
        return answered(PairingAnswer(till=TillAnswer.of(till), key=key), status=201)


class RotateKeyView(AskedView):
    """A new key; the old one stays valid until the new one is first used, at most 48 hours."""

    @operation(
        "rotateKey", Tag.KEYS, "Change the key", answers={201: Answer(when="The new key is made.", body=KeyAnswer)}
    )
    def post(self, request: Request) -> Response:
        """Makes a new key. The old one stays valid until the new one is first used, at most 48 hours: when the answer
        got lost, call again with the old one."""
        return answered(KeyAnswer(key=issue_key(require_till(request), expires_others=True)), status=201)


class TillView(AskedView):
    """Who am I?"""

    @operation("getTill", Tag.KEYS, "Ask who this till is", answers={200: Answer(when="Who it is.", body=TillStatus)})
    def get(self, request: Request) -> Response:
        """Says who the till is, whether its establishment is exported, and which closings arrived last."""
        till = require_till(request)
        last = (
            ReceivedClosing.objects.filter(till=till)
            .order_by("kind", "scope", "-era", "-number")
            .distinct("kind", "scope")
        )
        shop = till.establishment
        asked, differences = asked_again(till, timezone.now()), count_differences(shop)
        return answered(TillStatus.of(till, activation_status(shop), last, differences=differences, asked=asked))


class ActivationView(AskedView):
    """The export to Exact of the till's establishment: ask for the page that sets it up, see how it is, stop it."""

    def get_throttles(self) -> list[BaseThrottle]:
        return [AskThrottle() if self.request.method in SAFE_METHODS else ActThrottle()]

    @operation(
        "getActivation",
        Tag.ACTIVATION,
        "Ask how the activation is",
        answers={200: Answer(when="How it is.", body=ActivationAnswer)},
        limited=True,
    )
    def get(self, request: Request) -> Response:
        """Says whether the establishment's closings go to Exact, into which company, and what must be mended first.
        May be asked as often as a till may push, and uses up no pushes."""
        return answered(ActivationAnswer.of(activation_status(require_till(request).establishment)))

    @operation(
        "startActivation",
        Tag.ACTIVATION,
        "Begin the activation",
        answers={201: Answer(when="The page is open.", body=ActivationLinkAnswer)},
        limited=True,
    )
    def post(self, request: Request) -> Response:
        """Opens the page on which a person logs in at Exact, chooses the company and sees the checks. An earlier page
        of the establishment is over."""
        url, expires_at = open_activation(require_till(request).establishment)
        return answered(ActivationLinkAnswer(url=url, expires_at=expires_at), status=201)

    @operation(
        "stopExport",
        Tag.ACTIVATION,
        "Stop the export",
        answers={204: Answer(when="Nothing more is exported.")},
        limited=True,
    )
    def delete(self, request: Request) -> Response:
        """Exports nothing more to Exact; what waits stays waiting. An open page of the activation is over."""
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
            refuse_if_too_fast(request, self, PushThrottle())
            refuse_unmeasured(request._request)
            return self.take(request, push)
        except Exception as error:
            refusal = refusal_of(error)
            note_refusal(push, refusal)
            raise refusal from error


class ParametersView(PushView):
    """The till's VAT slots, accounts and journals: the whole set, each time it changes."""

    push_kind = PushKind.PARAMETERS

    @operation(
        "putParameters",
        Tag.PARAMETERS,
        "Send the parameters",
        asks=ParametersDocument,
        answers={200: Answer(when="They are in force.", body=ParametersAnswer)},
        limited=True,
    )
    def put(self, request: Request) -> Response:
        """Sends the whole set of VAT slots, accounts and journals, each time it changes. It is the establishment's and
        replaces what another of its tills sent. Closings held for want of it are looked at again."""
        return self.receive_push(request)

    def take(self, request: Request, push: Push) -> Response:
        document = parsed(ParametersDocument, content_of(push), code="parameters_invalid")
        kept = keep_parameters(require_till(request), document)
        note_answer(push, 200)
        return answered(ParametersAnswer.of(version_of(kept)))

    @operation(
        "getParameters",
        Tag.PARAMETERS,
        "Ask for the parameters",
        answers={200: Answer(when="What is in force.", body=ParametersAnswer)},
        refusals={404: Answer(when="No till of this establishment has sent any.")},
    )
    def get(self, request: Request) -> Response:
        """Gives the parameters in force for the till's establishment, whichever of its tills sent them."""
        till = require_till(request)
        latest = Parameters.objects.filter(establishment=till.establishment).first()
        if latest is None:
            raise Http404
        return answered(ParametersAnswer.of(version_of(latest)))


class ClosingsView(PushView):
    """A till's closings: push one, list them."""

    push_kind = PushKind.CLOSING
    query = ClosingsQuery
    asked: ClosingsQuery

    @operation(
        "pushClosing",
        Tag.CLOSINGS,
        "Push a closing",
        asks=ClosingDocument,
        answers={
            201: Answer(when="Taken, and on disk.", body=ClosingAnswer),
            200: Answer(when="The same closing again: nothing happens twice.", body=ClosingAnswer),
        },
        refusals={
            409: Answer(
                when="Another closing of this identity came before. The first stands, this one is kept for support; "
                "`errors` says where they differ.",
                body=ConflictAnswer,
            )
        },
        limited=True,
    )
    def post(self, request: Request) -> Response:
        """Takes a closing. One that does not add up, or cannot be exported yet, is taken as well: 201 with the state
        `held` or `waiting` and its `problems`. What is refused with 4xx is kept raw, for support."""
        return self.receive_push(request)

    def take(self, request: Request, push: Push) -> Response:
        document = parsed(ClosingDocument, content_of(push), code="closing_invalid")
        received = receive_where_it_belongs(push, document, require_known(request))
        body = ClosingAnswer.of(received.stored, scope=received.scope)
        return answered(body, status=201 if received.new else 200)

    @operation(
        "listClosings",
        Tag.CLOSINGS,
        "List closings",
        answers={200: Answer(when="The closings that were asked for.", body=ClosingPage)},
    )
    def get(self, request: Request) -> Response:
        """Lists the till's closings, newest first, 50 a page. All filters that are given hold together."""
        rows = _select_closings(require_till(request), self.asked)
        page = [*rows.select_related("stored").order_by("-received_at", "-pk")[: PAGE + 1]]
        return answered(ClosingPage(results=_details(page[:PAGE]), next=_next_address(request, page)))


class ClosingView(AskedView):
    """One closing of the till that asks."""

    @operation(
        "getClosing",
        Tag.CLOSINGS,
        "Ask for a closing",
        answers={200: Answer(when="The closing.", body=ClosingDetail)},
    )
    def get(self, request: Request, closing_id: UUID) -> Response:
        """Says how far a closing of this till is, with its problems and its entries in Exact."""
        closing = (
            ReceivedClosing.objects.filter(till=require_till(request), pk=closing_id).select_related("stored").first()
        )
        if closing is not None:
            return answered(_details([closing])[0])
        with serving_sent_for_former(require_known(request), closing_id) as sent:
            if sent is None:
                raise Http404
            return answered(_details([sent])[0])


def _details(closings: list[ReceivedClosing]) -> list[ClosingDetail]:
    """Closings as they are answered, each with its entries and where they differ in Exact."""
    ids = [closing.pk for closing in closings]
    entries, differences = entries_of(ids), differences_of(ids)
    return [ClosingDetail.about(closing, entries[closing.pk], differences[closing.pk]) for closing in closings]


class PlainText(BaseRenderer):
    """The log as lines; a refusal stays a problem document."""

    media_type, format, charset = "text/plain", "txt", "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> str:
        return data.to_text() if isinstance(data, DayLog) else json.dumps(data, ensure_ascii=False)


class LogDocument(JSONRenderer):
    """The log as a document."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        document = written(data.to_answer()) if isinstance(data, DayLog) else data
        body: bytes = super().render(document, accepted_media_type, renderer_context)
        return body


class LogView(AskedView):
    """What happened to the closings of the till's establishment on one day."""

    renderer_classes = [LogDocument, PlainText]
    content_negotiation_class = ByFormat
    query = LogQuery
    asked: LogQuery

    @operation(
        "getLog",
        Tag.LOG,
        "Read a day's log",
        answers={200: Answer(when="The day, oldest first.", body=LogAnswer, media={"text/plain": TEXT})},
    )
    def get(self, request: Request) -> Response:
        """Says what happened on one day to the closings of the till's establishment, as a document or, for
        `Accept: text/plain`, as lines that a person can read."""
        return Response(day_log(require_till(request).establishment, self.asked.date))


def _select_closings(till: Till, asked: ClosingsQuery) -> QuerySet[ReceivedClosing]:
    lookups = {
        "stored__business_date__gte": asked.first,
        "stored__business_date__lte": asked.last,
        "stored__state": asked.state,
        "kind": asked.kind,
        "number": asked.number,
    }
    rows = ReceivedClosing.objects.filter(
        till=till, **{name: value for name, value in lookups.items() if value is not None}
    )
    if asked.cursor is not None:
        received_at, last = asked.cursor
        rows = rows.filter(before(received_at=received_at, stored_id=last))
    return rows


def _next_address(request: Request, page: list[ReceivedClosing]) -> str | None:
    if len(page) <= PAGE:
        return None
    last = page[PAGE - 1]
    query = request.query_params.copy()
    query["cursor"] = cursor_after(last.received_at, last.pk)
    return f"{api_address('closings')}?{query.urlencode()}"


class SchemaView(AskedView):
    """This API as an OpenAPI document."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer]

    @operation(
        "getSchema",
        Tag.SCHEMA,
        "Read this document",
        answers={
            200: Answer(
                when="The OpenAPI document.",
                media={JSON: {"type": "object"}, "application/vnd.oai.openapi+json": {"type": "object"}},
                headers=("Content-Disposition",),
            )
        },
    )
    def get(self, request: Request) -> Response:
        """Gives the description of this API that you are reading (OpenAPI 3.1)."""
        return Response(api_document(), headers={"Content-Disposition": 'inline; filename="clyo-exact-till-api.json"'})


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
