"""Request bodies: JSON, checked against the model, turned into values (rules 3.7, 4.2).

What the model does not know, or cannot be read as its type, is a 400. What the model knows but the method does
not accept is silently left out: an AmountDC that was posted changes nothing.
"""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from .clock import wall_clock_ms
from .edm import Property, Resource
from .errors import BadRequest, Refused
from .messages import problem
from .odata.literals import GUID, INT64, parse_datetime
from .readings import Readings

RANGES = {"Edm.Byte": (0, 255), "Edm.Int16": (-(2**15), 2**15 - 1), "Edm.Int32": (-(2**31), 2**31 - 1)}
AMOUNT_MAX = Decimal(10) ** 13
YEAR_1_MS, YEAR_10000_MS = -62_135_596_800_000, 253_402_300_800_000
PROBLEM = "Error processing request stream."
# Lengths found in practice; the reference has none (rules 5).
LENGTHS: dict[str, dict[str, int]] = {
    "salesentry/SalesEntries": {"Description": 60, "YourRef": 40, "PaymentReference": 25},
    "salesentry/SalesEntryLines": {"Description": 60},
    "financialtransaction/CashEntryLines": {"Description": 60},
    "financialtransaction/BankEntryLines": {"Description": 60},
    "generaljournalentry/GeneralJournalEntryLines": {"Description": 60},
    "crm/Accounts": {"Name": 50, "Code": 18},
    "financial/GLAccounts": {"Description": 60, "Code": 24},
}
LENGTH_TERMS = {
    "Description": "description",
    "YourRef": "your_ref",
    "PaymentReference": "payment_reference",
    "Name": "name",
    "Code": "code",
}
GENERAL_LINES = "generaljournalentry/GeneralJournalEntryLines"


@dataclass(frozen=True, slots=True)
class BodyRules:
    """How the values of bodies are read for one company: by its time zone, and by the readings in force."""

    zone: ZoneInfo
    readings: Readings


def parse_json(raw: bytes) -> dict[str, Any]:
    """The body as a JSON object."""
    try:
        body = json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise BadRequest(f"{PROBLEM} The request content is not valid JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest(f"{PROBLEM} The request content is not a JSON object.")
    return body


def _no_constant(name: str) -> None:
    raise ValueError(name)


def read_properties(resource: Resource, body: dict[str, Any], method: str | None, rules: BodyRules) -> dict[str, Any]:
    """The values of a body by property, those the method accepts (null: all); collections stay lists of bodies.

    A link that comes back as it was given out says nothing of the rows behind it (rules 3.4).
    """
    values: dict[str, Any] = {}
    for name, value in body.items():
        if name == "__metadata":
            continue
        prop = resource.properties.get(name)
        if prop is None:
            raise BadRequest(f"{PROBLEM} The property name '{name}' specified for type '{resource.type}' is not valid.")
        if prop.is_collection and isinstance(value, dict) and "__deferred" in value:
            continue
        converted = _children(prop, value) if prop.is_collection else _convert(prop, value, rules)
        if method is None or prop.accepted_on(method) or _takes_amount_dc(resource, name, rules):
            values[name] = converted
    _fit_lengths(resource, values, rules)
    return values


def _takes_amount_dc(resource: Resource, name: str, rules: BodyRules) -> bool:
    """Read-only by its page, and posted by a known client all the same (rules 6)."""
    return name == "AmountDC" and resource.name == GENERAL_LINES and rules.readings.general_amount_dc == "taken"


def _fit_lengths(resource: Resource, values: dict[str, Any], rules: BodyRules) -> None:
    if rules.readings.long_texts == "kept":
        return
    longest = LENGTHS.get(resource.name, {})
    too_long = [name for name in longest if len(values.get(name) or "") > longest[name]]
    if too_long and rules.readings.long_texts == "refused":
        raise Refused([problem("too_long", LENGTH_TERMS[name]) for name in too_long])
    for name in too_long:
        values[name] = values[name][: longest[name]]


def _children(prop: Property, value: object) -> list[dict[str, Any]]:
    """Nested bodies, bare or inside `results`."""
    if isinstance(value, dict) and isinstance(value.get("results"), list):
        value = value["results"]
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise BadRequest(f"{PROBLEM} The value of the property '{prop.name}' is not a collection of objects.")
    return value


def _convert(prop: Property, value: object, rules: BodyRules) -> Any:
    if value is None:
        return None
    converted = _CONVERTERS[prop.type](value, rules)
    if converted is None:
        raise BadRequest(
            f"{PROBLEM} Error encountered in converting the value from request payload for property"
            f" '{prop.name}' to type '{prop.type}'."
        )
    low, high = RANGES.get(prop.type, (converted, converted))
    if not low <= converted <= high:
        raise BadRequest(f"{PROBLEM} The value of the property '{prop.name}' is out of range for '{prop.type}'.")
    return converted


def _string(value: object, rules: BodyRules) -> str | None:
    if not isinstance(value, str) or "\0" in value:
        return None
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return value


def _guid(value: object, rules: BodyRules) -> str | None:
    return value.lower() if isinstance(value, str) and GUID.match(value) else None


def _convert_whole(value: object, rules: BodyRules) -> int | None:
    number = _double(value, rules)
    if number is None or number != number.to_integral_value():
        return None
    return int(number) if -INT64 <= number < INT64 else None


def _double(value: object, rules: BodyRules) -> Decimal | None:
    """A number, or a string of one (rules 3.7)."""
    if isinstance(value, str) and rules.readings.numbers_as_text == "refused":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        return None
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d{1,15}(\.\d{1,15})?\s*", value) is None:
        return None
    number = Decimal(value)
    return number if number.is_finite() and abs(number) < AMOUNT_MAX else None


def _boolean(value: object, rules: BodyRules) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and rules.readings.numbers_as_text == "read":
        return {"true": True, "false": False}.get(value.strip().lower())
    return None


def _datetime(value: object, rules: BodyRules) -> int | None:
    """Without a zone as it stands; with a zone shifted to the company's wall clock (rules 3.7: a `Z` shifts it)."""
    if not isinstance(value, str):
        return None
    ticks = re.fullmatch(r"/Date\((-?\d{1,14})([+-]\d{4})?\)/", value)
    if ticks is not None:
        moment = int(ticks[1])
        return moment if YEAR_1_MS <= moment < YEAR_10000_MS else None
    local = parse_datetime(value)
    if local is not None:
        return local
    zoned = re.fullmatch(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?)(?:Z|([+-])(\d{2}):(\d{2}))", value)
    moment_utc = parse_datetime(zoned[1]) if zoned is not None else None
    if zoned is None or moment_utc is None or rules.readings.zoned_dates == "refused":
        return None
    if rules.readings.zoned_dates == "as_written":
        return moment_utc
    offset_minutes = (int(zoned[3]) * 60 + int(zoned[4])) * (-1 if zoned[2] == "-" else 1) if zoned[2] else 0
    try:
        return wall_clock_ms(moment_utc - offset_minutes * 60_000, rules.zone)
    except (ValueError, OverflowError):
        return None


def _binary(value: object, rules: BodyRules) -> str | None:
    """Base64 (rules 3.7), without the line breaks that encoders of mail put in."""
    if not isinstance(value, str):
        return None
    text = "".join(value.split())
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return text


_CONVERTERS: dict[str, Callable[[object, BodyRules], Any]] = {
    "Edm.String": _string,
    "Edm.Guid": _guid,
    "Edm.Byte": _convert_whole,
    "Edm.Int16": _convert_whole,
    "Edm.Int32": _convert_whole,
    "Edm.Int64": _convert_whole,
    "Edm.Double": _double,
    "Edm.Boolean": _boolean,
    "Edm.DateTime": _datetime,
    "Edm.Binary": _binary,
}
