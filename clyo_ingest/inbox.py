"""The raw push: read up to its limits, and stored before it is checked."""

from contextlib import suppress
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest
from django.utils import timezone
from pydantic import BaseModel, ValidationError

from clyo_ingest.body import BODY_MAX, SMALL_BODY_MAX, Body, document_of, read_body, refuse_unmeasured
from clyo_ingest.errors import ApiError, validation_errors
from clyo_ingest.keys import KnownTill
from clyo_ingest.models import Push, PushKind

D = TypeVar("D", bound=BaseModel)
# PostgreSQL's text holds no NUL; it is kept as U+FFFD, as a declared type would be another one without it.
NUL = ("\0", "\ufffd")


# In plain SQL, as every push begins with it.
STORED = """
INSERT INTO clyo_ingest_push (
    tenant_id, till_id, kind, content_type, content_encoding, body, received_at, answer_code)
VALUES (%s, %s, %s, %s, %s, %s, %s, '') RETURNING id
"""


def store_push(request: HttpRequest, known: KnownTill, kind: PushKind) -> Push:
    """Read the body and store it in a transaction of its own, whatever it holds.

    Of a body that is too large the first bytes, up to the limit, are stored; `content_of` refuses it later.
    """
    body = read_body(request, limit=BODY_MAX)
    push = Push(
        tenant_id=known.tenant_id,
        till_id=known.till_id,
        kind=kind,
        content_type=body.content_type.replace(*NUL)[:100],
        content_encoding=body.encoding.replace(*NUL)[:20],
        body=body.content,
        received_at=timezone.now(),
    )
    row = (push.tenant_id, push.till_id, push.kind, push.content_type, push.content_encoding, body.content)
    with connection.cursor() as sql:
        sql.execute(STORED, (*row, push.received_at))
        (push.pk,) = sql.fetchone()
    return push


def body_of(push: Push) -> Body:
    """The stored body, with the content type and encoding that were declared."""
    return Body(content=bytes(push.body), content_type=push.content_type, encoding=push.content_encoding)


def content_of(push: Push) -> Any:
    """The JSON value of a push. Raises `ApiError` 413, 415 or 400."""
    return document_of(body_of(push))


def small_document(request: HttpRequest) -> Any:
    """The JSON value of a call that is not kept, at most 10,000 bytes. Raises `ApiError` 411, 413, 415 or 400."""
    refuse_unmeasured(request)
    return document_of(read_body(request, limit=SMALL_BODY_MAX), limit=SMALL_BODY_MAX)


def parsed(model: type[D], content: Any, *, code: str) -> D:
    """The validated document. Raises `ApiError` 422 that lists every fault with its pointer."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise ApiError(422, code, errors=validation_errors(error)) from error


def note_refusal(push: Push, error: ApiError) -> None:
    """Store the refusal with the raw push. While the database is away nothing is stored."""
    with suppress(OperationalError, InterfaceError):
        note_answer(push, error.status, code=error.code)


def note_answer(push: Push, status: int, *, code: str = "") -> None:
    """Store the answer with the raw push. Not for one that made a closing: there the closing shows it."""
    Push.objects.filter(pk=push.pk).update(answer_status=status, answer_code=code)
