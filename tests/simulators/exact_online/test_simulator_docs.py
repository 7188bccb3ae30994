"""The examples of docs/simulator.md work as they stand there."""

import re
import shlex
from collections.abc import Iterator

import pytest
from simulated_exact import ROOT, Company, Server, running

from simulators.exact_online.__main__ import argument_parser
from simulators.exact_online.faults import Fault
from simulators.exact_online.readings import QUESTIONS

MARIE = "marie.dupont@example.fr"
TEXT = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
FIRST_PORT = "localhost:8400"
EXAMPLES = [
    line for line in TEXT.splitlines() if line.startswith("curl ") and "/_control/" in line and " -s" not in line
]


@pytest.fixture(scope="module")
def docs_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
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


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example(steered: Server, example: str) -> None:
    words = shlex.split(example)
    address = next(word for word in words if word.startswith(FIRST_PORT))
    body = words[words.index("-d") + 1] if "-d" in words else None
    method = words[words.index("-X") + 1] if "-X" in words else "GET" if body is None else "POST"
    answer = steered.steering.request(method, address.removeprefix(FIRST_PORT), content=body)
    assert answer.status_code < 300, answer.text


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
