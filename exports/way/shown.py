"""What a person was shown, by a name that changes with it: what is done is what was shown, or nothing is."""

import hashlib
import json

from exports.way.decide import Decision, Held, Ready


class ShownOtherwise(Exception):
    """Something has changed since the person was shown what would happen."""


def digest_of(decision: Decision, *said: str) -> str:
    """A name for what a decision would do: into which company, which entries, or what holds it; and what is `said`."""
    entries = [it.to_document() for it in decision.entries] if isinstance(decision, Ready | Held) else []
    company = decision.destination.division if isinstance(decision, Ready) else None
    problems = [it.to_document() for it in decision.problems]
    told = [type(decision).__name__, company and company.pk, entries, problems, *said]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
