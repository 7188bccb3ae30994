"""`/api/oauth2/auth`: log in, choose the companies, accept or refuse (rules 1.2). Plain, but a browser's."""

from html import escape
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from simulators.exact_online.database import Database, Row

from .grants import Grants

CARRIED = ("client_id", "redirect_uri", "response_type", "state", "force_login")


async def authorize_response(request: Request, country: str, grants: Grants, database: Database) -> Response:
    """GET shows the log-in; each POST goes one step on, to the redirect with `code` and `state`."""
    form = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    given = {**dict(request.query_params), **dict(form)}
    client = grants.client_in(country, given.get("client_id", ""))
    redirect_uri = given.get("redirect_uri", "")
    if client is None:
        return _page("<p>Unknown application.</p>", 400)
    if not grants.allows_redirect(client["id"], redirect_uri):
        return _page("<p>The redirect address is not registered for this application.</p>", 400)
    if given.get("response_type", "code") != "code":
        return _page("<p>Only response_type=code is supported.</p>", 400)
    if request.method == "GET":
        return _log_in_page(given)
    if "ticket" in given:
        return _decide(given, form, client, grants)
    user = grants.log_in(country, given.get("user", ""), given.get("password", ""))
    if user is None:
        return _log_in_page(given, "Unknown user or wrong password.")
    given["ticket"] = grants.begin_consent(user["id"])
    return _consent_page(given, client, _companies(database, user["id"]))


def _decide(given: dict[str, str], form: list[tuple[str, str]], client: Row, grants: Grants) -> Response:
    user_id = grants.consenting_user(given["ticket"])
    if user_id is None:
        return _log_in_page(given, "Please log in again.")
    if given.get("decision") != "accept":
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
    return _page(
        f"<h1>Log in</h1><p role='alert'>{escape(problem)}</p><form method='post'>{_carried(given)}"
        "<label>E-mail <input name='user' type='email' required autofocus></label>"
        "<label>Password <input name='password' type='password' required></label>"
        "<button>Log in</button></form>"
    )


def _consent_page(given: dict[str, str], client: Row, companies: list[Row]) -> Response:
    boxes = "".join(
        f"<label><input type='checkbox' name='division' value='{row['division']}' checked>"
        f" {row['division']} - {escape(row['description'])}</label>"
        for row in companies
    )
    return _page(
        f"<h1>{escape(client['name'])}</h1><p>This application asks to read and write your accounts.</p>"
        f"<form method='post'>{_carried(given, 'ticket')}"
        f"<fieldset><legend>Companies it may enter</legend>{boxes}</fieldset>"
        "<button name='decision' value='accept'>Accept</button>"
        "<button name='decision' value='refuse'>Refuse</button></form>"
    )


def _carried(given: dict[str, str], *others: str) -> str:
    return "".join(
        f"<input type='hidden' name='{name}' value='{escape(given[name], quote=True)}'>"
        for name in (*CARRIED, *others)
        if name in given
    )


def _page(body: str, status: int = 200) -> Response:
    style = "body{font:16px sans-serif;max-width:30em;margin:3em auto}label{display:block;margin:.5em 0}"
    return HTMLResponse(
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Exact Online simulator</title>"
        f"<style>{style}</style>{body}</html>",
        status,
    )
