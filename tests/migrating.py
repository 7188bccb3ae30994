"""The test database is migrated from nothing: a table that is new changes no model that stands already.

Django makes every model anew that a new one has to do with, and those that these have to do with: two thirds of the
time that the test database takes, in each worker.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.postgres.operations import CreateExtension
from django.db.migrations import Migration
from django.db.migrations.operations import AddField, AddIndex, CreateModel, RunSQL
from django.db.migrations.state import ModelState, ProjectState

from postgres.in_force import Install

# A migration of these alone is made the short way. Any other finds all models as Django makes them.
ADDS = (CreateModel, AddField, AddIndex, RunSQL, CreateExtension, Install)


@contextmanager
def the_short_way() -> Iterator[None]:
    """Migrations that only add make each new model alone meanwhile."""
    apply, add_model = Migration.apply, ProjectState.add_model
    only_adds = False

    def apply_either_way(migration: Migration, state: ProjectState, *rest: Any, **options: Any) -> ProjectState:
        nonlocal only_adds
        only_adds = all(isinstance(it, ADDS) for it in migration.operations)
        if not only_adds:
            state.__dict__.pop("apps", None)
        try:
            return apply(migration, state, *rest, **options)
        finally:
            only_adds = False

    def add_alone(state: ProjectState, model: ModelState) -> None:
        is_new = (model.app_label, model.name_lower) not in state.models
        if not (only_adds and is_new and "apps" in state.__dict__):
            add_model(state, model)
            return
        made = state.__dict__.pop("apps")
        add_model(state, model)
        made.render_multiple([model])
        state.apps = made

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Migration, "apply", apply_either_way)
        patched.setattr(ProjectState, "add_model", add_alone)
        yield
