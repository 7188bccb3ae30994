"""The bodies of refusals (RFC 9457), as pydantic models: what is answered, and what the OpenAPI document says of it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from clyo_ingest.addresses import closing_address
from clyo_ingest.answer_body import AnswerBody
from clyo_ingest.refusal_words import TITLES


class ClosingLinks(AnswerBody):
    """Where the closing is."""

    self: str
    """The address of the closing."""

    @classmethod
    def to(cls, closing_id: UUID) -> "ClosingLinks":
        return cls(self=closing_address(closing_id))


class Fault(AnswerBody):
    """One thing that is missing or wrong."""

    pointer: str
    """The JSON pointer of the field in the body; of a parameter of the address, a slash and its name."""
    code: str
    """What is wrong; never changes. More codes may come."""
    message: str
    """What is wanted instead."""
    parameter: str = ""
    """The parameter of the address that is meant; absent when it is a field of the body."""


class ProblemAnswer(AnswerBody):
    """A refusal (RFC 9457). The sentences are in the caller's language."""

    type: str
    """A name for the code that is unique in the world: `urn:clyo-exact:problem:` and the code."""
    title: str
    """What happened, and what to do next."""
    status: int
    """The HTTP status."""
    code: Annotated[str, Field(json_schema_extra={"x-extensible-enum": sorted(TITLES)})]
    """What happened; never changes. More codes may come."""
    detail: str
    """What is known beyond the title; else the title again."""
    request_id: str = ""
    """The number of the call in our logs, as in `X-Request-ID`."""
    errors: list[Fault] = []
    """Every fault, each with its place."""


class ConflictAnswer(ProblemAnswer):
    """Another closing has this identity: the one that was received first stands, this one is kept for support."""

    id: UUID
    """Our id of the closing that stands."""
    links: ClosingLinks
    """Where to ask for it."""
