"""`/api/v1/…`: one call from its token to its answer."""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response

from .address import Address, parse_address, resource_name
from .atom import CONTENT_TYPE, feed_or_entry
from .bodies import parse_json
from .clock import DAY_MS, utc_offset_s, wall_clock_text
from .database import Database
from .edm import Resource, load_resources
from .errors import (
    ApiError,
    MethodNotAllowed,
    NotFound,
    Refused,
    TooManyRequests,
    Unauthorized,
    error_body,
)
from .limits import ErrorKey
from .messages import joined
from .oauth.grants import Caller
from .odata.options import Options, parse_options
from .odata.syntax import Literal, Scalar
from .reader import Reader, Scope, require_filter
from .resources.catalogue import PROJECTIONS
from .resources.entries import ENTRIES
from .resources.master import TABLES
from .resources.sync_timestamp import SYNC_TIMESTAMP, timestamp_values
from .simulator import Simulator
from .writing.catalogue import writer_for
from .writing.writer import Writer

logger = logging.getLogger(__name__)
FIXED_HEADERS = {
    "DataServiceVersion": "2.0;",
    "Cache-Control": "no-cache, no-store",
    "Pragma": "no-cache",
    "Expires": "-1",
}
JSON_TYPE = "application/json; charset=utf-8"
QUERY_MAX = 2_048  # the default of the web server Exact runs on, by the strict reading (rules 3.6)
DELETIONS_KEPT_MS = 61 * DAY_MS  # two months (rules 9)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A call as it came in. `division` is null for `current/Me`, the only address without one (rules 3.9)."""

    method: str
    country: str
    origin: str
    division: int | None
    path: str
    query: str
    headers: Headers
    body: bytes

    @property
    def name(self) -> str:
        """The resource it names."""
        return resource_name(self.path)

    @property
    def base(self) -> str:
        """The address before the resource's name."""
        return f"{self.origin}/api/v1" + (f"/{self.division}" if self.division is not None else "")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query's names and values."""
        return parse_qsl(self.query, keep_blank_values=True)


def answer(simulator: Simulator, request: ApiRequest) -> Response:
    """The answer to a call, whatever happens: a fault of ours, too, comes in Exact's error body."""
    language = "en"
    headers: dict[str, str] = {}
    try:
        caller = _caller(simulator, request)
        if caller.country != request.country:
            raise Unauthorized("Unauthorized")  # an account of one country is unknown on another's host (rules 1.1)
        language = caller.language
        if request.division is not None:
            simulator.grants.enter(caller, request.division)
        headers = simulator.rate_limits.count(caller.client_id, _budget_of(simulator, request, caller))
        simulator.error_limit.refuse_blocked(_error_key(caller.client_id, caller.user_id, request))
        response = _Handler(simulator, request, caller).handle()
    except TooManyRequests as error:
        response, headers = _too_many(simulator, error), error.headers
    except Unauthorized as error:
        response = _answer_unauthorized(simulator, error)
    except Refused as refusal:
        response = JSONResponse(error_body(joined(refusal.problems, language)), 500)
    except ApiError as error:
        response = JSONResponse(error_body(error.message, error.lang), error.status)
        if isinstance(error, MethodNotAllowed):
            headers["Allow"] = ", ".join(error.allowed)
    except Exception:
        logger.exception("%s %s failed", request.method, request.path)
        response = JSONResponse(error_body("An unexpected error occurred."), 500)
    if response.status_code not in (*range(400), 429) and simulator.readings.rate_headers_on_errors == "none":
        headers = {name: value for name, value in headers.items() if not name.startswith("X-RateLimit")}
    _note_error(simulator, request, response.status_code)
    _finish(response, headers, simulator)
    return response


def _budget_of(simulator: Simulator, request: ApiRequest, caller: Caller) -> int | None:
    """Which company's budget a call takes from; `current/Me` names none (rules 2.1)."""
    if request.division is None and simulator.readings.me_budget == "current_company":
        return caller.current_division
    return request.division


def _too_many(simulator: Simulator, error: TooManyRequests) -> Response:
    if simulator.readings.too_many_body == "error_body":
        return JSONResponse(error_body(error.message), error.status)
    return Response(status_code=error.status)


def _answer_unauthorized(simulator: Simulator, error: Unauthorized) -> Response:
    if simulator.readings.unauthorized_body == "empty":
        return Response(status_code=error.status)
    return JSONResponse(error_body(error.message), error.status)


def _finish(response: Response, headers: dict[str, str], simulator: Simulator) -> None:
    response.headers.update(FIXED_HEADERS | headers)
    response.headers["X-Exact-Correlation-Id"] = simulator.identifiers.guid()
    if isinstance(response, JSONResponse):
        response.headers["Content-Type"] = JSON_TYPE


def _bearer(request: ApiRequest) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _caller(simulator: Simulator, request: ApiRequest) -> Caller:
    token = _bearer(request)
    if not token:
        raise Unauthorized("Unauthorized")
    return simulator.grants.caller(token)


def _error_key(client_id: str, user_id: str, request: ApiRequest) -> ErrorKey:
    return ErrorKey(client_id, user_id, request.division, request.name.lower())


def _note_error(simulator: Simulator, request: ApiRequest, status: int) -> None:
    if status < 400:
        return
    holder = simulator.grants.holder(_bearer(request))
    if holder is not None:
        simulator.error_limit.note(_error_key(*holder, request), status)


class _Handler:
    """Handles one call of a caller who may enter the company."""

    def __init__(self, simulator: Simulator, request: ApiRequest, caller: Caller) -> None:
        self._simulator = simulator
        self._request = request
        self._caller = caller
        self._address = parse_address(request.path)
        self._resource = self._address.resource
        self._company = simulator.company(request.division or caller.current_division or 0)

    def handle(self) -> Response:
        request, resource = self._request, self._resource
        if len(request.query) > QUERY_MAX and self._simulator.readings.long_query == "refused":
            raise NotFound("The request filtering module denied the request: the query string is too long.")
        self._simulator.grants.require_right(self._caller, resource.name)
        if request.method not in resource.methods:
            raise MethodNotAllowed(resource.methods)
        if request.method == "GET":
            return self._get(self._address)
        if (request.method == "POST") != (self._address.key is None) or self._address.link is not None:
            raise MethodNotAllowed(["GET"])
        return self._write(self._writer())

    def _get(self, address: Address) -> Response:
        resource = address.resource
        reader = Reader(self._database, resource, self._scope)
        url = f"{self._request.base}/{self._request.path}"
        if address.key is not None and address.link is not None:
            link = PROJECTIONS[resource.name].links.get(address.link)
            if link is None:
                raise NotFound(f"Resource not found for the segment '{address.link}'.")
            child = load_resources()[link.resource]
            reader = Reader(self._database, child, self._scope, within=(link.foreign, reader.key_of(address.key)))
            resource = child
        options = parse_options(self._request.pairs, resource)
        if address.count:
            return PlainTextResponse(str(reader.count(options)))
        if address.key is not None and address.link is None:
            return self._render({"d": reader.by_key(address.key, options)}, resource)
        if address.key is None:
            require_filter(self._simulator.mandatory_filters.get(resource.name), options)
        return self._render(reader.page(options, url, self._request.pairs), resource)

    def _render(self, body: dict[str, Any], resource: Resource, status: int = 200) -> Response:
        """JSON for who asks for it, Atom for everybody else (rules 3.2)."""
        if "json" in self._request.headers.get("accept", ""):
            return JSONResponse(body, status)
        return Response(feed_or_entry(body, resource), status, media_type=CONTENT_TYPE)

    @property
    def _database(self) -> Database:
        return self._simulator.database

    @property
    def _scope(self) -> Scope:
        company, now, readings = self._company, self._simulator.clock.now_ms(), self._simulator.readings
        values: dict[str, Scalar] = {
            "division": company.division,
            "origin": self._request.origin,
            "client": self._caller.client_id,
            "deletions_since": company.now - DELETIONS_KEPT_MS,
            "user": self._caller.user_id,
            "licence": self._caller.licence,
            "current_division": company.division,
            "today": company.today,
            "server_time": wall_clock_text(company.now),
            "utc_offset_s": utc_offset_s(now, company.zone),
            "now": company.now,
            "cash_sign": -1 if readings.cash_sign == "receipt_positive" else 1,
            "all_licences": readings.system_divisions == "all_reachable",
            "language": self._request.headers.get("customdescriptionlanguage", "").strip().lower()[:2],
        }
        if self._resource.name == SYNC_TIMESTAMP:
            values |= timestamp_values(self._database, PROJECTIONS, values, self._request.pairs)
        return Scope(base=self._request.base, values=values, zone=company.zone, readings=readings)

    def _writer(self) -> Writer:
        return writer_for(self._simulator, self._company, self._resource, self._caller, self._request.base)

    def _write(self, writer: Writer) -> Response:
        if self._address.key is None:
            return self._answer_created(writer.create(parse_json(self._request.body)))
        key = str(Reader(self._database, self._resource, self._scope).key_of(self._address.key))
        if self._request.method == "PUT":
            writer.change(key, parse_json(self._request.body))
        else:
            writer.delete(key)
        return Response(status_code=204)

    def _answer_created(self, row_id: str) -> Response:
        """The new row. Without `Prefer`, master data comes back with its id only (rules 3.2)."""
        key = {"": Literal("Edm.Guid", row_id, 0)}
        body = Reader(self._database, self._resource, self._scope).by_key(key, Options())
        if self._comes_back_empty and not self._wants_representation():
            kept = {prop.name for prop in self._resource.keys} | {"__metadata"}
            body = {name: value if name in kept else None for name, value in body.items()}
        response = self._render({"d": body}, self._resource, 201)
        response.headers["Location"] = body["__metadata"]["uri"]
        return response

    @property
    def _comes_back_empty(self) -> bool:
        """Seen of master data; of documents and purchase entries the opposite; of our entries nothing (rules 3.2)."""
        if self._simulator.readings.entry_without_prefer == "id_only" and self._resource.name in ENTRIES:
            return True
        return self._resource.name in TABLES

    def _wants_representation(self) -> bool:
        return "return=representation" in self._request.headers.get("prefer", "").replace(" ", "").lower()
