"""Problems held against their sentences: whoever raises a code gives the facts its sentence asks, and no others."""

import string
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from exact.wording import SENTENCES as OF_EXACT
from exact.wording import label_of
from exports.words.problems import OF_FAMILY, SENTENCES
from ledger.problem import Problem

TESTS = str(Path(__file__).parent)
# What a placeholder's words are made of beside its own fact.
WITH = {"label": {"means", "kind"}, "field": {"slot", "rate", "family"}}
# Facts that other code reads: which setting it is (the till API), how many others there were (`exports.way.levels`),
# and where a file's problem was met first (`ledger.files.check`).
READ_OF_EXACT = frozenset({"field"})
READ = {"partly_booked": frozenset({"count"}), "sums_differ": frozenset({"count"})}
READ_OF_FILES = frozenset({"format", "establishment", "closing", "setting"})


def asked(code: str) -> frozenset[str]:
    """The facts that the sentence of a code has places for."""
    return names_in(SENTENCES[code])


def names_in(words: str) -> frozenset[str]:
    """The names of a text's places: {"first", "last"}."""
    return frozenset(name for _text, name, _spec, _conversion in string.Formatter().parse(words) if name)


def fault_of(problem: Problem) -> str:
    """What a problem's sentence lacks, or what is told for nothing; empty when facts and sentence fit."""
    code, told = problem.code, frozenset(problem.facts)
    if code not in SENTENCES:
        return f"{code}: there is no sentence"
    used = asked(code).union(*(WITH.get(name, ()) for name in asked(code)), READ.get(code, ()))
    used |= names_in(OF_FAMILY.get(code, ""))
    used |= READ_OF_EXACT if code in OF_EXACT else READ_OF_FILES if code.startswith("file_") else frozenset()
    if "…" in label_of(problem.facts.get("field", ""), problem.facts):
        return f"{code}: the name of its setting has a hole"
    lacking, idle = sorted(asked(code) - told), sorted(told - used)
    return f"{code}: lacks {lacking}, tells {idle} to nobody" if lacking or idle else ""


@contextmanager
def listening() -> Iterator[list[str]]:
    """The faults of all problems that the product's own code stores or says meanwhile."""
    faults: list[str] = []
    to_document = Problem.to_document

    def told(problem: Problem) -> dict[str, Any]:
        by_a_test = sys._getframe(1).f_code.co_filename.startswith(TESTS)
        if not by_a_test and (fault := fault_of(problem)):
            faults.append(fault)
        return to_document(problem)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Problem, "to_document", told)
        yield faults
