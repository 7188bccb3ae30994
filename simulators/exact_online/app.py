"""The ASGI application and its routes."""

from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from .api import ApiRequest, answer
from .attachments import attachment_response
from .call_log import Call, noteworthy
from .control import control_routes
from .countries import COUNTRIES
from .errors import error_body
from .faults import Rule
from .oauth.pages import authorize_response
from .oauth.token_endpoint import token_response
from .page.view import page_route
from .page.web import web_routes
from .simulator import Simulator
from .striking import strike

TOKEN_RESOURCE = "oauth2/token"


def create_app(simulator: Simulator) -> Starlette:
    """The application over one simulator."""
    abroad = [route for country in COUNTRIES for route in _host_routes(simulator, country, f"/{country}")]
    return Starlette(
        routes=[
            page_route(simulator),
            *_host_routes(simulator, simulator.home, ""),
            Mount("/_control", routes=control_routes(simulator)),
            *abroad,
        ],
        exception_handlers={HTTPException: _http_error, Exception: _server_fault},
    )


def _host_routes(simulator: Simulator, country: str, root: str) -> list[Route]:
    """The addresses of one country's host, all below `root`."""
    endpoints = _Endpoints(simulator, country)
    return [
        Route(f"{root}/api/oauth2/token", endpoints.token, methods=["POST"]),
        Route(f"{root}/api/oauth2/auth", endpoints.authorize, methods=["GET", "POST"]),
        *(  # a resource is found in any case of letters, and this one is written in both
            Route(f"{root}/api/v1/{spelling}/{{path:path}}", _Api(simulator, country, root, "current/"))
            for spelling in ("current", "Current")
        ),
        Route(f"{root}/api/v1/{{division:int}}/{{path:path}}", _Api(simulator, country, root)),
        Route(f"{root}/docs/SysAttachment.aspx", endpoints.attachment),
        *web_routes(simulator, root),
    ]


async def _http_error(request: Request, error: Exception) -> Response:
    """What no route answers is still answered in Exact's shape (rules 4.1)."""
    assert isinstance(error, HTTPException)
    return JSONResponse(error_body(error.detail), error.status_code, error.headers)


async def _server_fault(request: Request, error: Exception) -> Response:
    """A fault of ours outside the API; uvicorn logs it, the caller sees no trace."""
    return JSONResponse(error_body("An unexpected error occurred."), 500)


class _Endpoints:
    """The addresses of a country's host that are not the API's."""

    def __init__(self, simulator: Simulator, country: str) -> None:
        self._simulator = simulator
        self._country = country

    async def authorize(self, request: Request) -> Response:
        """The pages a person sees."""
        return await authorize_response(request, self._country, self._simulator.grants, self._simulator.database)

    async def token(self, request: Request) -> Response:
        """The token endpoint; faults and counters know it as `oauth2/token`."""
        simulator = self._simulator
        form = await request.body()
        perform = partial(token_response, form, request.headers.get("authorization"), self._country, simulator.grants)
        rule = simulator.faults.take(TOKEN_RESOURCE, request.method, None)
        response = await strike(simulator, rule, _host(request), request.url.path, perform) if rule else perform()
        _note(simulator, None, request.method, TOKEN_RESOURCE, "", response, rule)
        return response

    async def attachment(self, request: Request) -> Response:
        """A file that was attached to a document."""
        return attachment_response(self._simulator, self._country, request)


class _Api:
    """The API addresses, all methods. `prefix` is what the route took off the resource's name."""

    def __init__(self, simulator: Simulator, country: str, root: str, prefix: str = "") -> None:
        self._simulator = simulator
        self._country = country
        self._root = root
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the call, let a fault strike it or answer it, count it."""
        simulator, request = self._simulator, Request(scope, receive)
        call = ApiRequest(
            method=request.method,
            country=self._country,
            origin=f"{request.url.scheme}://{_host(request)}{self._root}",
            division=request.path_params.get("division"),
            path=self._prefix + request.path_params["path"],
            query=request.url.query,
            headers=request.headers,
            body=await request.body(),
        )
        rule = simulator.faults.take(call.name, call.method, call.division)
        perform = partial(answer, simulator, call)
        response = await strike(simulator, rule, _host(request), request.url.path, perform) if rule else perform()
        _note(simulator, call.division, call.method, call.name, call.query, response, rule)
        await response(scope, receive, send)


def _note(
    simulator: Simulator,
    division: int | None,
    method: str,
    resource: str,
    query: str,
    response: Response,
    rule: Rule | None,
) -> None:
    status, fault = response.status_code, rule.fault if rule is not None else None
    answer = noteworthy(status, bytes(response.body), response.headers.get("location", ""))
    simulator.calls.note(Call(simulator.clock.now_ms(), division, method, resource, query, status, answer, fault))


def _host(request: Request) -> str:
    return request.headers.get("host", request.url.netloc)
