"""The closing that a refused push was about, as far as it can be read, and its faults: for the log of the day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from clyo_ingest.body import BODY_MAX, unpacked
from clyo_ingest.document import ClosingDocument, ParametersDocument
from clyo_ingest.errors import ApiError
from clyo_ingest.inbox import body_of, content_of, parsed
from clyo_ingest.models import Push, PushKind
from clyo_ingest.problem_bodies import Fault
from clyo_ingest.receive import conflict_with
from ledger import texts
from ledger.kinds import ClosingKind

# How many refusals of a day are read again; a broken till may have thousands, and the rest are only counted.
READ_MAX = 2 * BODY_MAX
# Finding a fault takes about as long as reading this many bytes.
FAULT_COST = 200
FAULTS_MAX = 20
READ_AT_ONCE = 10
SCOPE_MAX = 40
MODELS: dict[PushKind, type[ClosingDocument | ParametersDocument]] = {
    PushKind.CLOSING: ClosingDocument,
    PushKind.PARAMETERS: ParametersDocument,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Which closing it said it is (None of what cannot be read), and its faults as the till heard them."""

    kind: ClosingKind | None = None
    scope: str = ""
    number: int | None = None
    faults: Sequence[Fault] = field(default_factory=list)


def refused_in(pushes: Sequence[Push]) -> Iterator[tuple[Push, Refused]]:
    """Each push with what can be read of it, and its first 20 faults.

    `pushes` come without their bodies, of which 4 MiB are read in all; many faults make it less.
    """
    left = READ_MAX
    for start in range(0, len(pushes), READ_AT_ONCE):
        some = pushes[start : start + READ_AT_ONCE]
        bodies = Push.objects.in_bulk([it.pk for it in some]) if left > 0 else {}
        for push in some:
            push.body = bodies[push.pk].body if left > 0 and push.pk in bodies else b""
            told = _read(push)
            left -= _length(push) + FAULT_COST * len(told.faults)
            yield push, replace(told, faults=told.faults[:FAULTS_MAX])


def _length(push: Push) -> int:
    try:
        return len(unpacked(body_of(push)))
    except ApiError:
        return BODY_MAX


def _read(push: Push) -> Refused:
    if push.body == b"":
        return Refused()
    try:
        content = content_of(push)
    except ApiError:
        return Refused()
    said = content if isinstance(content, dict) and push.kind == PushKind.CLOSING else {}
    return Refused(
        kind=ClosingKind(said["kind"]) if said.get("kind") in [*ClosingKind] else None,
        scope=_scope(said.get("scope")),
        number=number if type(number := said.get("number")) is int and 0 < number <= texts.BIGGEST else None,
        faults=_faults(push, content),
    )


def _scope(said: Any) -> str:
    usable = isinstance(said, str) and len(said) <= SCOPE_MAX and texts.unusable_in(said) is None
    return said if usable else ""


def _faults(push: Push, content: Any) -> Sequence[Fault]:
    """The faults that made a 422 or a 409, found again by the rules that found them."""
    if push.answer_status not in (409, 422):
        return []
    try:
        document = parsed(MODELS[PushKind(push.kind)], content, code=push.answer_code)
    except ApiError as error:
        return error.errors
    if push.closing is None or not isinstance(document, ClosingDocument):
        return []
    return conflict_with(push.closing, document.canonical()).errors
