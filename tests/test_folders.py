"""No circle of folders: of two things that stand side by side, folders or files, at most one reaches the other.

import-linter keeps the order inside the rooms that have one written down (`pyproject.toml`). This looks at every folder
of the tree, the tests' too, and at every import, also one inside a function or for types alone. An import ties the two
things at which the paths of both files part: `exact/lane/lane.py` importing `exact/api/client.py` ties `lane` to `api`
in `exact`. So the files of a folder may stand partly above and partly below the folders inside it.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import PurePosixPath

import pytest

from integration.rooms import ROOMS
from tests.conftest import ROOT
from tests.test_tidy import lines

HOUSE = (*ROOMS, "tests")

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a file of the tree by another: both by the parts of their paths, without `.py`."""

    of: Place
    by: Place
    line: int

    @property
    def words(self) -> str:
        return f"{'/'.join(self.by)}.py:{self.line}: imports {'/'.join(self.of)}.py"

    def sides(self) -> tuple[Place, str, str]:
        """The folder at which both paths part, and what in it imports what."""
        depth = next(it for it, (one, other) in enumerate(zip(self.by, self.of, strict=False)) if one != other)
        return self.by[:depth], self.by[depth], self.of[depth]


def find_file(name: Place, places: Mapping[Place, object]) -> Place | None:
    """The file in which a dotted name stands; None when it is none of ours, or a folder that has no `__init__.py`."""
    while name:
        for place in (name, (*name, "__init__")):
            if place in places:
                return place
        name = name[:-1]
    return None


def statements(block: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every statement, however deep inside others: no import stands in an expression, and most nodes do."""
    for it in block:
        yield it
        for inner in ("body", "orelse", "handlers", "finalbody", "cases"):
            if isinstance(nested := getattr(it, inner, None), list):
                yield from statements(nested)


def names_in(node: ast.Import | ast.ImportFrom, place: Place) -> Iterator[Place]:
    """The dotted names that a statement imports, relative ones made whole."""
    if isinstance(node, ast.Import):
        yield from (tuple(it.name.split(".")) for it in node.names)
    else:
        around = place[: len(place) - node.level] if node.level else ()
        module = (*around, *(node.module.split(".") if node.module else ()))
        yield from ((*module, it.name) for it in node.names)


def imports(files: Mapping[Place, str]) -> Iterator[Import]:
    """All imports of these files, by their texts. One tree at a time: eight hundred would be much to keep."""
    for place, text in files.items():
        for node in statements(ast.parse(text).body):
            if isinstance(node, ast.Import | ast.ImportFrom):
                found = dict.fromkeys(find_file(name, files) for name in names_in(node, place))
                yield from (Import(it, place, node.lineno) for it in found if it and it != place)


def find_circles(files: Mapping[Place, str]) -> list[str]:
    """Of each folder with a circle in it one circle, with the imports that tie it."""
    ties: dict[Place, dict[tuple[str, str], list[Import]]] = defaultdict(lambda: defaultdict(list))
    for it in imports(files):
        folder, above, below = it.sides()
        ties[folder][above, below].append(it)
    return [words for folder, tied in sorted(ties.items()) for words in tell_circle(folder, tied)]


def tell_circle(folder: Place, tied: Mapping[tuple[str, str], list[Import]]) -> Iterator[str]:
    order: TopologicalSorter[str] = TopologicalSorter()
    for above, below in tied:
        order.add(above, below)
    try:
        order.prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]  # each is imported by the next; the first stands at the end again
        yield f"{'/'.join(folder) or 'the tree'}: {' → '.join(reversed(circle))}. Move what belongs elsewhere:"
        for below, above in pairwise(circle):
            yield from (f"  {it.words}" for it in tied[above, below])


def place_of(path: PurePosixPath) -> Place:
    return path.with_suffix("").parts


def test_folders__stand_in_no_circle() -> None:
    files = {
        place_of(PurePosixPath(path.relative_to(ROOT).as_posix())): path.read_text("utf-8")
        for room in HOUSE
        for path in sorted((ROOT / room).rglob("*.py"))
    }
    assert {place[0] for place in files} == set(HOUSE)
    circles = find_circles(files)
    assert not circles, lines(circles)


@pytest.mark.parametrize(
    ("tree", "circles"),
    [
        pytest.param({"a/one.py": "import b.two", "b/two.py": "import c"}, [], id="one way"),
        pytest.param(
            {"a/one.py": "import b.two", "b/two.py": "", "b/three.py": "from a.four import x", "a/four.py": ""},
            [
                "the tree: a → b → a. Move what belongs elsewhere:",
                "  b/three.py:1: imports a/four.py",
                "  a/one.py:1: imports b/two.py",
            ],
            id="two folders, no two files",
        ),
        pytest.param(
            {
                "a/b/one.py": "from ..c import two",
                "a/c/two.py": "from a import d",
                "a/d.py": "try:\n pass\nexcept A:\n from .b import one",
            },
            [
                "a: b → c → d → b. Move what belongs elsewhere:",
                "  a/d.py:4: imports a/b/one.py",
                "  a/c/two.py:1: imports a/d.py",
                "  a/b/one.py:1: imports a/c/two.py",
            ],
            id="three, deeper down, relative, inside a handler",
        ),
        pytest.param(
            {"a/top.py": "from .b import one", "a/b/one.py": "from a import ground", "a/ground.py": ""},
            [],
            id="files above and below a folder",
        ),
        pytest.param(
            {"a/__init__.py": "from .one import x", "a/one.py": "from a import y"},
            [
                "a: __init__ → one → __init__. Move what belongs elsewhere:",
                "  a/one.py:1: imports a/__init__.py",
                "  a/__init__.py:1: imports a/one.py",
            ],
            id="a folder's own file",
        ),
        pytest.param({"a/one.py": "import a.one, sys\nfrom . import one"}, [], id="itself, and what is not ours"),
    ],
)
def test_circle__is_told_with_the_imports_that_tie_it(tree: dict[str, str], circles: list[str]) -> None:
    files = {place_of(PurePosixPath(path)): text for path, text in tree.items()}
    assert find_circles(files) == circles
