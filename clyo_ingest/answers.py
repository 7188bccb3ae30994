"""The bodies of the till API's good answers."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from pydantic import BaseModel

from clyo_ingest.addresses import closing_address
from clyo_ingest.document import ParametersDocument
from clyo_ingest.models import Closing
from exports.destination import ActivationStatus, BookedDifference, BookedEntry
from exports.models import Export
from exports.problems import sentence
from tenants.models import Till


class Problem(BaseModel):
    """Something a person should know or mend; `blocking` ones hold the closing."""

    code: str
    pointer: str
    message: str
    blocking: bool


class Identity(BaseModel):
    kind: str
    scope: str
    number: int


class ClosingLinks(BaseModel):
    self: str


class ClosingAnswer(BaseModel):
    """What became of a closing."""

    id: UUID
    identity: Identity
    state: str
    problems: list[Problem]
    links: ClosingLinks


class EntryAnswer(BaseModel):
    """One entry in Exact. `number` is null until it stands there."""

    journal: str
    number: int | None
    reference: str
    state: str
    posted_at: datetime | None


class DifferenceAnswer(BaseModel):
    """Exact's books no longer hold an entry as it was posted: what the nightly comparison found. A person must look."""

    kind: str
    reference: str
    found_at: datetime
    message: str


class ClosingDetail(ClosingAnswer):
    """A closing with its entries, and where Exact's books differ from them."""

    business_date: date
    received_at: datetime
    entries: list[EntryAnswer]
    differences: list[DifferenceAnswer]


class ClosingPage(BaseModel):
    """One page of a list; `next` is the address of the following one."""

    results: list[ClosingDetail]
    next: str | None


class Shop(BaseModel):
    code: str
    name: str


class LastClosing(BaseModel):
    kind: str
    scope: str
    number: int
    received_at: datetime


class TillAnswer(BaseModel):
    """Who the till is."""

    id: int
    name: str
    establishment: Shop
    customer: str


class Activation(BaseModel):
    state: str
    label: str


class DivisionAnswer(BaseModel):
    code: int
    name: str


class SettingProblemAnswer(BaseModel):
    """One setting to mend: `field` is its place in the till's parameters."""

    code: str
    field: str
    message: str


class ActivationAnswer(BaseModel):
    """Where an establishment's closings go, and what keeps them from going there."""

    state: Literal["inactive", "awaiting_login", "awaiting_division", "invalid", "active", "reconnect_required"]
    label: str
    division: DivisionAnswer | None
    problems: list[SettingProblemAnswer]


class ActivationLinkAnswer(BaseModel):
    """The page to open in a browser, until when."""

    url: str
    expires_at: datetime


class TillStatus(BaseModel):
    """Who the till is, where its closings go, what arrived last, how many entries of its shop differ in Exact."""

    till: TillAnswer
    activation: Activation
    last_closings: list[LastClosing]
    differences: int
    server_time: datetime


class PairingAnswer(BaseModel):
    """The till's key, shown this once."""

    till: TillAnswer
    key: str


class KeyAnswer(BaseModel):
    key: str


class ParametersAnswer(BaseModel):
    """The parameters in force."""

    version: int
    received_at: datetime
    parameters: ParametersDocument


class LoggedClosing(BaseModel):
    id: UUID
    kind: str
    number: int


class LogEvent(BaseModel):
    """One thing that happened. `closing` is null for a push that was refused."""

    at: datetime
    closing: LoggedClosing | None
    till: str
    state: str
    message: str
    detail: str
    by: str
    reference: str
    exact_correlation_id: str


class LogAnswer(BaseModel):
    """A day of an establishment, oldest first."""

    date: date
    establishment: Shop
    events: list[LogEvent]
    truncated: bool


class Fault(BaseModel):
    """One thing to mend. `parameter` is there when it is one of the address, not of the body."""

    pointer: str
    code: str
    message: str
    parameter: str | None = None


class ProblemAnswer(BaseModel):
    """RFC 9457. `code` never changes; the sentences are in the caller's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[Fault] = []


class ConflictAnswer(ProblemAnswer):
    """Another closing has this number: `id` and `links` are of the one that was received first and stands."""

    id: UUID
    links: ClosingLinks


def problem_answer(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A stored problem with its sentence."""
    return {
        "code": problem["code"],
        "pointer": problem["pointer"],
        "message": sentence(problem),
        "blocking": problem["blocking"],
    }


def closing_answer(export: Export, *, scope: str) -> dict[str, Any]:
    """The body of a push's 201 and 200."""
    return {
        "id": str(export.pk),
        "identity": {"kind": export.kind, "scope": scope, "number": export.number},
        "state": export.state,
        "problems": [problem_answer(problem) for problem in export.problems],
        "links": {"self": closing_address(export.pk)},
    }


def closing_detail(
    closing: Closing, entries: Iterable[BookedEntry], differences: Iterable[BookedDifference]
) -> dict[str, Any]:
    """The body of a closing that is asked for."""
    export = closing.export
    return {
        **closing_answer(export, scope=closing.scope),
        "business_date": export.business_date.isoformat(),
        "received_at": closing.received_at,
        "entries": [
            {
                "journal": entry.journal,
                "number": entry.number,
                "reference": entry.reference,
                "state": entry.state,
                "posted_at": entry.posted_at,
            }
            for entry in entries
        ],
        "differences": [
            {"kind": it.kind, "reference": it.reference, "found_at": it.found_at, "message": it.message}
            for it in differences
        ],
    }


def till_answer(till: Till) -> dict[str, Any]:
    establishment = till.establishment
    return {
        "id": till.pk,
        "name": till.name,
        "establishment": {"code": establishment.code, "name": establishment.name},
        "customer": establishment.tenant.name,
    }


def activation_answer(status: ActivationStatus) -> dict[str, Any]:
    return {
        "state": status.state,
        "label": status.label,
        "division": {"code": status.code, "name": status.name} if status.code is not None else None,
        "problems": [{"code": it.code, "field": it.field, "message": it.message} for it in status.problems],
    }


def till_status(
    till: Till, activation: ActivationStatus, last: Iterable[Closing], *, differences: int
) -> dict[str, Any]:
    return {
        "till": till_answer(till),
        "activation": {"state": activation.state, "label": activation.label},
        "last_closings": [
            {"kind": it.kind, "scope": it.scope, "number": it.number, "received_at": it.received_at} for it in last
        ],
        "differences": differences,
        "server_time": timezone.now(),
    }
