"""Every address of the service, from Django's resolver, so that a new view cannot be forgotten."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

NAMED = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
REGULAR = re.compile(r"[\^$]|\\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One pattern a request can reach: its route, the names it takes, the model whose admin serves it."""

    route: str
    takes: tuple[str, ...]
    model: str | None

    def path(self, values: Mapping[str, Any]) -> str:
        """The path with `values` in it. Raises `KeyError` for a name that has no value: say what it is."""
        return "/" + NAMED.sub(lambda found: str(values[found[1] or found[2]]), self.route)


def every_address() -> list[Address]:
    """Every address below the root, the API's and the console's alike."""
    return [*_addresses(get_resolver(), "")]


def _addresses(resolver: URLResolver, above: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = above + REGULAR.sub("", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern, route)
        else:
            yield Address(route=route, takes=tuple(a or b for a, b in NAMED.findall(route)), model=_model_of(pattern))


def _model_of(pattern: URLPattern) -> str | None:
    model_admin = getattr(pattern.callback, "model_admin", None) or pattern.default_args.get("model_admin")
    label: str | None = model_admin.model._meta.label_lower if model_admin else None
    return label
