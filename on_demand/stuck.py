"""Why closings are not in Exact, in sentences: what Exact said of their entries, and what holds them here."""

from collections.abc import Sequence
from uuid import UUID

from exports.console.causes import read_messages_of_exact
from exports.models import StoredClosing
from exports.words.problems import sentence


def why_stuck(closings: Sequence[StoredClosing]) -> dict[UUID, list[str]]:
    """The sentences for each closing."""
    said = read_messages_of_exact(it.pk for it in closings)
    return {
        it.pk: [
            *dict.fromkeys(said.get(it.pk, [])),
            *(sentence(problem) for problem in it.problems if problem["blocking"]),
        ]
        for it in closings
    }
