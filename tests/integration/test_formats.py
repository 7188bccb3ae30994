"""What is written into a sentence by name: each place is filled, and nothing is given that has no place.

A sentence and its facts stand together in the code, so they are read there; sentences with a code of their own are held
against what is really raised (`tests.spoken`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from integration.rooms import WITH_SENTENCES
from tests.conftest import ROOT
from tests.spoken import names_in

MARKS = {"_", "_now", "N_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}


def calls_of_format(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            yield node


def sentences_in(node: ast.AST) -> list[str]:
    """The English forms of a marked sentence: one, or singular and plural."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS):
        return []
    return [it.value for it in node.args if isinstance(it, ast.Constant) and isinstance(it.value, str)]


def named_sentences(tree: ast.AST) -> list[tuple[int, str, list[str]]]:
    """Sentences that got a name first, by line: `told = _("…")`."""
    return sorted(
        (node.lineno, target.id, sentences_in(node.value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and sentences_in(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def faults_in(path: Path, root: Path = ROOT) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = named_sentences(tree)
    for call in calls_of_format(tree):
        source = call.func.value  # type: ignore[attr-defined] # `calls_of_format` yields attributes
        forms = sentences_in(source)
        if isinstance(source, ast.Name):
            before = [told for line, name, told in named if name == source.id and line <= call.lineno]
            forms = before[-1] if before else []
        given = {it.arg for it in call.keywords if it.arg}
        unknown = any(it.arg is None for it in call.keywords)
        asked = {name for form in forms for name in names_in(form)}
        if forms and (given - asked or (asked - given and not unknown)):
            yield f"{path.relative_to(root)}:{call.lineno}: asks {sorted(asked)}, is given {sorted(given)}"


def product_files() -> list[Path]:
    return [it for room in WITH_SENTENCES for it in sorted((ROOT / room).rglob("*.py")) if "migrations" not in it.parts]


def test_sentences__are_given_what_they_ask() -> None:
    assert [fault for path in product_files() for fault in faults_in(path)] == []


def test_sentences__are_read_where_they_are_filled(tmp_path: Path) -> None:
    """The check itself: it sees a hole, an idle fact, and both through a name; what is right it lets pass."""
    code = tmp_path / "words.py"
    code.write_text(
        '_("{a} and {b}").format(a=1)\n_("{a}").format(a=1, b=2)\ntold = _("{c}")\ntold.format(d=1)\n'
        'ngettext("{n} one", "{n} many", 2).format(n=2)\n_("{a} {b}").format(a=1, **rest)\n'
    )
    found = [fault.split(": ", 1)[1] for fault in faults_in(code, tmp_path)]
    assert found == ["asks ['a', 'b'], is given ['a']", "asks ['a'], is given ['a', 'b']", "asks ['c'], is given ['d']"]
