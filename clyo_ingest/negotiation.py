"""Which form an answer has: JSON, whatever `Accept` says; where there is a choice, the one that was asked for."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JsonAnyway(DefaultContentNegotiation):
    """Never 406 (RFC 9110 allows it, 12.4.1): a push is not refused for the form of its answer."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> Any:
        first, *others = renderers
        if not others:
            return first, first.media_type  # and the query, which may be anything, is not read
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except (NotAcceptable, Http404):
            return first, first.media_type


class ByFormat(JsonAnyway):
    """Where there is a choice: `?format=` decides before `Accept` does. One that nobody knows is a 422 in JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> Any:
        chosen = [it for it in renderers if it.format == request.query_params.get("format")]
        return super().select_renderer(request, chosen or renderers, format_suffix)
