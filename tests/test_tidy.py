"""Style that a machine can see: every fault is told as file:line, with what to do about it."""

import ast
import gc
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from integration.rooms import ROOMS
from tests.conftest import ROOT

# The longest function there is. Whoever shortens it lowers the number; nobody raises it.
LONGEST_FUNCTION = 51
# Who may set a row's state: each module makes the moves of one machine (docs/states.md).
MAKE_MOVES = {
    "concerns/letters/handed_over.py",
    "concerns/letters/make.py",
    "concerns/letters/send.py",
    "concerns/letters/to_webhook.py",
    "exact/api/connection.py",
    "exact/lane/states.py",
    "exports/way/accept.py",
    "exports/way/states.py",
    "on_demand/claim.py",
}
# The simulator's deliveries are no rows of ours.
NOT_OUR_ROWS = ("simulators/",)
# Names that could stand over any file.
SAY_NOTHING = frozenset(
    {"ahead", "base", "behind", "calls", "changes", "common", "copy", "data", "elsewhere", "handler", "handlers"}
    | {"helper", "helpers", "load", "made", "manager", "managers", "misc", "nothing", "settle", "told", "util"}
    | {"utils", "work"}
)
# A database's back end is looked for in a file of this name.
NAMED_BY_DJANGO = ROOT / "postgres" / "backend" / "base.py"
# The first word of what a function does is a verb: these are none, standing alone.
NO_VERBS = frozenset(
    {"about", "again", "all", "alone", "and", "apart", "around", "back", "behind", "beside", "both", "by"}
    | {"deep", "earlier", "elsewhere", "first", "from", "in", "last", "less", "nearest", "of", "on", "or"}
    | {"other", "otherwise", "over", "own", "partly", "plain", "same", "short", "slow", "to", "together"}
    | {"twice", "usual", "what", "whole", "why", "whys", "with", "within", "without", "wrong"}
)
# A participle names a value, alone or with what only a participle has behind it ("found in", "told twice").
PARTICIPLE = re.compile(
    r"_(?:[a-z]*[a-df-z]ed|broken|chosen|done|found|given|held|kept|left|lost|meant|said|seen|shown|sold|taken|told|written)"
    r"(?:_(?:after|as|at|before|beside|beyond|by|first|for|from|in|of|on|once|or|out|over|twice|under)(?:_\w+)?)?"
)
# Verbs that end like one.
VERBS_IN_ED = frozenset({"_feed", "_seed", "_embed", "_need"})
NUMBER_OF_A_MIGRATION = re.compile(r"\bmigrations? 0\d{3}\b|\b0\d{3}_[a-z]\w+|\blatest migration\b", re.I)

Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@pytest.fixture(autouse=True, scope="module")
def trees_are_kept_for_the_tests_here() -> Iterator[None]:
    """Six hundred files are read once; no tree is garbage before the last test, so nobody looks for any."""
    gc.disable()
    yield
    nodes_of.cache_clear()
    tree_of.cache_clear()
    gc.enable()


def files(rooms: tuple[str, ...] = tuple(ROOMS)) -> list[Path]:
    return [it for room in rooms for it in sorted((ROOT / room).rglob("*.py")) if "migrations" not in it.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def at(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree_of(path)))


def lines(faults: list[str]) -> str:
    return "\n" + "\n".join(faults)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (it for it in nodes_of(path) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef))


def test_functions__fit_a_screen() -> None:
    long = [
        f"{at(path, it.lineno)}: {it.name} has {length} lines. Split it: {LONGEST_FUNCTION} is the most there is."
        for path in files()
        for it in functions(path)
        if (length := (it.end_lineno or it.lineno) - it.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long, lines(long)


def sets_state(node: ast.AST) -> bool:
    """Whether it is `row.state = …` or `rows.update(…, state=…)`."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(it, ast.Attribute) and it.attr == "state" for it in targets)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
        return any(keyword.arg == "state" for keyword in node.keywords)
    return False


def test_states__are_set_only_where_moves_are_made() -> None:
    others = [
        f"{at(path, node.lineno)}: sets a state. Call the move of its machine, or name the module in MAKE_MOVES."
        for path in files()
        if not (name := str(path.relative_to(ROOT))).startswith(NOT_OUR_ROWS) and name not in MAKE_MOVES
        for node in nodes_of(path)
        if isinstance(node, ast.stmt | ast.Call) and sets_state(node)
    ]
    assert not others, lines(others)


def test_states__are_set_in_each_module_that_may() -> None:
    idle = {
        name for name in MAKE_MOVES if not (ROOT / name).exists() or not any(map(sets_state, nodes_of(ROOT / name)))
    }
    assert idle == set(), "it makes no move any more: take it out of MAKE_MOVES"


def words_of(path: Path) -> Iterator[tuple[int, str]]:
    """The comments and docstrings of a file that may name a migration, by the line they begin on."""
    text = path.read_text(encoding="utf-8")
    if not NUMBER_OF_A_MIGRATION.search(text):
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in nodes_of(path):
        if isinstance(node, ast.Module | Named) and (words := ast.get_docstring(node)):
            yield node.body[0].lineno, words


def test_words__name_no_migration() -> None:
    """Migrations are squashed; the text in force stands in `postgres/sql` and in the models."""
    numbered = [
        f"{at(path, line)}: names a migration ({found[0]}). Say where the rule stands now: a model, or a file of SQL."
        for path in files()
        for line, words in words_of(path)
        if (found := NUMBER_OF_A_MIGRATION.search(words))
    ]
    assert not numbered, lines(numbered)


def test_files__have_names_that_say_something() -> None:
    nameless = [
        f"{at(path, 1)}: {path.stem} could be anything. Name the file by the thing or the act in it."
        for path in files()
        if path.stem in SAY_NOTHING and path != NAMED_BY_DJANGO
    ]
    assert not nameless, lines(nameless)


def test_files__of_tests_have_names_of_their_own() -> None:
    """Outside of packages pytest imports a file by its name alone."""
    named: dict[str, Path] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if not (path.parent / "__init__.py").exists():
            assert path.name not in named, f"{at(path, 1)}: rename it, {named[path.name]} has the same name"
            named[path.name] = path.relative_to(ROOT)


def says_it_otherwise(path: Path, node: Named) -> bool:
    """An app's declaration, a command with its `help`, a program's `main`, and what a framework calls by its name."""
    if isinstance(node, ast.ClassDef):
        bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        helps = any(isinstance(it, ast.Assign) and ast.unparse(it.targets[0]) == "help" for it in node.body)
        return "AppConfig" in bases or (path.parent.name == "commands" and helps)
    return (path.name == "__main__.py" and node.name == "main") or node.name.startswith("pytest_")


def test_public__classes_and_functions_say_what_they_promise() -> None:
    """What it takes (units, shapes), gives and raises, and where a rule comes from."""
    silent = [
        f"{at(path, node.lineno)}: {node.name} has no docstring. Say what it takes, gives and raises."
        for path in files()
        for node in tree_of(path).body
        if isinstance(node, Named) and not node.name.startswith("_") and not ast.get_docstring(node)
        if not says_it_otherwise(path, node)
    ]
    assert not silent, lines(silent)


def test_public_methods__say_what_they_promise() -> None:
    """Of classes that inherit nothing: what overrides is said where it is promised."""
    silent = [
        f"{at(path, method.lineno)}: {node.name}.{method.name} has no docstring. Say what its name and types do not."
        for path in files()
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef) and not node.bases and not node.name.startswith("_")
        for method in node.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and not method.name.startswith("_")
        if not ast.get_docstring(method)
    ]
    assert not silent, lines(silent)


def test_modules__say_what_they_are_for() -> None:
    silent = [
        f"{at(path, 1)}: has no docstring. Say in a line what stands here."
        for path in files()
        if path.name != "__init__.py" and tree_of(path).body and not ast.get_docstring(tree_of(path))
    ]
    assert not silent, lines(silent)


def is_value(name: str) -> bool:
    return name.removeprefix("_") in NO_VERBS or bool(PARTICIPLE.fullmatch(name) and name not in VERBS_IN_ED)


def is_property(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("property" in ast.unparse(it) for it in node.decorator_list)


def test_private_functions__are_named_by_what_they_do() -> None:
    values = [
        f"{at(path, it.lineno)}: {it.name} names a value or a place. Begin with a verb: what does it do?"
        for path in files()
        for it in functions(path)
        if it.name.startswith("_") and is_value(it.name) and not is_property(it)
    ]
    assert not values, lines(values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_held_rows", False),
        ("_left_out", True),
        ("_told_twice", True),
        ("_again", True),
        ("_told", True),
        ("_booked_for_exact", True),
        ("_compared", True),
        ("_by", True),
        ("_book", False),
        ("_by_day", False),
        ("_feed", False),
        ("_find", False),
        ("_lines", False),
        ("_need", False),
    ],
)
def test_name__of_a_value(name: str, value: bool) -> None:
    assert is_value(name) == value
