"""`/api/oauth2/auth`: log in, choose the companies, accept or refuse (rules 1.2). Plain, but a browser's."""

from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from simulators.exact_online.database import Database, Row
from simulators.exact_online.templating import page_environment

from .grants import Grants

TEMPLATES = page_environment(Path(__file__).parent / "templates")
HEADERS = {
    # No `form-action`: browsers would hold it against the redirect to the application, too.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
SESSION = "ExactOnlineSession"
CARRIED = ("client_id", "redirect_uri", "response_type", "state", "force_login")


async def authorize_response(request: Request, country: str, grants: Grants, database: Database) -> Response:
    """GET shows the log-in; each POST goes one step on, to the redirect with `code` and `state`."""
    form = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    given = {**dict(request.query_params), **dict(form)}
    client = grants.client_in(country, given.get("client_id", ""))
    redirect_uri = given.get("redirect_uri", "")
    if client is None:
        return _refusal("Unknown application.")
    if not grants.allows_redirect(client["id"], redirect_uri):
        return _refusal("The redirect address is not registered for this application.")
    if grants.readings.redirect_slashes == "not_encoded" and _has_encoded_slashes(request.url.query):
        return _refusal("The redirect address has encoded slashes.")
    if given.get("response_type", "code") != "code":
        return _refusal("Only response_type=code is supported.")
    if request.method == "GET":
        known = _known_user(request, country, given, grants)
        return _log_in_page(given) if known is None else _ask(given, client, known, grants, database)
    if "ticket" in given:
        return _decide(given, form, client, grants)
    user = grants.log_in(country, given.get("user", ""), given.get("password", ""))
    if user is None:
        return _log_in_page(given, "Unknown user or wrong password.")
    page = _ask(given, client, user, grants, database)
    page.set_cookie(SESSION, grants.begin_session(user["id"]), httponly=True, samesite="lax")
    return page


def _known_user(request: Request, country: str, given: dict[str, str], grants: Grants) -> Row | None:
    """Who logged in with this browser before; nobody when the app forces a log-in (rules 1.2)."""
    if given.get("force_login") == "1" or grants.readings.log_in_session == "none":
        return None
    return grants.user_of_session(country, request.cookies.get(SESSION))


def _has_encoded_slashes(query: str) -> bool:
    return any(pair.startswith("redirect_uri=") and "%2f" in pair.lower() for pair in query.split("&"))


def _ask(given: dict[str, str], client: Row, user: Row, grants: Grants, database: Database) -> Response:
    given["ticket"] = grants.begin_consent(user["id"])
    return _consent_page(given, client, _companies(database, user["id"]))


def _decide(given: dict[str, str], form: list[tuple[str, str]], client: Row, grants: Grants) -> Response:
    user_id = grants.consenting_user(given["ticket"])
    if user_id is None:
        return _log_in_page(given, "Please log in again.")
    if given.get("decision") != "accept":
        if grants.readings.refused_consent == "page":
            return _page("refusal.html", reason="You refused the application.")
        return _redirect(given, {"error": "access_denied"})
    chosen = [int(value) for name, value in form if name == "division" and value.isdecimal()]
    return _redirect(given, {"code": grants.authorize(client["id"], user_id, given["redirect_uri"], chosen)})


def _companies(database: Database, user_id: str) -> list[Row]:
    return database.rows(
        "SELECT c.division, c.description FROM company c JOIN membership m ON m.division = c.division"
        " WHERE m.user_id = ? ORDER BY c.division",
        (user_id,),
    )


def _redirect(given: dict[str, str], answer: dict[str, str]) -> Response:
    if "state" in given:
        answer["state"] = given["state"]
    uri = given["redirect_uri"]
    return RedirectResponse(f"{uri}{'&' if '?' in uri else '?'}{urlencode(answer)}", 302)


def _log_in_page(given: dict[str, str], problem: str = "") -> Response:
    return _page("log_in.html", problem=problem, carried=_carry(given))


def _consent_page(given: dict[str, str], client: Row, companies: list[Row]) -> Response:
    return _page("consent.html", client=client, companies=companies, carried=_carry(given, "ticket"))


def _refusal(reason: str) -> Response:
    return _page("refusal.html", 400, reason=reason)


def _carry(given: dict[str, str], *others: str) -> dict[str, str]:
    return {name: given[name] for name in (*CARRIED, *others) if name in given}


def _page(template: str, status: int = 200, **values: object) -> Response:
    return HTMLResponse(TEMPLATES.get_template(template).render(values), status, HEADERS)
