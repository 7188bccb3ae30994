"""What a person was shown, by a name that changes with it: what is done is what was shown, or nothing is."""

import hashlib
import json
from typing import Any

from exports.way.decide import Decision, Held, Ready


class ShownOtherwise(Exception):
    """Something has changed since the person was shown what would happen."""


def digest_of(decision: Decision, *said: str) -> str:
    """A name for what a decision would do: into which company, which entries, or what holds it; and what is `said`."""
    entries = [it.to_document() for it in decision.entries] if isinstance(decision, Ready | Held) else []
    company = decision.destination.division if isinstance(decision, Ready) else None
    problems = [it.to_document() for it in decision.problems]
    return name_of([type(decision).__name__, company and company.pk, entries, problems, *said])


def name_of(told: list[Any]) -> str:
    """A name for all that a person is told, JSON-ready: another as soon as anything of it is other."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
