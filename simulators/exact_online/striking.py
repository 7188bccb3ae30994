"""Faults at work: what a call becomes when a rule strikes it."""

import asyncio
from collections.abc import Callable

from starlette.responses import HTMLResponse, JSONResponse, Response

from .connection import Broken, Reset
from .faults import Fault, Rule
from .simulator import Simulator

MAINTENANCE_PAGE = (
    "<!doctype html><html><head><title>Exact Online</title></head>"
    "<body><h1>Maintenance</h1><p>Exact Online is not available at the moment.</p></body></html>"
)


async def strike(simulator: Simulator, rule: Rule, host: str, path: str, perform: Callable[[], Response]) -> Response:
    """The answer under this rule. `perform` does the call; some faults never get that far (see `Fault`)."""
    match rule.fault:
        case Fault.RESET_BEFORE:
            return Reset()
        case Fault.RESET_AFTER_COMMIT:
            perform()
            return Reset()
        case Fault.DELAY:
            response = perform()
            await _wait(simulator, rule)
            return response
        case Fault.LATE_COMMIT:
            await _wait(simulator, rule)
            return perform()
        case Fault.TRUNCATE:
            return _truncated(perform())
        case Fault.BROKEN_BODY:
            return Broken(perform())
        case Fault.STATUS_503:
            return HTMLResponse(MAINTENANCE_PAGE, 503)
        case Fault.HTML_200:
            return HTMLResponse(MAINTENANCE_PAGE, 200)
        case Fault.RATE_LIMIT:
            return Response(status_code=429, headers=simulator.rate_limits.minute_exhausted())
        case Fault.GATEWAY_FAULT:
            return JSONResponse(_gateway_fault(host, path), 404)


async def _wait(simulator: Simulator, rule: Rule) -> None:
    if rule.hold:
        await simulator.faults.wait_for_release()
    else:
        await asyncio.sleep(rule.delay_s)


def _truncated(whole: Response) -> Response:
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
