"""Every section of the rules that concerns the simulator is named by the docstring of a test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from simulated_exact import Company, Server

JOURNALS = "financial/Journals"
SECTIONS = {
    *("1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9"),
    *("2.1", "2.2", "2.3"),
    *("3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9"),
    *("4.1", "4.2", "4.3"),
    *("5", "5.1", "5.2", "5.3", "6", "7", "8", "9"),
}  # 10 to 14: registration, words, traps and questions named elsewhere, sources
NAMED = re.compile(r"\b[Rr]ules?:? ((?:\d+(?:\.\d+)?(?:, | and )?)+)")


def documented(tree: ast.AST, outer: str = "") -> Iterator[tuple[str, str]]:
    """The names of the tests below, each with its docstring and those of what it stands in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from documented(node, f"{outer}\n{ast.get_docstring(node) or ''}")
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, f"{outer}\n{ast.get_docstring(node) or ''}"


def covered() -> dict[str, list[str]]:
    """The tests of each section."""
    found: dict[str, list[str]] = {}
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for name, text in documented(ast.parse(path.read_text(encoding="utf-8"))):
            for numbers in NAMED.findall(text):
                for section in re.findall(r"\d+(?:\.\d+)?", numbers):
                    found.setdefault(section, []).append(name)
    return found


def test_every_section_has_a_test() -> None:
    assert sorted(SECTIONS - covered().keys()) == []


def test_minute__wait_until_its_reset(frozen: Server) -> None:
    """Rules 2.3: whoever waits until the minutely reset named by the 429 goes on at once."""
    exact = frozen.new_company()
    while (answer := exact.get(JOURNALS, select="Code")).status_code == 200:
        assert int(answer.headers["X-RateLimit-Minutely-Remaining"]) >= 0
    reset_s = int(answer.headers["X-RateLimit-Minutely-Reset"]) // 1000
    frozen.control("clock", advance=40)
    assert reset_s % 60 == 0
    assert exact.get(JOURNALS, select="Code").status_code == 200


def test_descriptions_in_another_language(exact: Company) -> None:
    """Rules 3.2: `CustomDescriptionLanguage`; what has no translation comes as the company has it."""

    def described(path: str, code: str, language: str) -> str:
        query = {"$filter": f"trim(Code) eq '{code}'", "$select": "Description"}
        answer = exact.call("GET", path, params=query, headers={"CustomDescriptionLanguage": language})
        text: str = answer.json()["d"]["results"][0]["Description"]
        return text

    languages = ("nl", "en", "fr", "nl-BE", "xx")
    texts = [described("financial/GLAccounts", "411000", language) for language in languages]
    assert texts == ["Debiteuren", "Customers", "Clients", "Debiteuren", "Clients"]
    assert described("vat/VATCodes", "VN", "en") == "VAT on sales 20 %"
    assert described("cashflow/PaymentConditions", "30", "nl") == "30 dagen"
    assert described(JOURNALS, "70", "nl") == "Verkoop"
    assert described(JOURNALS, "79", "nl") == "Ventes, ancien journal"


def test_company_moves__every_timestamp_is_new(exact: Company, server: Server) -> None:
    """Rules 9: a changed `DivisionMoveDate` says that everything has to be synchronised again."""
    path, options = "sync/Financial/GLAccounts", {"select": "ID,Timestamp", "filter": "Timestamp gt 1"}
    before = {row["ID"]: row["Timestamp"] for row in exact.rows(path, **options)}
    assert exact.rows("system/Divisions", select="DivisionMoveDate")[0]["DivisionMoveDate"] is None
    server.control("companies/move", division=exact.division)
    assert exact.rows("system/Divisions", select="DivisionMoveDate")[0]["DivisionMoveDate"].startswith("/Date(")
    after = {row["ID"]: row["Timestamp"] for row in exact.rows(path, **options)}
    assert before.keys() == after.keys()
    assert min(after.values()) > max(before.values())


def test_current_division__follows_the_browser(exact: Company, server: Server) -> None:
    """Rules 3.9: it changes when the user switches company, whatever the application does."""
    other = 60_000 + exact.division
    server.control("companies", division=other, users=[exact.user])

    def current() -> int:
        answer = server.http.get("/api/v1/current/Me", params={"$select": "CurrentDivision"}, headers=exact.headers)
        found: int = answer.json()["d"]["results"][0]["CurrentDivision"]
        return found

    assert current() == exact.division
    server.control("users/current", user=exact.user, division=other)
    assert current() == other
