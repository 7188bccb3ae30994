"""The path behind the division: resource, key, link, count (rules 3.3, 3.4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .edm import Resource, find_resource
from .errors import NotFound
from .odata.parser import parse_key
from .odata.syntax import Literal

_PATH = re.compile(
    r"(?P<name>[\w/]+?)(?:\((?P<key>[^()]*|'.*')\))?(?:/(?P<link>\w+))?(?P<count>/\$count)?/?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL points at: a list, a row (`key`), or the rows behind a link of a row."""

    resource: Resource
    key: Mapping[str, Literal] | None = None
    link: str | None = None
    count: bool = False


def resource_name(path: str) -> str:
    """The resource a path names, for counters and faults, also when it does not exist."""
    return path.partition("(")[0].removesuffix("/$count").strip("/")


def parse_address(path: str) -> Address:
    """The address, or 404 when the path is none or names no resource."""
    match = _PATH.fullmatch(path)
    name = resource_name(path)
    resource = find_resource(name)
    if match is None or resource is None:
        raise NotFound(f"Resource not found for the segment '{name.rsplit('/', 1)[-1]}'.")
    if match["key"] is None:
        return Address(resource, count=match["count"] is not None)
    return Address(resource, parse_key(match["key"]), match["link"], match["count"] is not None)
