"""The bodies of the till API's answers, as pydantic models: what is answered, and what the OpenAPI document says of it.

A field with a default may be absent; every other is always there.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from pydantic import BaseModel, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from clyo_ingest.answer_body import AnswerBody
from clyo_ingest.document import ParametersDocument
from clyo_ingest.models import Parameters, ReceivedClosing
from clyo_ingest.parameters import OF_PARAMETERS, Version
from clyo_ingest.problem_bodies import ClosingLinks, Fault
from clyo_ingest.schema import SAME_AS
from exports.models import ClosingState, StoredClosing
from exports.way.destination import (
    ACTIVATION_STATES,
    DIFFERENCE_KINDS,
    ENTRY_STATES,
    ActivationStatus,
    BookedDifference,
    BookedEntry,
)
from exports.way.lost_past import SendAgain as Asked
from exports.words.history import STATES
from exports.words.problems import SENTENCES, sentence
from ledger.kinds import ClosingKind
from tenants.models import Establishment, Till


class Problem(AnswerBody):
    """Something a person should know or mend."""

    code: Annotated[str, Field(json_schema_extra={"x-extensible-enum": sorted(SENTENCES)})]
    """What it is; never changes. More codes may come."""
    pointer: str
    """The JSON pointer of the field in the closing; empty for the closing as a whole."""
    message: str
    """The sentence to show, which says what to do next, in the language of `Accept-Language`."""
    blocking: bool
    """Whether it holds the closing; one that does not is a warning."""

    @classmethod
    def of(cls, problem: Mapping[str, Any]) -> "Problem":
        """A stored problem with its sentence."""
        code, pointer, blocking = problem["code"], problem["pointer"], problem["blocking"]
        return cls(code=code, pointer=pointer, message=sentence(problem), blocking=blocking)


class Identity(AnswerBody):
    """Which closing of this till it is: the same identity is the same closing."""

    kind: ClosingKind
    """What it covers."""
    scope: str
    """The station or the drawer; empty for a general closing."""
    number: int
    """The till's own number of the closing."""


class ClosingAnswer(AnswerBody):
    """What became of a closing."""

    id: UUID
    """Our id of the closing."""
    identity: Identity
    """The till's own name of the closing."""
    state: ClosingState
    """How far it is."""
    problems: list[Problem]
    """What holds it, and what a person should know of it."""
    links: ClosingLinks
    """Where to ask for it."""

    @classmethod
    def of(cls, closing: StoredClosing, *, scope: str) -> "ClosingAnswer":
        """The body of a push's 201 and 200."""
        return cls(
            id=closing.pk,
            identity=Identity(kind=ClosingKind(closing.kind), scope=scope, number=closing.number),
            state=ClosingState(closing.state),
            problems=[Problem.of(problem) for problem in closing.told_problems],
            links=ClosingLinks.to(closing.pk),
        )


class EntryAnswer(AnswerBody):
    """One entry of the closing in Exact."""

    journal: str
    """The code of the journal it is in."""
    number: int | None
    """Exact's number of the entry; null until it stands there."""
    reference: str
    """What we wrote into the entry to find it again."""
    state: Annotated[str, Field(json_schema_extra={"enum": ENTRY_STATES})]
    """How far it is."""
    posted_at: datetime | None
    """Since when it stands in Exact; null until then."""


class DifferenceAnswer(AnswerBody):
    """Exact's books no longer hold an entry as it was posted: what the nightly comparison found. A person must look."""

    kind: Annotated[str, Field(json_schema_extra={"enum": DIFFERENCE_KINDS})]
    """In what it differs."""
    reference: str
    """Of which entry: its `reference`."""
    found_at: datetime
    """When it was seen first."""
    message: str
    """The sentence to show, which says what to do next."""


class ClosingDetail(ClosingAnswer):
    """A closing with its entries, and where Exact's books differ from them."""

    business_date: date
    """The day it is booked on."""
    received_at: datetime
    """When it was pushed first."""
    entries: list[EntryAnswer]
    """Its entries in Exact; none before it is being exported."""
    differences: list[DifferenceAnswer]
    """Where Exact's books differ from the entries and nobody has settled it."""

    @classmethod
    def about(
        cls, closing: ReceivedClosing, entries: Iterable[BookedEntry], differences: Iterable[BookedDifference]
    ) -> "ClosingDetail":
        """The body of a closing that is asked for."""
        short = ClosingAnswer.of(closing.stored, scope=closing.scope)
        return cls(
            id=short.id,
            identity=short.identity,
            state=short.state,
            problems=short.problems,
            links=short.links,
            business_date=closing.stored.business_date,
            received_at=closing.received_at,
            entries=[EntryAnswer.model_validate(it, from_attributes=True) for it in entries],
            differences=[DifferenceAnswer.model_validate(it, from_attributes=True) for it in differences],
        )


class ClosingPage(AnswerBody):
    """One page of a list of closings, newest first."""

    results: list[ClosingDetail]
    """At most 50 closings."""
    next: str | None
    """The address of the following page; null on the last."""


class Shop(AnswerBody):
    """An establishment."""

    code: str
    """Its short code."""
    name: str
    """Its name."""

    @classmethod
    def of(cls, establishment: Establishment) -> "Shop":
        return cls(code=establishment.code, name=establishment.name)


class LastClosing(AnswerBody):
    """The newest closing that arrived of one kind and scope."""

    kind: ClosingKind
    """What it covers."""
    scope: str
    """The station or the drawer; empty for a general closing."""
    number: int
    """The till's own number of the closing."""
    received_at: datetime
    """When it was pushed first."""


class TillAnswer(AnswerBody):
    """Who the till is."""

    id: int
    """Our number of the till."""
    name: str
    """Its name in the console."""
    establishment: Shop
    """Where it stands."""
    customer: str
    """The name of the customer it belongs to."""

    @classmethod
    def of(cls, till: Till) -> "TillAnswer":
        shop = Shop.of(till.establishment)
        return cls(id=till.pk, name=till.name, establishment=shop, customer=till.establishment.tenant.name)


ActivationState = Annotated[str, Field(json_schema_extra={"enum": ACTIVATION_STATES})]


class Activation(AnswerBody):
    """Whether the till's establishment is exported, in short."""

    state: ActivationState
    """How far the activation is."""
    label: str
    """The company in Exact, such as "8301 - CLYO"; empty before one is chosen."""


class DivisionAnswer(AnswerBody):
    """A company in Exact Online."""

    code: int
    """Its number."""
    name: str
    """Its name."""


class SettingProblemAnswer(AnswerBody):
    """One setting to mend."""

    code: str
    """What is wrong; never changes."""
    field: str
    """Its place in the till's parameters, such as `vat[1].sales_account`; empty for none of them."""
    message: str
    """The sentence to show, which says what to do next."""


class ActivationAnswer(AnswerBody):
    """Where an establishment's closings go, and what keeps them from going there."""

    state: ActivationState
    """How far the activation is: not begun, waiting for a person at Exact's log-in or at the choice of a company,
    held up by `problems`, active, or in need of a new log-in."""
    label: str
    """The company in Exact, such as "8301 - CLYO"; empty before one is chosen."""
    division: DivisionAnswer | None
    """The company in Exact; null before one is chosen."""
    problems: list[SettingProblemAnswer]
    """What to mend, and what a person should know."""

    @classmethod
    def of(cls, status: ActivationStatus) -> "ActivationAnswer":
        """Of an establishment's status; `division` is null until a company was chosen."""
        division = DivisionAnswer(code=status.code, name=status.name) if status.code is not None else None
        problems = [SettingProblemAnswer.model_validate(it, from_attributes=True) for it in status.problems]
        return cls(state=status.state, label=status.label, division=division, problems=problems)


class ActivationLinkAnswer(AnswerBody):
    """The page that sets the export up."""

    url: str
    """The address to open in a browser. Who has it may set the export up, so show it to nobody else."""
    expires_at: datetime
    """Until when it opens."""


class SendAgain(AnswerBody):
    """Closings that we may have lost: push what was closed since then once more, also what we had taken.

    What is here already is answered 200 and nothing happens twice. Do it once for each `number`.
    """

    number: int
    """Names this asking: a till that has followed it needs not do so again."""
    since: datetime | None
    """Push again what was closed after this moment; null: everything the till still has."""


class TillStatus(AnswerBody):
    """Who the till is, where its closings go, and what arrived last."""

    till: TillAnswer
    """The till itself."""
    activation: Activation
    """Whether its establishment is exported."""
    last_closings: list[LastClosing]
    """The newest closing of each kind and scope that arrived."""
    differences: int
    """How many entries of the establishment differ in Exact."""
    server_time: datetime
    """The time on our side, to set the till's clock by."""
    send_again: SendAgain | None
    """What we ask for again, after our data came back from an earlier moment; mostly null."""

    @classmethod
    def of(
        cls,
        till: Till,
        activation: ActivationStatus,
        last: Iterable[ReceivedClosing],
        *,
        differences: int,
        asked: Asked | None,
    ) -> "TillStatus":
        return cls(
            till=TillAnswer.of(till),
            activation=Activation.model_validate(activation, from_attributes=True),
            last_closings=[LastClosing.model_validate(it, from_attributes=True) for it in last],
            differences=differences,
            server_time=timezone.now(),
            send_again=SendAgain.model_validate(asked, from_attributes=True) if asked else None,
        )


class PairingAnswer(AnswerBody):
    """A till that is paired now."""

    till: TillAnswer
    """Who the till is."""
    key: str
    """Its key, shown this once: keep it. Earlier keys of the till are over."""


class KeyAnswer(AnswerBody):
    """A new key."""

    key: str
    """The key, shown this once: keep it, then use it."""


class _ShownAs:
    """What was kept is shown as it is: it met the rules of its own day."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._name = model.__name__

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {SAME_AS: self._name}


class ReplacedAnswer(AnswerBody):
    """The parameters of another till of the establishment, which these took the place of."""

    version: int
    """Their version."""
    till: str
    """The name of the till that had sent them."""
    received_at: datetime
    """When it had sent them."""

    @classmethod
    def of(cls, row: Parameters) -> "ReplacedAnswer":
        return cls(version=row.version, till=row.till.name, received_at=row.received_at)


class ParametersAnswer(AnswerBody):
    """The parameters in force, of the till's establishment."""

    version: int
    """Grows by one with each change."""
    received_at: datetime
    """When they were sent first."""
    parameters: Annotated[dict[str, Any], _ShownAs(ParametersDocument)]
    """What was sent, with every default written out."""
    replaces: ReplacedAnswer | None
    """What another till of the establishment had sent before; null when the version before came from the same till."""
    problems: list[Problem]
    """What a person should know of the change: another till's were replaced, a slot that closings used is gone."""

    @classmethod
    def of(cls, version: Version) -> "ParametersAnswer":
        row, before = version.row, version.replaces
        return cls(
            version=row.version,
            received_at=row.received_at,
            parameters=row.document,
            replaces=ReplacedAnswer.of(before) if before else None,
            problems=[Problem.of(problem.to_document()) for problem in version.problems],
        )


class LoggedClosing(AnswerBody):
    """The closing that a line of the log is about."""

    id: UUID
    """Our id of the closing."""
    kind: ClosingKind
    """What it covers."""
    number: int
    """The till's own number of the closing."""


class LoggedPush(AnswerBody):
    """A push that was refused, as far as it can be read."""

    kind: ClosingKind | None
    """What the closing covers; null when that cannot be read, and for parameters."""
    scope: str
    """The station or the drawer; empty when that cannot be read."""
    number: int | None
    """The till's own number of the closing; null when that cannot be read, and for parameters."""
    status: int
    """The HTTP status it was answered."""
    code: str
    """The code it was answered."""
    errors: list[Fault]
    """The faults that a 422 or a 409 was answered for, at most 20."""


class LogEvent(AnswerBody):
    """One thing that happened."""

    at: datetime
    """When."""
    closing: LoggedClosing | None
    """To which closing; null for a push that was refused, and for parameters."""
    push: LoggedPush | None
    """The push that was refused; null for all else."""
    till: str
    """The name of the till."""
    state: Annotated[str, Field(json_schema_extra={"enum": [*STATES, OF_PARAMETERS]})]
    """What came of it: the new state of the closing or, with a `reference`, of its entry; `refused` as well for a push
    that was refused; `parameters` when some came into force that a person should know something of; `numbers` when one
    said of numbers before the closing that they were never made, or took that back."""
    message: str
    """The same in words."""
    detail: str
    """Why; empty when nothing more is known."""
    by: str
    """The person who did it; empty when nobody did."""
    reference: str
    """Of which entry of the closing; empty for the closing itself."""
    exact_correlation_id: str
    """Exact's own number of the call, for its support; empty for all else."""


class LogAnswer(AnswerBody):
    """A day of an establishment."""

    date: date
    """Which day, in the establishment's time."""
    establishment: Shop
    """Whose day."""
    events: list[LogEvent]
    """What happened, oldest first."""
    truncated: bool
    """Whether there was more than is listed."""
