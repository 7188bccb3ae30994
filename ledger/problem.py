"""A user's mistake as a value: what is wrong, where, and the facts; its sentence is written elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing in a closing or in a booking plan that a person has to mend or to know.

    ``code`` never changes; ``pointer`` is the JSON pointer of the faulty field in the closing (``""`` is the
    whole closing); ``facts`` are what a sentence needs, as text. A blocking problem holds the closing.

    A drawer with 1.00 too much expected is ``code="cash_expected"``, ``pointer="/cash/expected"``,
    ``facts={"expected": "464.00", "found": "465.00"}``.
    """

    code: str
    pointer: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    blocking: bool = True

    def to_document(self) -> dict[str, Any]:
        """Return a JSON-ready dict that ``from_document`` reads back to an equal problem."""
        return {
            "code": self.code,
            "pointer": self.pointer,
            "facts": dict(self.facts),
            "blocking": self.blocking,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read back what ``to_document`` wrote."""
        return cls(
            code=document["code"],
            pointer=document["pointer"],
            facts=dict(document["facts"]),
            blocking=document["blocking"],
        )
