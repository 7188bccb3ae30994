"""What each address of the till API may be asked, as pydantic models: the source of every 422 about a query and of the
parameters in the OpenAPI document. What is unknown or said twice is refused, too: a filter that is misspelt would give
everything.
"""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError
from rest_framework.request import Request
from rest_framework.views import APIView

from clyo_ingest.document import Day, Number
from clyo_ingest.errors import ApiError, pointer, validation_message
from clyo_ingest.problem_bodies import Fault
from exports.models import ClosingState
from ledger import texts
from ledger.kinds import ClosingKind

NAME_SHOWN_MAX = 80


def _number(text: str) -> int:
    number = texts.whole(text)
    if number is None:
        raise PydanticCustomError("int_parsing", "A whole number is expected")
    return number


def _cursor(text: Any) -> tuple[datetime, UUID]:
    try:
        told, _bar, closing_id = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        instant = datetime.fromisoformat(told)
        if not texts.in_years(instant):
            raise ValueError("no instant a closing was received at")
        return instant.astimezone(UTC), UUID(closing_id)
    except (ValueError, binascii.Error) as error:
        raise PydanticCustomError("cursor_invalid", "Not a cursor") from error


def cursor_after(received_at: datetime, closing_id: UUID) -> str:
    """The cursor of the page that begins after this closing."""
    return base64.urlsafe_b64encode(f"{received_at.isoformat()}|{closing_id}".encode()).decode()


Cursor = Annotated[tuple[datetime, UUID], BeforeValidator(_cursor), WithJsonSchema({"type": "string"})]


class Query(BaseModel):
    """What may be asked of an address: of most, nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ClosingsQuery(Query):
    """Which closings: all filters that are given hold together."""

    first: Annotated[Day | None, Field(alias="from", description="First business date.")] = None
    last: Annotated[Day | None, Field(alias="to", description="Last business date.")] = None
    state: Annotated[ClosingState | None, Field(description="Only closings in this state.")] = None
    kind: Annotated[ClosingKind | None, Field(description="Only closings of this kind.")] = None
    number: Annotated[
        Annotated[Number, BeforeValidator(_number)] | None, Field(description="Only closings of this number.")
    ] = None
    cursor: Annotated[Cursor | None, Field(description="From `next` of the page before.")] = None


class LogQuery(Query):
    """Which day's log, and in which form."""

    date: Annotated[Day, Field(description="A calendar day of the establishment.")]
    format: Annotated[
        Literal["json", "txt"] | None, Field(description="Instead of `Accept`: a document, or lines to read.")
    ] = None


Q = TypeVar("Q", bound=Query)


def read_query(request: Request, model: type[Q]) -> Q:
    """What the address asks. Raises `ApiError` 422 that says of each parameter what is wanted instead."""
    # What must be said and is not reads as empty, so that the sentence says what is wanted.
    asked = {name: "" for name, field in model.model_fields.items() if field.is_required()}
    faults: list[Fault] = []
    known = [field.alias or name for name, field in model.model_fields.items()]
    for name, values in request.query_params.lists():
        if name not in known:
            faults.append(_fault(name, "query_unknown", _unknown(known)))
        elif len(values) > 1:
            faults.append(_fault(name, "query_repeated", _("This parameter is there twice: say it once.")))
        else:
            asked[name] = values[0]
    try:
        query = model.model_validate(asked)
    except ValidationError as error:
        said = {fault.parameter for fault in faults}
        faults += [it for it in _invalid(error) if it.parameter not in said]
    if faults:
        raise ApiError(422, "query_invalid", errors=faults)
    return query


def _invalid(error: ValidationError) -> list[Fault]:
    faults = error.errors(include_url=False, include_context=True, include_input=False)
    return [_fault(str(fault["loc"][0]), "query_invalid", validation_message(fault)) for fault in faults]


def _unknown(known: list[str]) -> str:
    if not known:
        return _("There is no such parameter: this address takes none.")
    return _("There is no such parameter. Known are: {names}.").format(names=", ".join(known))


def _fault(name: str, code: str, message: str) -> Fault:
    shown = name[:NAME_SHOWN_MAX]
    return Fault(parameter=shown, pointer=pointer([shown]), code=code, message=message)


class AskedView(APIView):
    """A view of the till API: a GET is asked what its `query` allows, and `asked` holds it. 422 for anything else."""

    query: type[Query] = Query
    asked: Query

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            self.asked = read_query(request, self.query)
