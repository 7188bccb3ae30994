"""The examples of docs/simulator.md work as they stand there."""

import re
import shlex
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from simulated_exact import ROOT, Company, Server, running

from simulators.exact_online.__main__ import argument_parser
from simulators.exact_online.faults import Fault
from simulators.exact_online.readings import QUESTIONS

MARIE = "marie.dupont@example.fr"
TEXT = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
FIRST_PORT = "localhost:8400"
CONTROL = "/_control/"
EXAMPLES = [line for line in TEXT.splitlines() if line.startswith("curl ") and CONTROL in line and " -s" not in line]
TOKEN_DIALOGUE = re.search(r"^Without one:\n\n```\n(.+?)\n```", TEXT, re.M | re.S)


@pytest.fixture(scope="module")
def docs_server(outside: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("docs"), "--control-port", "0", "--no-limits") as started:
        yield started


@pytest.fixture
def steered(docs_server: Server) -> Iterator[Server]:
    """A simulator with entries to act upon, and the door open afterwards."""
    exact = Company(docs_server, 8301, MARIE, docs_server.tokens(MARIE))
    for _ in range(3):
        exact.created("salesentry/SalesEntries", exact.sale(exact.line()))
    yield docs_server
    docs_server.steering.delete("/_control/faults")


def sent(http: httpx.Client, example: str) -> httpx.Response:
    """The call that curl makes of an example: several `-d` are a form, `--data-urlencode` escapes behind the `=`."""
    given: dict[str, list[str]] = {}
    words = iter(shlex.split(example.replace("\\\n", ""))[1:])
    for word in words:
        option = word if word.startswith("-") else "address"
        given.setdefault(option, []).append(word if option in ("address", "-s") else next(words))
    fields = (field.partition("=") for field in given.get("--data-urlencode", []))
    escaped = [f"{name}={quote(value, safe='')}" for name, _, value in fields]
    body = "&".join(given.get("-d", []) + escaped) or None
    headers = {name: value.strip() for name, _, value in (line.partition(":") for line in given.get("-H", []))}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    (method,) = given.get("-X", ["GET" if body is None else "POST"])
    (address,) = given["address"]
    return http.request(method, address.removeprefix(FIRST_PORT), content=body, headers=headers)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example(steered: Server, example: str) -> None:
    answer = sent(steered.steering, example)
    assert answer.status_code < 300, answer.text


def test_token_dialogue(docs_server: Server) -> None:
    """The calls one after the other, with what was answered in place of what the page leaves out."""
    assert TOKEN_DIALOGUE is not None
    calls = [call for call in re.split(r"^(?=curl )", TOKEN_DIALOGUE[1], flags=re.M) if call]
    authorize, exchange, read = (re.sub(r"^\{.*\}$", "", call, flags=re.M).strip() for call in calls)
    code = sent(docs_server.http, authorize).json()["code"]
    token = sent(docs_server.http, exchange.replace("stamp!…", code)).json()
    assert set(token) == {"access_token", "token_type", "expires_in", "refresh_token"}
    me = sent(docs_server.http, read.replace("AAEA…", token["access_token"])).json()
    assert me["d"]["results"][0]["CurrentDivision"] == 8301


def test_every_fault_has_an_example_and_a_row() -> None:
    for fault in Fault:
        assert f"| `{fault}` |" in TEXT
        assert any(f'"fault": "{fault}"' in example for example in EXAMPLES)


def test_readings__table_and_program_agree() -> None:
    """Name, choices with the default first and bold, section of the rules, certainty."""
    told = []
    for name, choices, section, certainty in re.findall(
        r"^\| `(\w+)` \| (\*\*`.+?) \| ([\d.]+) \| ([a-z ]+) \|$", TEXT, re.M
    ):
        told.append((name, re.findall(r"(?:^\*\*|; )`(\w+)`", choices), section, certainty))
    assert told == [(one.name, list(one.choices), one.section, one.certainty) for one in QUESTIONS]


def test_every_option_is_told() -> None:
    options = set(re.findall(r"--[a-z-]+", argument_parser().format_usage()))
    assert options
    assert options <= set(re.findall(r"`(--[a-z-]+)", TEXT))
