"""The raw push: read within its limits, and on disk before anything judges it."""

import json
import zlib
from typing import Any, TypeVar

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from pydantic import BaseModel, ValidationError

from clyo_ingest.errors import ApiError, validation_errors
from clyo_ingest.keys import KnownTill
from clyo_ingest.models import Push, PushKind

BODY_MAX = 2 * 1024 * 1024
GZIP_WINDOW = 16 + zlib.MAX_WBITS

D = TypeVar("D", bound=BaseModel)


# In plain SQL: every push begins with it.
STORED = """
INSERT INTO clyo_ingest_push (
    tenant_id, till_id, kind, content_type, content_encoding, body, received_at, answer_code)
VALUES (%s, %s, %s, %s, %s, %s, %s, '') RETURNING id
"""


def store_push(request: HttpRequest, known: KnownTill, kind: PushKind) -> Push:
    """Read the body and write it down in a transaction of its own, whatever it holds.

    A body that is too large is kept up to the limit, then refused like every other fault: by `content_of`.
    """
    body = request.read(BODY_MAX + 1)
    push = Push(
        tenant_id=known.tenant_id,
        till_id=known.till_id,
        kind=kind,
        content_type=request.headers.get("Content-Type", "")[:100],
        content_encoding=request.headers.get("Content-Encoding", "").strip().lower()[:20],
        body=body,
        received_at=timezone.now(),
    )
    row = (push.tenant_id, push.till_id, push.kind, push.content_type, push.content_encoding, body)
    with connection.cursor() as sql:
        sql.execute(STORED, (*row, push.received_at))
        (push.pk,) = sql.fetchone()
    return push


def content_of(push: Push) -> Any:
    """The JSON value of a push. A byte order mark before it is ignored. Raises `ApiError` 413, 415 or 400."""
    if push.content_type.partition(";")[0].strip().lower() != "application/json":
        raise ApiError(415, "unsupported_media_type")
    body = unpacked(push)
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "not_json") from error


def parsed(model: type[D], content: Any, *, code: str) -> D:
    """The validated document. Raises `ApiError` 422 that lists every fault with its pointer."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise ApiError(422, code, errors=validation_errors(error)) from error


def note_refusal(push: Push, error: ApiError) -> None:
    """Remember with the raw push what it was answered."""
    Push.objects.filter(pk=push.pk).update(answer_status=error.status, answer_code=error.code)


def unpacked(push: Push) -> bytes:
    """The body without its gzip, at most 2 MiB. Raises `ApiError` 413, 415 or 400."""
    body = bytes(push.body)
    if len(body) > BODY_MAX:
        raise ApiError(413, "too_large")
    if push.content_encoding in ("", "identity"):
        return body
    if push.content_encoding != "gzip":
        raise ApiError(415, "unsupported_media_type")
    unzip = zlib.decompressobj(GZIP_WINDOW)
    try:
        # Never unpacks more than one byte beyond the limit: a gzip bomb costs nothing.
        content = unzip.decompress(body, BODY_MAX + 1)
    except zlib.error as error:
        raise ApiError(400, "not_json") from error
    if len(content) > BODY_MAX:
        raise ApiError(413, "too_large")
    if not unzip.eof:
        raise ApiError(400, "not_json")
    return content
