"""Rows to the JSON a caller sees (rules 3.4, 3.7): metadata first, the model's order, `/Date(ms)/`."""

from collections.abc import Mapping
from typing import Any

from .database import Row
from .edm import Property, Resource
from .odata.literals import write
from .odata.options import Options
from .readings import Readings

NOISE = 2**-40


def entity(
    resource: Resource,
    base: str,
    values: Row,
    options: Options,
    expanded: Mapping[str, list[Any]],
    readings: Readings,
) -> dict[str, Any]:
    """One row. `base` is the address before the resource's name; `expanded` holds the children asked for."""
    uri = entity_uri(resource, base, values)
    body: dict[str, Any] = {"__metadata": {"uri": uri, "type": resource.type}}
    for name, prop in resource.properties.items():
        if not options.shows(name):
            continue
        if not prop.is_collection:
            body[name] = value_of(prop, values[name], readings)
        elif name in expanded:
            body[name] = {"results": expanded[name]}
        else:
            body[name] = {"__deferred": {"uri": f"{uri}/{name}"}}
    return body


def entity_uri(resource: Resource, base: str, values: Row) -> str:
    """The address of a row: `…/SalesEntries(guid'…')`, or by names when the key has several parts."""
    keys = [(prop.name, write(prop.type, values[prop.name])) for prop in resource.keys]
    key = keys[0][1] if len(keys) == 1 else ",".join(f"{name}={value}" for name, value in keys)
    return f"{base}/{resource.name}({key})"


def value_of(prop: Property, value: Any, readings: Readings) -> Any:
    """A kept value as JSON shows it."""
    if value is None:
        return None
    match prop.type:
        case "Edm.DateTime":
            return f"/Date({int(value)})/"
        case "Edm.Boolean":
            return bool(value)
        case "Edm.Double":
            number = float(value)
            if number.is_integer():
                return int(number)
            return number + NOISE if readings.amounts_out == "noisy" else number
        case "Edm.Int64" if readings.int64_out == "text":
            return str(value)
        case "Edm.Binary":
            return None  # never given back (rules 3.7)
    return value


def list_body(rows: list[dict[str, Any]], *, bare: bool, next_page: str | None, count: int | None) -> dict[str, Any]:
    """A list in one of the two envelopes (rules 3.4)."""
    if bare:
        return {"d": rows}
    inner: dict[str, Any] = {"results": rows}
    if count is not None:
        inner["__count"] = str(count)
    if next_page is not None:
        inner["__next"] = next_page
    return {"d": inner}
