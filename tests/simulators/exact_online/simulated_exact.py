"""A caller of the simulator as tests need one: a user with a token and a company of its own."""

import itertools
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[3]

CLIENT, SECRET = "demo-client", "demo-secret"
REDIRECT = "http://127.0.0.1:9/callback"
_numbers = itertools.count(9001)


def form(**fields: str) -> dict[str, str]:
    """The token endpoint's form, with the demo app's credentials."""
    return {"client_id": CLIENT, "client_secret": SECRET, **fields}


@contextmanager
def running(data: Path, *options: str, verify: ssl.SSLContext | bool = True) -> Iterator["Server"]:
    """The program on a free loopback port, for as long as the block lasts."""
    command = [sys.executable, "-m", "simulators.exact_online", "--port", "0", "--data", str(data), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        second = process.stdout.readline().split()[-1] if "--control-port" in options else address
        try:
            with (
                httpx.Client(base_url=address, timeout=20, verify=verify) as http,
                httpx.Client(base_url=second, verify=verify) as steering,
            ):
                yield Server(http, steering, process)
        finally:
            process.terminate()


class Server:
    """The running simulator: `http` calls it, `steering` its control address, by a port of its own if there is one."""

    def __init__(self, http: httpx.Client, steering: httpx.Client, process: "subprocess.Popen[str]") -> None:
        self.http = http
        self.steering = steering
        self.process = process

    def control(self, path: str, **body: Any) -> Any:
        """POST to the control address; it has to go well."""
        answer = self.steering.post(f"/_control/{path}", json=body)
        assert answer.status_code < 400, answer.text
        return answer.json()

    def code(self, user: str, **other: Any) -> str:
        """An authorization code for the user."""
        code = self.control("authorize", client_id=CLIENT, redirect_uri=REDIRECT, user=user, **other)["code"]
        assert isinstance(code, str)
        return code

    def token_call(self, **fields: str) -> httpx.Response:
        """A call of the token endpoint."""
        return self.http.post("/api/oauth2/token", data=form(**fields))

    def tokens(self, user: str, **other: Any) -> dict[str, str]:
        """A fresh pair of tokens."""
        answer = self.token_call(grant_type="authorization_code", code=self.code(user, **other), redirect_uri=REDIRECT)
        assert answer.status_code == 200, answer.text
        pair: dict[str, str] = answer.json()
        return pair

    def new_company(self, language: str = "fr") -> "Company":
        """A company with a user of its own, so that no test sees another's rows, limits or errors."""
        division = next(_numbers)
        user = f"user{division}@example.fr"
        self.control("users", user=user, language=language, full_name="Ada Test")
        self.control("companies", division=division, users=[user])
        return Company(self, division, user, self.tokens(user))


class Company:
    """One company and its user; paths are those behind the division."""

    def __init__(self, server: Server, division: int, user: str, tokens: dict[str, str]) -> None:
        self.server = server
        self.division = division
        self.user = user
        self.tokens = tokens
        self.headers = {"Accept": "application/json", "Authorization": f"Bearer {tokens['access_token']}"}

    def renew(self) -> None:
        """Fresh tokens, after the clock was moved."""
        self.tokens = self.server.tokens(self.user)
        self.headers["Authorization"] = f"Bearer {self.tokens['access_token']}"

    def call(self, method: str, path: str, **other: Any) -> httpx.Response:
        """Any call to the API."""
        headers = {**self.headers, **other.pop("headers", {})}
        return self.server.http.request(method, f"/api/v1/{self.division}/{path}", headers=headers, **other)

    def get(self, path: str, **options: str) -> httpx.Response:
        """A GET; options without their `$`: `filter="Code eq '70'"`."""
        return self.call("GET", path, params={f"${name}": value for name, value in options.items()})

    def rows(self, path: str, **options: str) -> list[dict[str, Any]]:
        """The rows of a list, in either envelope."""
        answer = self.get(path, **options)
        assert answer.status_code == 200, answer.text
        inner = answer.json()["d"]
        found: list[dict[str, Any]] = inner if isinstance(inner, list) else inner["results"]
        return found

    def pages(self, path: str, **options: str) -> Iterator[list[dict[str, Any]]]:
        """Every page, by following `__next`."""
        answer = self.get(path, **options)
        while True:
            inner = answer.json()["d"]
            yield inner["results"]
            if "__next" not in inner:
                return
            answer = self.server.http.get(inner["__next"], headers=self.headers)

    def post(self, path: str, body: Any, **other: Any) -> httpx.Response:
        """A POST with a JSON body."""
        return self.call("POST", path, json=body, **other)

    def created(self, path: str, body: Any) -> dict[str, Any]:
        """The row a POST made."""
        answer = self.post(path, body, headers={"Prefer": "return=representation"})
        assert answer.status_code == 201, answer.text
        row: dict[str, Any] = answer.json()["d"]
        return row

    def refusal(self, path: str, body: Any) -> list[str]:
        """The reasons of a refused POST."""
        answer = self.post(path, body)
        assert answer.status_code == 500, answer.text
        return message(answer).split("\r\n")

    def gl(self, code: str) -> str:
        """The id of a GL account."""
        return str(self.rows("financial/GLAccounts", filter=f"Code eq '{code}'", select="ID")[0]["ID"])

    def customer(self, code: str) -> str:
        """The id of a third party."""
        return str(self.rows("crm/Accounts", filter=f"trim(Code) eq '{code}'", select="ID")[0]["ID"])

    def books(self) -> dict[str, Any]:
        """The books as the control address shows them."""
        found: dict[str, Any] = self.server.http.get("/_control/books", params={"division": self.division}).json()
        return found

    def ledger(self) -> dict[str, Decimal]:
        """Balance by GL account; their sum is always zero."""
        trial = self.books()["trial_balance"]
        assert trial["difference"] == "0.00"
        return {row["account_code"]: Decimal(row["balance"]) for row in trial["accounts"]}

    def sale(self, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
        """The body of a sales entry, for the walk-in customer in journal 70 unless told otherwise."""
        given = {"Journal": "70", "EntryDate": "2026-11-20", "SalesEntryLines": list(lines), **header}
        if "Customer" not in given:
            given["Customer"] = self.customer("0000002")
        return {name: value for name, value in given.items() if value is not None}

    def line(
        self, account: str = "706020", amount: Any = 100, vat_code: str | None = "VN", **other: Any
    ) -> dict[str, Any]:
        """The body of a line."""
        body = {"GLAccount": self.gl(account), "AmountFC": amount, "VATCode": vat_code, **other}
        return {name: value for name, value in body.items() if value is not None}

    def receipt(self, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
        """The body of a cash entry in journal 30."""
        return {"JournalCode": "30", "CashEntryLines": list(lines), **header}

    def receipt_line(self, amount: Any, **other: Any) -> dict[str, Any]:
        """A cash line against the walk-in customer."""
        customer = self.customer("0000002")
        return {"GLAccount": self.gl("411000"), "Account": customer, "AmountFC": amount, "Date": "2026-11-20", **other}


def message(answer: httpx.Response) -> str:
    """The text of Exact's error body, whose shape is checked on the way (rules 4.1)."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["code"] == ""
    assert set(body["error"]["message"]) == {"lang", "value"}
    text = body["error"]["message"]["value"]
    assert isinstance(text, str)
    return text
