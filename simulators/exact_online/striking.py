"""Faults at work: what a call becomes when a rule strikes it."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from starlette.responses import HTMLResponse, JSONResponse, Response

from .bookkeeper import Act
from .connection import Broken, Reset, Slow
from .errors import NotFound, Refused, error_body
from .faults import Fault, Rule
from .simulator import Simulator

MAINTENANCE_PAGE = (
    "<!doctype html><html><head><title>Exact Online</title></head>"
    "<body><h1>Maintenance</h1><p>Exact Online is not available at the moment.</p></body></html>"
)
ACTS = {
    Fault.BOOKKEEPER_EDITS: Act.EDIT,
    Fault.BOOKKEEPER_DELETES: Act.DELETE,
    Fault.BOOKKEEPER_DOUBLES: Act.DOUBLE,
}
STATUSES = {
    Fault.STATUS_408: HTTPStatus.REQUEST_TIMEOUT,
    Fault.STATUS_500: HTTPStatus.INTERNAL_SERVER_ERROR,
    Fault.STATUS_503: HTTPStatus.SERVICE_UNAVAILABLE,
    Fault.STATUS_504: HTTPStatus.GATEWAY_TIMEOUT,
}
# What comes between a call that was carried out and its caller.
PAGES_AFTER = {
    Fault.STATUS_400_AFTER_COMMIT: HTTPStatus.BAD_REQUEST,
    Fault.STATUS_401_AFTER_COMMIT: HTTPStatus.UNAUTHORIZED,
    Fault.STATUS_403_AFTER_COMMIT: HTTPStatus.FORBIDDEN,
    Fault.STATUS_404_AFTER_COMMIT: HTTPStatus.NOT_FOUND,
    Fault.STATUS_429_AFTER_COMMIT: HTTPStatus.TOO_MANY_REQUESTS,
    Fault.STATUS_500_AFTER_COMMIT: HTTPStatus.INTERNAL_SERVER_ERROR,
    Fault.STATUS_502_AFTER_COMMIT: HTTPStatus.BAD_GATEWAY,
    Fault.STATUS_504_AFTER_COMMIT: HTTPStatus.GATEWAY_TIMEOUT,
}
GATEWAY_AFTER = {
    Fault.GATEWAY_502_AFTER_COMMIT: (502, "Unexpected EOF at target", "messaging.adaptors.http.UnexpectedEOFAtTarget"),
    Fault.GATEWAY_504_AFTER_COMMIT: (504, "Gateway Timeout", "messaging.adaptors.http.flow.GatewayTimeout"),
}
GENERAL_SENTENCE = "An error has occurred. Please contact your system administrator."
SENTENCES_AFTER = {
    Fault.ERROR_AFTER_COMMIT: GENERAL_SENTENCE,
    Fault.REFUSAL_AFTER_COMMIT: "Not allowed: Entry",
}
SHORTEST_PAUSE_S = 0.01
API_PATH = re.compile(r"/api/v1/(\d+)/")
NEW_ROW = re.compile(r"\(guid'([0-9a-f-]{36})'\)$")


async def strike(simulator: Simulator, rule: Rule, host: str, path: str, perform: Callable[[], Response]) -> Response:
    """The answer under this rule. `perform` does the call; some faults never get that far (see `Fault`)."""
    match rule.fault:
        case Fault.SLOW_BYTES:
            return _slow_down(simulator, rule, perform())
        case Fault.REFUSE:
            return _last_before_refusals(simulator, rule, perform())
        case Fault.BOOKKEEPER_EDITS | Fault.BOOKKEEPER_DELETES | Fault.BOOKKEEPER_DOUBLES:
            response = perform()
            _let_bookkeeper_act(simulator, ACTS[rule.fault], path, response)
            return response
        case Fault.RESET_BEFORE:
            return Reset()
        case Fault.DELAY:
            response = perform()
            await _wait(simulator, rule)
            return response
        case Fault.LATE_COMMIT:
            await _wait(simulator, rule)
            return perform()
        case Fault.TRUNCATE:
            return _truncate(perform())
        case Fault.BROKEN_BODY:
            return Broken(perform())
        case Fault.STATUS_408 | Fault.STATUS_500 | Fault.STATUS_503 | Fault.STATUS_504:
            return _error_page(STATUSES[rule.fault])
        case Fault.GENERAL_ERROR:
            return JSONResponse(error_body(GENERAL_SENTENCE), HTTPStatus.INTERNAL_SERVER_ERROR)
        case Fault.HTML_200:
            return HTMLResponse(MAINTENANCE_PAGE, 200)
        case Fault.NO_ROWS:
            return JSONResponse({"d": {"results": []}})
        case Fault.RATE_LIMIT:
            return Response(status_code=429, headers=simulator.rate_limits.minute_exhausted())
        case Fault.GATEWAY_FAULT:
            return JSONResponse(_gateway_fault(host, path), int(simulator.readings.gateway_fault_status))
    perform()
    return _after_commit(rule.fault)


def _after_commit(fault: Fault) -> Response:
    """What the caller sees of a call that was carried out."""
    if fault in PAGES_AFTER:
        return _error_page(PAGES_AFTER[fault])
    if fault in GATEWAY_AFTER:
        status, words, code = GATEWAY_AFTER[fault]
        return JSONResponse({"fault": {"faultstring": words, "detail": {"errorcode": code}}}, status)
    if fault in SENTENCES_AFTER:
        return JSONResponse(error_body(SENTENCES_AFTER[fault]), HTTPStatus.INTERNAL_SERVER_ERROR)
    return Response() if fault is Fault.EMPTY_200_AFTER_COMMIT else Reset()


def _error_page(status: HTTPStatus) -> Response:
    """A status as web servers and gateways give it: a page, without Exact's error body (rules 4.2)."""
    return HTMLResponse(f"<!doctype html><html><body><h1>{status.value} {status.phrase}</h1></body></html>", status)


async def _wait(simulator: Simulator, rule: Rule) -> None:
    if rule.hold:
        await simulator.faults.wait_for_release()
    else:
        await asyncio.sleep(rule.delay_s)


def _slow_down(simulator: Simulator, rule: Rule, whole: Response) -> Response:
    """A few bytes at a time, `delay_s` in all; or half of it, and the rest when it is released."""
    if rule.hold:
        return Slow(whole, 2, simulator.faults.wait_for_release)
    pieces = max(1, min(len(whole.body), int(rule.delay_s / SHORTEST_PAUSE_S)))
    return Slow(whole, pieces, lambda: asyncio.sleep(rule.delay_s / pieces))


def _last_before_refusals(simulator: Simulator, rule: Rule, response: Response) -> Response:
    """Answer and hang up, and refuse connections for `delay_s`, or until released.

    The door is shut before the answer leaves, so that who has read it is refused for certain.
    """
    door = simulator.door
    assert door is not None  # the control address takes no such rule without a door
    response.headers["Connection"] = "close"
    door.shut(lambda: _wait(simulator, rule))
    return response


def _let_bookkeeper_act(simulator: Simulator, act: Act, path: str, response: Response) -> None:
    """On the entry the call has made, else on any open one; where the books refuse her, nothing happens."""
    of_company = API_PATH.match(path)
    if of_company is None:
        return
    division, made = int(of_company[1]), NEW_ROW.search(response.headers.get("location", ""))
    bookkeeper = simulator.bookkeeper
    entry_id = made[1] if made is not None and bookkeeper.has_entry(division, made[1]) else None
    with suppress(NotFound, Refused):
        bookkeeper.act(division, act, entry_id)


def _truncate(whole: Response) -> Response:
    """A complete HTTP answer whose JSON ends in the middle."""
    body = bytes(whole.body)
    headers = {name: value for name, value in whole.headers.items() if name != "content-length"}
    return Response(body[: len(body) // 2], whole.status_code, headers)


def _gateway_fault(host: str, path: str) -> dict[str, object]:
    """The proxy's own shape (rules 1.8); neither Exact's nor OAuth's."""
    return {
        "fault": {
            "faultstring": f"Unable to identify proxy for host: {host} and url: {path}",
            "detail": {"errorcode": "messaging.adaptors.http.flow.ApplicationNotFound"},
        }
    }
