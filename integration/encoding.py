"""Queries and forms are UTF-8, whatever a client declares."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.http import parse_header_parameters


def read_everything_as_utf_8() -> None:
    """Keep Django from decoding query and form with what a client declares, `hex` and `idna` too.

    It does so while it makes the request, before any middleware and with no setting to stop it.
    """
    HttpRequest._set_content_type_params = _note_content_type  # type: ignore[attr-defined]


def _note_content_type(request: HttpRequest, meta: Mapping[str, Any]) -> None:
    request.content_type, request.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
