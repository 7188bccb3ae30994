"""Pages by key, not by position: the skip token names the last row of the page before (rules 3.5)."""

from collections.abc import Callable
from urllib.parse import quote

from simulators.exact_online.errors import BadRequest

from . import literals
from .options import Order
from .sql import Bindings
from .syntax import Literal, Scalar


def seek_condition(columns: list[tuple[str, bool]], after: tuple[Literal, ...], bindings: Bindings) -> str:
    """The rows behind the token, for columns given as (SQL, descending). Nulls come first, as in SQL Server."""
    if len(after) != len(columns):
        raise BadRequest("Invalid $skiptoken for this query.")
    condition = "0"
    for (column, descending), value in reversed(list(zip(columns, after, strict=True))):
        condition = _compare_behind(column, descending, value, condition, bindings)
    return condition


def _compare_behind(column: str, descending: bool, value: Literal, rest: str, bindings: Bindings) -> str:
    if value.value is None:
        beyond = "0" if descending else f"{column} IS NOT NULL"
        return f"({beyond} OR ({column} IS NULL AND {rest}))"
    mark = bindings.bind(value.value)
    beyond = f"({column} < {mark} OR {column} IS NULL)" if descending else f"{column} > {mark}"
    return f"({beyond} OR ({column} = {mark} AND {rest}))"


def skip_token(types: list[str], values: list[Scalar]) -> str:
    """The token of a row: its order values and its key."""
    return ",".join(literals.write(edm_type, value) for edm_type, value in zip(types, values, strict=True))


def next_link(base: str, pairs: list[tuple[str, str]], token: str, top_left: int | None) -> str:
    """The absolute address of the next page; it carries the remaining `$top` and no `$skip` (rules 3.5)."""
    kept = [(name, value) for name, value in pairs if name not in ("$top", "$skip", "$skiptoken")]
    if top_left is not None:
        kept.append(("$top", str(top_left)))
    kept.append(("$skiptoken", token))
    query = "&".join(quote(name, safe="$") + "=" + quote(value, safe="',()$") for name, value in kept)
    return f"{base}?{query}"


def order_columns(order: tuple[Order, ...], column: Callable[[str], str], keys: list[str]) -> list[tuple[str, bool]]:
    """The columns rows are ordered by: those asked for, then the key, so that the order is total."""
    return [(column(item.property.name), item.descending) for item in order] + [(key, False) for key in keys]
