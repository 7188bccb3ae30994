"""`/_control/…`: how tests and people steer the program. Its answers are plain JSON, nothing of Exact's.

`docs/simulator.md` shows each address with an example.
"""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .books.booking import OPEN, PROCESSED
from .books.report import report
from .clock import iso, wall_clock_text
from .control_faults import fault_routes
from .control_readings import reading_routes
from .control_requests import ControlError
from .control_requests import body_of as _body
from .control_requests import division_of as _division
from .control_requests import safe as _safe
from .control_requests import value_of as _get
from .control_webhooks import webhook_routes
from .countries import COUNTRIES
from .database import Row
from .edm import find_resource
from .oauth.grants import DIVISION_MAX, LOOPBACK_RULE
from .resources.catalogue import MANDATORY_FILTERS
from .seed.plant import NewApp, NewCompany, NewUser, add_app, add_company, add_user
from .simulator import Simulator

OPEN_PERIOD = (
    "DELETE FROM closed_period WHERE division = :division AND year = :year AND period = :period"
    " AND (:journal IS NULL OR journal = :journal)"
)
CLOSE_PERIOD = (
    "INSERT OR IGNORE INTO closed_period (division, journal, year, period)"
    " SELECT division, code, :year, :period FROM journal"
    " WHERE division = :division AND (:journal IS NULL OR code = :journal)"
)


def control_routes(simulator: Simulator) -> list[Route]:
    """The routes below `/_control`."""
    control = _Control(simulator)
    return [
        Route("/authorize", _safe(control.authorize), methods=["POST"]),
        Route("/clock", _safe(control.clock), methods=["GET", "POST"]),
        Route("/reset", _safe(control.reset), methods=["POST"]),
        Route("/books", _safe(control.books), methods=["GET"]),
        Route("/calls", _safe(control.calls), methods=["GET", "DELETE"]),
        Route("/companies", _safe(control.companies), methods=["POST"]),
        Route("/companies/move", _safe(control.move_company), methods=["POST"]),
        Route("/companies/status", _safe(control.company_status), methods=["POST"]),
        Route("/users/current", _safe(control.current_company), methods=["POST"]),
        Route("/users", _safe(control.users), methods=["POST"]),
        Route("/consents/withdraw", _safe(control.withdraw_consent), methods=["POST"]),
        Route("/tokens/expire", _safe(control.expire_tokens), methods=["POST"]),
        Route("/rights", _safe(control.rights), methods=["POST"]),
        Route("/periods", _safe(control.periods), methods=["POST"]),
        Route("/entries/status", _safe(control.entry_status), methods=["POST"]),
        Route("/settings", _safe(control.settings), methods=["GET", "POST"]),
        Route("/apps", _safe(control.apps), methods=["POST"]),
        Route("/demands", _safe(control.demands), methods=["GET", "POST"]),
        *reading_routes(simulator),
        *fault_routes(simulator),
        *webhook_routes(simulator),
    ]


class _Control:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def authorize(self, request: Request) -> Response:
        """A code without a browser, as if the user had accepted."""
        body, grants = await _body(request), self._simulator.grants
        client_id, redirect_uri = _get(body, "client_id", str), _get(body, "redirect_uri", str)
        client, user = grants.client(client_id), self._user(body)
        if client is None:
            raise ControlError("unknown client_id")
        if client["country"] != user["country"]:
            raise ControlError("the app and the user are registered in different countries")
        if not grants.allows_redirect(client_id, redirect_uri):
            raise ControlError("redirect_uri is not registered")
        divisions = _get(body, "divisions", list, None)
        code = grants.authorize(client_id, user["id"], redirect_uri, divisions)
        return JSONResponse({"code": code})

    async def clock(self, request: Request) -> Response:
        """Read or move the clock."""
        clock = self._simulator.clock
        body = await _body(request) if request.method == "POST" else {}
        if _get(body, "real", bool, False):
            clock.reset()
        if "frozen" in body:
            clock.freeze(_get(body, "frozen", bool))
        if "now" in body:
            clock.set(_moment(_get(body, "now", str)))
        if "advance" in body:
            clock.advance(_get(body, "advance", int) * 1000)
        if body:
            self._simulator.keep_clock()
            self._simulator.webhooks.wake()
        return JSONResponse({"now": iso(clock.now_ms()), "offset_s": clock.offset_ms / 1000, "frozen": clock.frozen})

    async def reset(self, request: Request) -> Response:
        """Back to the seed."""
        self._simulator.reset()
        return JSONResponse({"reset": True})

    async def books(self, request: Request) -> Response:
        """Every entry with its lines, and the trial balance."""
        division = _division(request)
        if division is None:
            raise ControlError("division is missing")
        return JSONResponse(report(self._simulator.database, division))

    async def calls(self, request: Request) -> Response:
        """The counters, or (DELETE) set them to zero."""
        division, calls = _division(request), self._simulator.calls
        if request.method == "DELETE":
            calls.forget(division)
        counted = calls.summary(division)
        return JSONResponse({"division": division, "total": sum(_count(row) for row in counted), "calls": counted})

    async def companies(self, request: Request) -> Response:
        """One more company, with the whole French seed."""
        body, simulator = await _body(request), self._simulator
        company = NewCompany(
            division=_get(body, "division", int),
            description=_get(body, "description", str, "TEST"),
            licence=_get(body, "licence", str, "1"),
            status=_get(body, "status", int, 1),
            users=_get(body, "users", list, []),
            country=_country(body, self._simulator.home),
        )
        if not 0 < company.division <= DIVISION_MAX:
            raise ControlError("division is out of range")
        if simulator.database.value("SELECT 1 FROM company WHERE division = ?", (company.division,)) is not None:
            raise ControlError("the division exists already")
        for name in company.users:
            self._user_id({"user": name})
        with simulator.database.transaction():
            add_company(simulator.database, simulator.clock, simulator.identifiers, company)
        return JSONResponse({"division": company.division}, 201)

    async def move_company(self, request: Request) -> Response:
        """The company moves to another database: `DivisionMoveDate` says when, every timestamp is new (rules 9)."""
        body, simulator = await _body(request), self._simulator
        division = _get(body, "division", int)
        self._require_company(division)
        now = simulator.company(division).now
        with simulator.database.transaction():
            simulator.database.execute("UPDATE company SET moved = ? WHERE division = ?", (now, division))
            simulator.identifiers.renew_rowversions(division)
        return JSONResponse({"division": division, "moved": wall_clock_text(now)})

    async def company_status(self, request: Request) -> Response:
        """The company is archived, or back: as system/Divisions counts, 0 inactive, 1 active, 2 archived."""
        body = await _body(request)
        division, status = _get(body, "division", int), _get(body, "status", int)
        self._require_company(division)
        self._change("UPDATE company SET status = ? WHERE division = ?", (status, division))
        return JSONResponse({"division": division, "status": status})

    async def current_company(self, request: Request) -> Response:
        """The user switches to another company in the browser: `CurrentDivision` changes (rules 3.9)."""
        body = await _body(request)
        user, division = self._user(body), _get(body, "division", int)
        self._require_company(division)
        self._change("UPDATE user SET current_division = ? WHERE id = ?", (division, user["id"]))
        return JSONResponse({"user": user["name"], "division": division})

    async def users(self, request: Request) -> Response:
        """One more user."""
        body, simulator = await _body(request), self._simulator
        name = _get(body, "user", str)
        if simulator.grants.user(name) is not None:
            raise ControlError("the user exists already")
        user = NewUser(
            name=name,
            password=_get(body, "password", str, "demo"),
            full_name=_get(body, "full_name", str, name),
            language=_get(body, "language", str, "fr"),
            licence=_get(body, "licence", str, "1"),
            divisions=_get(body, "divisions", list, []),
            country=_country(body, self._simulator.home),
        )
        for division in user.divisions:
            self._require_company(division)
        with simulator.database.transaction():
            add_user(simulator.database, user)
        return JSONResponse({"user": name}, 201)

    async def apps(self, request: Request) -> Response:
        """One more app, registered in one country (rules 1.1)."""
        body, simulator = await _body(request), self._simulator
        app = NewApp(
            client_id=_get(body, "client_id", str),
            secret=_get(body, "client_secret", str),
            webhook_secret=_get(body, "webhook_secret", str, ""),
            name=_get(body, "name", str, "App"),
            country=_country(body, simulator.home),
            redirect_uris=_get(body, "redirect_uris", list, [LOOPBACK_RULE]),
        )
        if simulator.grants.client(app.client_id) is not None:
            raise ControlError("the app exists already")
        with simulator.database.transaction():
            add_app(simulator.database, app)
        return JSONResponse({"client_id": app.client_id, "country": app.country}, 201)

    async def demands(self, request: Request) -> Response:
        """The fields a list must be filtered by, one of them at least; none lifts the demand (rules 3.6)."""
        demanded = self._simulator.mandatory_filters
        if request.method == "POST":
            body = await _body(request)
            resource = find_resource(_get(body, "resource", str))
            if resource is None:
                raise ControlError("unknown resource")
            fields = _get(body, "mandatory_filter", list, MANDATORY_FILTERS.get(resource.name, []))
            unknown = [name for name in fields if name not in resource.properties]
            if unknown:
                raise ControlError(f"unknown fields: {', '.join(map(str, unknown))}")
            demanded[resource.name] = fields
        return JSONResponse({"mandatory_filters": {name: fields for name, fields in demanded.items() if fields}})

    async def withdraw_consent(self, request: Request) -> Response:
        """The user ends the app's access (rules 1.9)."""
        body = await _body(request)
        ended = self._change(
            "DELETE FROM consent WHERE client_id = ? AND user_id = ?",
            (_get(body, "client_id", str), self._user_id(body)),
        )
        return JSONResponse({"withdrawn": ended})

    async def expire_tokens(self, request: Request) -> Response:
        """Access tokens end now; with `"refresh": true` the refresh tokens lapse too."""
        body = await _body(request)
        now = self._simulator.clock.now_ms()
        lapse = _get(body, "refresh", bool, False)
        expired = self._change(
            "UPDATE token SET access_expires_at = min(access_expires_at, :now),"
            " refresh_expires_at = CASE WHEN :lapse THEN min(refresh_expires_at, :now) ELSE refresh_expires_at END"
            " WHERE client_id = :client AND user_id = :user",
            {"now": now, "lapse": lapse, "client": _get(body, "client_id", str), "user": self._user_id(body)},
        )
        return JSONResponse({"expired": expired})

    async def rights(self, request: Request) -> Response:
        """Give a user the right on a resource, or take it."""
        body = await _body(request)
        resource = find_resource(_get(body, "resource", str))
        if resource is None:
            raise ControlError("unknown resource")
        allowed, values = _get(body, "allowed", bool), (self._user_id(body), resource.name)
        sql = (
            "DELETE FROM forbidden WHERE user_id = ? AND resource = ?"
            if allowed
            else "INSERT OR IGNORE INTO forbidden (user_id, resource) VALUES (?, ?)"
        )
        self._change(sql, values)
        return JSONResponse({"resource": resource.name, "allowed": allowed})

    async def periods(self, request: Request) -> Response:
        """Open or close a period, of one journal or (journal left out) of all."""
        body = await _body(request)
        status = _get(body, "status", str)
        if status not in ("open", "closed"):
            raise ControlError("status is neither open nor closed")
        values = {
            "division": _get(body, "division", int),
            "journal": _get(body, "journal", str, None),
            "year": _get(body, "year", int),
            "period": _get(body, "period", int),
        }
        self._require_company(values["division"])
        self._change(OPEN_PERIOD if status == "open" else CLOSE_PERIOD, values)
        return JSONResponse({**values, "status": status})

    async def entry_status(self, request: Request) -> Response:
        """Process an entry (50), or open it again (20)."""
        body = await _body(request)
        status = _get(body, "status", int)
        if status not in (OPEN, PROCESSED):
            raise ControlError(f"status is neither {OPEN} nor {PROCESSED}")
        values = (status, _get(body, "division", int), _get(body, "entry_id", str).lower())
        changed = self._change("UPDATE entry SET status = ? WHERE division = ? AND id = ?", values)
        if not changed:
            raise ControlError("no such entry")
        return JSONResponse({"entry_id": values[2], "status": status})

    async def settings(self, request: Request) -> Response:
        """The limits, while the program runs."""
        body = await _body(request) if request.method == "POST" else {}
        limits = self._simulator.limit_settings
        limits.enabled = _get(body, "limits", bool, limits.enabled)
        limits.per_minute = _get(body, "minute_limit", int, limits.per_minute)
        limits.per_day = _get(body, "day_limit", int, limits.per_day)
        limits.tokens_per_day = _get(body, "token_limit", int, limits.tokens_per_day)
        if _get(body, "forget_usage", bool, False):
            self._simulator.rate_limits.forget()
            self._simulator.error_limit.forget()
            self._simulator.token_limit.forget()
        return JSONResponse(
            {
                "limits": limits.enabled,
                "minute_limit": limits.per_minute,
                "day_limit": limits.per_day,
                "token_limit": limits.tokens_per_day,
            }
        )

    def _user_id(self, body: dict[str, Any]) -> str:
        found: str = self._user(body)["id"]
        return found

    def _user(self, body: dict[str, Any]) -> Row:
        user = self._simulator.grants.user(_get(body, "user", str))
        if user is None:
            raise ControlError("unknown user")
        return user

    def _require_company(self, division: object) -> None:
        if self._simulator.database.value("SELECT 1 FROM company WHERE division = ?", (division,)) is None:
            raise ControlError("no such division")

    def _change(self, sql: str, values: Any) -> int:
        with self._simulator.database.transaction():
            return self._simulator.database.execute(sql, values)


def _country(body: dict[str, Any], home: str) -> str:
    country: str = _get(body, "country", str, home)
    if country not in COUNTRIES:
        raise ControlError(f"country is none of {', '.join(COUNTRIES)}")
    return country


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ControlError("now is not an ISO date and time") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _count(row: dict[str, object]) -> int:
    count = row["count"]
    assert isinstance(count, int)
    return count
