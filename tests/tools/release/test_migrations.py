"""What a migration may do while the release before it still runs."""

from typing import Any

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models

from tools.release.migrations import faults_of

CHECK = models.CheckConstraint(condition=models.Q(number__gt=0), name="positive")
INDEX = models.Index(fields=["number"], name="by_number")
ONE = models.UniqueConstraint(fields=["number"], name="one_number")


def migration(*operations: Any, **said: str) -> Any:
    made = migrations.Migration("0009_any", "exact")
    made.operations = [*operations]
    for name, words in said.items():
        setattr(made, name, words)
    return made


HARMLESS = [
    migrations.AddField("lane", "note", models.TextField(null=True)),
    migrations.AddField("lane", "note", models.TextField(default="", db_default="")),
    migrations.AddField(
        "lane", "division", models.ForeignKey("exact.Division", models.PROTECT, null=True, db_index=False)
    ),
    migrations.AlterField("lane", "note", models.TextField(null=True)),
    AddIndexConcurrently("lane", INDEX),
    AddConstraintNotValid("lane", CHECK),
]
HARMFUL = [
    (migrations.RemoveField("lane", "holder"), "unused_since"),
    (migrations.RenameField("lane", "holder", "held_by"), "unused_since"),
    (migrations.DeleteModel("lane"), "unused_since"),
    (migrations.RenameModel("lane", "way"), "unused_since"),
    (migrations.AddField("lane", "note", models.TextField()), "db_default"),
    (migrations.AddField("lane", "note", models.TextField(default="")), "db_default"),
    (migrations.AlterField("lane", "minute", models.DateTimeField()), "db_default"),
    (migrations.AddField("lane", "note", models.TextField(null=True, unique=True)), "index"),
    (migrations.AddField("lane", "other", models.ForeignKey("exact.Lane", models.PROTECT, null=True)), "index"),
    (migrations.AddIndex("lane", INDEX), "locks"),
    (migrations.RemoveIndex("lane", "by_number"), "locks"),
    (migrations.AddConstraint("lane", CHECK), "lock"),
    (migrations.AddConstraint("lane", ONE), "lock"),
    (migrations.AlterField("lane", "holder", models.CharField(max_length=90, db_default="", unique=True)), "judged"),
    (migrations.RunSQL("DROP TABLE exact_lane"), "judged"),
    (migrations.RunPython(migrations.RunPython.noop), "judged"),
]


@pytest.mark.parametrize("operation", HARMLESS, ids=lambda it: it.describe())
def test_what_only_adds__is_well(operation: Any) -> None:
    assert faults_of(migration(operation), ["0.1.0"]) == []


@pytest.mark.parametrize(("operation", "word"), HARMFUL, ids=lambda it: it if isinstance(it, str) else it.describe())
def test_what_harms_the_last_release__is_refused_with_what_to_do(operation: Any, word: str) -> None:
    [fault] = faults_of(migration(operation), ["0.1.0"])
    assert word in fault


def test_new_table__may_have_anything() -> None:
    made = migrations.CreateModel(
        "Note", [("id", models.BigAutoField(primary_key=True)), ("number", models.IntegerField())]
    )
    assert (
        faults_of(migration(made, migrations.AddIndex("note", INDEX), migrations.AddConstraint("note", ONE)), ["0.1.0"])
        == []
    )


def test_what_no_release_uses__may_go() -> None:
    gone = migrations.RemoveField("lane", "holder")
    assert faults_of(migration(gone, unused_since="0.2.0"), ["0.1.0", "0.2.0"]) == []
    [fault] = faults_of(migration(gone, unused_since="0.3.0"), ["0.1.0", "0.2.0"])
    assert "0.3.0" in fault


def test_release__excuses_no_lock() -> None:
    assert len(faults_of(migration(migrations.AddIndex("lane", INDEX), unused_since="0.1.0"), ["0.1.0"])) == 1


def test_words__are_enough_for_what_a_machine_cannot_judge() -> None:
    assert faults_of(migration(migrations.RunSQL("SELECT 1"), judged="reads one row"), ["0.1.0"]) == []
