"""GET: lists, one by its key, children behind a link, counts (rules 3.4 to 3.6)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from .database import Database, Row
from .edm import Property, Resource, load_resources
from .errors import BadRequest, NotFound
from .odata import paging
from .odata.options import Options
from .odata.sql import NUMBERS, Bindings, FilterCompiler
from .odata.stamps import in_wall_clock
from .odata.syntax import Call, Comparison, Expression, Field, Literal, Logical, Not, Scalar
from .readings import Readings
from .render import entity, list_body
from .resources.catalogue import PROJECTIONS, demands_of
from .resources.entries import ENTRIES
from .resources.projection import Projection

SELECT_MISSING = "Please add a $select or a $top=1 statement to the query string."
FILTER_MISSING = (
    "This endpoint has mandatory filtering applied. A GET request for this endpoint must have a $filter parameter with"
    " one of the following fields in the url: {fields}."
)
EVERYTHING = Options()
LOOK_UP_DELAY_MS = 30_000


def require_filter(fields: Collection[str] | None, options: Options) -> None:
    """400 unless the filter names one of the fields that are demanded, if any are (rules 3.6)."""
    if fields and not (options.filter is not None and _fields(options.filter) & set(fields)):
        raise BadRequest(FILTER_MISSING.format(fields=", ".join(fields)))


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom rows are read: the values every projection may name, and the address of the rows."""

    base: str
    values: Mapping[str, Scalar]
    zone: ZoneInfo
    readings: Readings = field(default_factory=Readings)


class Reader:
    """Reads one resource for one caller. `within` narrows it to the children of a row."""

    def __init__(
        self, database: Database, resource: Resource, scope: Scope, within: tuple[str, Scalar] | None = None
    ) -> None:
        self._database = database
        self._resource = resource
        self._projection: Projection = PROJECTIONS[resource.name]
        self._scope = scope
        self._bindings = Bindings(dict(scope.values))
        self._conditions = [self._projection.scope]
        self._is_narrowed = within is not None
        if within is not None:
            self._conditions.append(f"{self._column(within[0])} = {self._bindings.bind(within[1])}")

    def _column(self, name: str) -> str:
        """The SQL of a property; a flag that was never set is false, not null (rules 3.7)."""
        column = self._projection.column(name)
        return f"coalesce({column}, 0)" if self._resource.properties[name].type == "Edm.Boolean" else column

    def by_key(self, key: Mapping[str, Literal], options: Options = EVERYTHING) -> dict[str, Any]:
        """The row with that key, or 404."""
        row = self._row_by_key(key, self._names(options))
        return self._entities([row], options)[0]

    def key_of(self, key: Mapping[str, Literal]) -> Scalar:
        """The value of a single key, once it is sure that the row exists."""
        own = self._resource.keys[0]
        value: Scalar = self._row_by_key(key, [own.name])[own.name]
        return value

    def _row_by_key(self, key: Mapping[str, Literal], names: list[str]) -> Row:
        for prop in self._resource.keys:
            literal = key.get(prop.name, key.get("") if len(self._resource.keys) == 1 else None)
            if literal is None or len(key) != len(self._resource.keys) or not _fits(prop, literal):
                raise BadRequest(f"Bad Request - Error in query syntax: key of '{self._resource.type}'.")
            self._conditions.append(f"{self._column(prop.name)} = {self._bindings.bind(literal.value)}")
        rows = self._select(names, "LIMIT 1")
        if not rows:
            raise NotFound(f"Resource not found for the segment '{self._resource.name.rsplit('/', 1)[-1]}'.")
        return rows[0]

    def count(self, options: Options) -> int:
        """How many rows the filter lets through."""
        self._add_filter(options)
        self._hide_what_is_new()
        number: int = self._database.value(self._statement("count(*)"), self._bindings.values)
        return number

    def page(self, options: Options, address: str, pairs: list[tuple[str, str]]) -> dict[str, Any]:
        """A page of rows in its envelope; `pairs` is the query as it came, for the link to the next page."""
        self._refuse_demands(options)
        self._add_filter(options)
        self._hide_what_is_new()
        count = None
        if options.inline_count and (options.top is None or self._scope.readings.inline_count_with_top == "counted"):
            count = self._database.value(self._statement("count(*)"), self._bindings.values)
        size = self._resource.page_size
        wanted = size if options.top is None else min(options.top, size)
        rows = self._page(options, wanted)
        more = len(rows) > wanted and (options.top is None or options.top > size)
        rows = rows[:wanted]
        link = self._next_link(rows, options, address, pairs) if more else None
        bare = count is None and self._is_bare(options.top)
        return list_body(self._entities(rows, options), bare=bare, next_page=link, count=count)

    def _is_bare(self, top: int | None) -> bool:
        """Whether a list comes without `results`; callers saw different things (rules 3.4)."""
        reading = self._scope.readings.top_envelope
        if top is None or top > self._resource.page_size or reading == "results":
            return False
        return top != 1 or reading == "bare"

    def _hide_what_is_new(self) -> None:
        """By one reading an entry can be looked up only some time after it was made (rules 8)."""
        if self._scope.readings.look_up_delay == "30_s" and self._resource.name in ENTRIES:
            seen_before = int(self._scope.values["now"] or 0) - LOOK_UP_DELAY_MS
            self._conditions.append(f"{self._column('Created')} <= {self._bindings.bind(seen_before)}")

    def children(self, foreign: str, parents: list[Scalar], names: frozenset[str] | None) -> dict[Scalar, list[Any]]:
        """The rows behind a link for several parents at once, by parent."""
        marks = ", ".join(self._bindings.bind(parent) for parent in parents)
        self._conditions.append(f"{self._column(foreign)} IN ({marks})")
        for name in names or ():
            if name not in self._resource.properties:
                raise BadRequest(f"Could not find a property named '{name}' on type '{self._resource.type}'.")
        options = Options(select=names, selected=names is not None)
        rows = self._select([*self._names(options), foreign], f"ORDER BY {self._line_order()}")
        found: dict[Scalar, list[Any]] = {parent: [] for parent in parents}
        for row, body in zip(rows, self._entities(rows, options), strict=True):
            found[row[foreign]].append(body)
        return found

    def _line_order(self) -> str:
        name = "LineNumber" if "LineNumber" in self._resource.properties else self._resource.keys[0].name
        return self._column(name)

    def _page(self, options: Options, wanted: int) -> list[Row]:
        order = paging.order_columns(options.order, self._column, self._key_columns())
        if options.skip_token:
            self._check_token(options)
            self._conditions.append(paging.seek_condition(order, options.skip_token, self._bindings))
        clause = ", ".join(
            self._steering(options) + (f"{column} DESC" if descending else column) for column, descending in order
        )
        limit, offset = self._bindings.bind(wanted + 1), self._bindings.bind(options.skip)
        names = [*self._names(options), *(item.property.name for item in options.order)]
        return self._select(names, f"ORDER BY {clause} LIMIT {limit} OFFSET {offset}")

    def _steering(self, options: Options) -> str:
        """A `+` before the order's columns keeps SQLite from walking them instead of the filter's index.

        Without it a filter by reference walks the books in the order of their ids until it meets the row. A
        filter on the key itself (sync by Timestamp) is best walked in order.
        """
        fields = _fields(options.filter) if options.filter is not None else set()
        walks_in_order = not fields or any(prop.name in fields for prop in self._resource.keys)
        return "" if walks_in_order and not self._is_narrowed else "+"

    def _check_token(self, options: Options) -> None:
        expected = [*(item.property for item in options.order), *self._resource.keys]
        if len(expected) != len(options.skip_token) or not all(
            literal.type == "null" or _fits(prop, literal)
            for prop, literal in zip(expected, options.skip_token, strict=True)
        ):
            raise BadRequest("Invalid $skiptoken for this query.")

    def _next_link(self, rows: list[Row], options: Options, address: str, pairs: list[tuple[str, str]]) -> str:
        props = [*(item.property for item in options.order), *self._resource.keys]
        token = paging.skip_token([prop.type for prop in props], [rows[-1][prop.name] for prop in props])
        left = options.top - len(rows) if options.top is not None else None
        return paging.next_link(address, pairs, token, left)

    def _key_columns(self) -> list[str]:
        return [self._column(prop.name) for prop in self._resource.keys]

    def _names(self, options: Options) -> list[str]:
        """The scalar properties to read: those shown, and the key, which the metadata needs."""
        return [prop.name for prop in self._resource.scalars if prop.key or options.shows(prop.name)]

    def _refuse_demands(self, options: Options) -> None:
        demands = demands_of(self._resource.name, self._scope.readings)
        if demands.select_or_top_one and not options.selected and options.top != 1:
            raise BadRequest(SELECT_MISSING)
        if not demands.all_allowed and options.selected and options.select is None:
            raise BadRequest(SELECT_MISSING)
        if demands.filter_only is not None and options.filter is not None:
            others = sorted(_fields(options.filter) - demands.filter_only)
            if others:
                raise BadRequest(f"Filtering on these fields is not supported: {', '.join(others)}.")

    def _add_filter(self, options: Options) -> None:
        if options.filter is not None:
            readings = self._scope.readings
            ignore_case = readings.text_case == "does_not_matter"
            compiler = FilterCompiler(self._resource, self._column, self._bindings, ignore_case=ignore_case)
            in_utc = readings.stamps_in_filters == "utc"
            tree = in_wall_clock(options.filter, self._scope.zone) if in_utc else options.filter
            self._conditions.append(compiler.condition(tree))

    def _select(self, names: list[str], tail: str) -> list[Row]:
        columns = ", ".join(f'{self._column(name)} AS "{name}"' for name in dict.fromkeys(names))
        return self._database.rows(f"{self._statement(columns)} {tail}", self._bindings.values)

    def _statement(self, columns: str) -> str:
        # Columns and conditions come from the model and the projections; every value is bound by name.
        return f"SELECT {columns} FROM {self._projection.source} WHERE {' AND '.join(self._conditions)}"  # noqa: S608

    def _entities(self, rows: list[Row], options: Options) -> list[dict[str, Any]]:
        expanded = {name: self._expand(name, rows, options) for name in sorted(options.expand)} if rows else {}
        key = self._resource.keys[0].name
        return [
            entity(
                self._resource,
                self._scope.base,
                row,
                options,
                {name: children.get(row[key], []) for name, children in expanded.items()},
                self._scope.readings,
            )
            for row in rows
        ]

    def _expand(self, name: str, rows: list[Row], options: Options) -> dict[Scalar, list[Any]]:
        link = self._projection.links.get(name)
        if link is None:
            return {}  # a link of the model that leads to nothing here
        child = Reader(self._database, load_resources()[link.resource], self._scope)
        key = self._resource.keys[0].name
        return child.children(link.foreign, [row[key] for row in rows], options.child_select.get(name))


def _fits(prop: Property, literal: Literal) -> bool:
    if literal.type == prop.type:
        return True
    return literal.type == "Edm.Int64" and prop.type in NUMBERS


def _fields(tree: Expression) -> set[str]:
    match tree:
        case Field():
            return {tree.name}
        case Call():
            return set().union(*(_fields(argument) for argument in tree.arguments))
        case Comparison():
            return _fields(tree.left) | _fields(tree.right)
        case Logical():
            return set().union(*(_fields(term) for term in tree.terms))
        case Not():
            return _fields(tree.term)
        case Literal():
            return set()
