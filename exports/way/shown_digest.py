"""Digests of what a person was shown: a button does exactly what was shown, or nothing and says so."""

import hashlib
import json
from typing import Any

from exports.way.decide import Decision, Held, Ready


class ShownOtherwise(Exception):
    """Something has changed since the person was shown what would happen."""


def digest_of(decision: Decision, *said: str) -> str:
    """A digest of a decision: the company, the entries or the problems, and `said`, further words on the page."""
    entries = [it.to_document() for it in decision.entries] if isinstance(decision, Ready | Held) else []
    company = decision.destination.division if isinstance(decision, Ready) else None
    problems = [it.to_document() for it in decision.problems]
    return name_of([type(decision).__name__, company and company.pk, entries, problems, *said])


def name_of(told: list[Any]) -> str:
    """A digest of all that a person is told. `told` is JSON-ready; any difference in it gives another digest."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
