"""What the database keeps is what the files and the models say: no trigger, no function beside them, none missing."""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Model

from exact.lane.states import OVER
from exact.models import BEGUN, NEEDS_A_PERSON, OPEN, PostingState
from postgres.guards import Trigger
from postgres.in_force import SQL, Install, digest_of

FILES = sorted(SQL.glob("*.sql"))
# Into which states a posting goes when its closing follows (exports_follow_posting.sql).
ACTED_ON = (PostingState.POSTED, *NEEDS_A_PERSON, PostingState.SOUGHT)
FUNCTIONS = """
SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p
WHERE pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
TRIGGERS = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"


def installs() -> Iterator[Install]:
    """Each file a migration brings into force, oldest first."""
    loader = MigrationLoader(None)
    seen = set()
    for leaf in loader.graph.leaf_nodes():
        for node in loader.graph.forwards_plan(leaf):
            if node not in seen:
                seen.add(node)
                yield from (it for it in loader.graph.nodes[node].operations if isinstance(it, Install))


def rows(sql: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return dict(cursor.fetchall())


def named(kind: str) -> set[str]:
    """The functions or triggers that the files make."""
    return {name for path in FILES for name in re.findall(rf"^CREATE OR REPLACE {kind} (\w+)", path.read_text(), re.M)}


def guards() -> Iterable[tuple[type[Model], Trigger]]:
    for model in apps.get_models():
        yield from ((model, it) for it in model._meta.constraints if isinstance(it, Trigger))


def test_newest_migration_of_each_file__has_its_text_of_today() -> None:
    newest = {it.name: it.digest for it in installs()}
    assert newest == {path.stem: digest_of(path.stem) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file__says_what_it_does_what_calls_it_and_why_by_hand(path: Path) -> None:
    head = "".join(takewhile(lambda line: line.startswith("--"), path.read_text().splitlines(keepends=True)))
    what, calls, why = re.split(r"^-- (?:Called by|It calls|`\w+` is called by) |^-- By hand: ", head, flags=re.M)
    assert what and calls and why


def test_groups_of_states__are_those_of_the_models() -> None:
    """A list of a posting's states in SQL, other than what a trigger acts on, is a group that Python has a name for."""
    groups = [{*OPEN}, {*BEGUN}, {*NEEDS_A_PERSON}, {*OVER}, {*ACTED_ON}]
    told = "".join(path.read_text() for path in FILES)
    lists = [{*re.findall(r"'(\w+)'", found)} for found in re.findall(r"state (?:NOT )?IN \(([^)]*)\)", told)]
    of_postings = [it for it in lists if it <= {*PostingState.values}]
    assert len(of_postings) > len(groups)
    assert [it for it in of_postings if it not in groups] == []


def test_functions_and_triggers__are_those_of_the_files_and_the_models(db: None) -> None:
    assert set(rows(FUNCTIONS)) == named("FUNCTION")
    assert set(rows(TRIGGERS)) == named("TRIGGER") | {guard.name for _, guard in guards()}


def test_texts__are_those_of_the_files(db: None) -> None:
    before = rows(FUNCTIONS), rows(TRIGGERS)
    with transaction.atomic(), connection.cursor() as cursor:
        for path in FILES:
            cursor.execute(path.read_text())
        assert (rows(FUNCTIONS), rows(TRIGGERS)) == before


def test_guards__are_those_of_the_models(db: None) -> None:
    before = rows(TRIGGERS)
    with connection.schema_editor() as editor:
        for model, guard in guards():
            editor.execute(guard.remove(model._meta.db_table), params=None)
            editor.execute(guard.create(model), params=None)
        assert rows(TRIGGERS) == before


@pytest.mark.parametrize("digest", ["", "0123456789abcdef"])
def test_older_migration__leaves_a_newer_text_to_its_successor(db: None, digest: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION exact_lane_enter")
    before = rows(FUNCTIONS)
    with connection.schema_editor() as editor:
        Install("exact_lane_enter", digest).database_forwards("exact", editor, ProjectState(), ProjectState())
        assert rows(FUNCTIONS) == before
        today = Install("exact_lane_enter", digest_of("exact_lane_enter"))
        today.database_forwards("exact", editor, ProjectState(), ProjectState())
        assert rows(FUNCTIONS).keys() - before.keys() == {"exact_lane_enter"}


def test_file_that_is_gone__has_no_digest() -> None:
    assert digest_of("no_such_function") == ""
