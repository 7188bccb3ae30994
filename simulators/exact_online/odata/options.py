"""The query options of a URL, read and checked against the model (rules 3.5, 3.6)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from simulators.exact_online.edm import Property, Resource
from simulators.exact_online.errors import BadRequest

from .parser import parse_filter, parse_literals
from .syntax import Expression, Literal

KNOWN = {
    "$filter",
    "$select",
    "$orderby",
    "$top",
    "$skip",
    "$skiptoken",
    "$expand",
    "$inlinecount",
    "$format",
}
NUMBER_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Order:
    """One field of `$orderby`."""

    property: Property
    descending: bool


@dataclass(frozen=True, slots=True)
class Options:
    """What a GET asks for. `select` is null for everything, `selected` whether the caller said so or was silent."""

    filter: Expression | None = None
    select: frozenset[str] | None = None
    selected: bool = False
    order: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    skip_token: tuple[Literal, ...] = ()
    expand: frozenset[str] = frozenset()
    child_select: dict[str, frozenset[str]] = field(default_factory=dict)
    inline_count: bool = False

    def shows(self, name: str) -> bool:
        """Whether the property is part of the answer."""
        return self.select is None or name in self.select or name in self.expand


def parse_options(pairs: Iterable[tuple[str, str]], resource: Resource) -> Options:
    """The options of a query string; an unknown `$option` or property is refused."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if not name.startswith("$"):
            continue
        if name not in KNOWN:
            raise BadRequest(
                f"The query parameter '{name}' begins with a system-reserved '$' character but is not recognized."
            )
        if name in given:
            raise BadRequest(f"Query parameter '{name}' is specified, but it should be specified exactly once.")
        given[name] = value
    expand = frozenset(_check_expanded(name, resource) for name in _names(given.get("$expand", "")))
    select, child_select = _selection(_names(given.get("$select", "")), resource)
    return Options(
        filter=parse_filter(given["$filter"]) if given.get("$filter", "").strip() else None,
        select=select,
        selected=bool(_names(given.get("$select", ""))),
        order=tuple(_order(item, resource) for item in _names(given.get("$orderby", ""))),
        top=_number("$top", given["$top"]) if "$top" in given else None,
        skip=_number("$skip", given.get("$skip", "0")),
        skip_token=parse_literals(given["$skiptoken"]) if given.get("$skiptoken", "").strip() else (),
        expand=expand,
        child_select=child_select,
        inline_count=_inline_count(given.get("$inlinecount", "none")),
    )


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _number(option: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= NUMBER_MAX):
        raise BadRequest(f"Incorrect format for {option} argument '{text}'.")
    return int(text)


def _inline_count(text: str) -> bool:
    if text not in ("allpages", "none"):
        raise BadRequest(f"Unknown $inlinecount option, only 'allpages' and 'none' are supported: '{text}'.")
    return text == "allpages"


def _property(name: str, resource: Resource) -> Property:
    prop = resource.properties.get(name)
    if prop is None:
        raise BadRequest(f"Could not find a property named '{name}' on type '{resource.type}'.")
    return prop


def _check_expanded(name: str, resource: Resource) -> str:
    prop = _property(name, resource)
    if not prop.is_collection:
        raise BadRequest(f"Only navigation properties can be specified in $expand: '{name}'.")
    return name


def _selection(names: list[str], resource: Resource) -> tuple[frozenset[str] | None, dict[str, frozenset[str]]]:
    """The selected names, and those selected behind a link: `SalesEntryLines/AmountFC`."""
    selected: set[str] = set()
    children: dict[str, set[str]] = {}
    for name in names:
        head, _, tail = name.partition("/")
        if head != "*":
            selected.add(_property(head, resource).name)
        if tail and tail != "*":
            children.setdefault(head, set()).add(tail)
    if not names or "*" in names:
        return None, {}
    return frozenset(selected), {head: frozenset(tails) for head, tails in children.items()}


def _order(item: str, resource: Resource) -> Order:
    name, _, direction = item.partition(" ")
    direction = direction.strip() or "asc"
    prop = _property(name, resource)
    if prop.is_collection or direction not in ("asc", "desc"):
        raise BadRequest(f"Syntax error in $orderby: '{item}'.")
    return Order(prop, direction == "desc")
