"""Breaks in a document: any place of it gets another value, is left out, comes twice, or is called something else."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tools.fuzz.documents import Document
from tools.fuzz.texts import anything

Place: TypeAlias = tuple[str | int, ...]

# Stands in a document for JSON that `json.dumps` would not write.
RAW = "@@raw:{}@@"
_RAW = re.compile(r'"@@raw:(.*?)@@"')
RAWS = ("1e400", "-1E-400", "NaN", "-Infinity", "9" * 400, "9" * 5000, "0x10", "01", "1.", "+1", "'x'", "undefined")
NUMBERS = (0, -1, 1, 10, 11, 10**9 + 1, 10**15 + 1, 2**63, -(2**63), 10**30, 1.5, 23.0, -0.0, 1e15, 1e308, 5e-324)
MONEY = (
    *("", "1", "1.5", "1.234", "-0.00", "+1.00", "1,50", "1 000.00", "1e3", "NaN", "Infinity", ".50", "00.00"),
    *("١٠٠.٠٠", "１２.００", "²³.⁰⁰", "12.50\n", " 12.50", "99999999999.99", "-99999999999.99", "999999999999.99"),
    *("12.50\u202e", "0x1.00", "1_000.00", "−12.50", "€12.50", "100.00", "99.99"),
)
MOMENTS = (
    *("2026-02-30", "2026-13-01", "9999-12-31", "0001-01-01", "1999-12-31", "2100-12-31", "2101-01-01", "20260314"),
    *("2026-W10-1", "14/03/2026", "٢٠٢٦-٠٣-١٤", "2026-03-14T00:00:00", "1795680000", "now", "-2026-03-14"),
    *("2026-03-14T08:55:00Z", "2026-03-14T08:55:00", "2026-03-14T25:00:00+01:00", "2026-03-14T08:55:60+01:00"),
    *(
        "2026-03-14T08:55:00+15:59",
        "2026-03-14T08:55:00-23:59",
        "2026-03-14 08:55:00+01:00",
        "2000-01-01T00:00:00+15:59",
    ),
    *("2100-12-31T23:59:59-15:59", "2026-03-14T08:55:00.123456789+01:00", "2026-03-29T02:30:00+01:00"),
)
NAMES = (
    "__proto__",
    "constructor",
    "",
    "a/b",
    "~",
    "Kind",
    "kind ",
    "＿kind",
    "<fuzz>",
    "\x00",
    "\ud800",
    "x" * 5000,
    "0",
)
LISTS_LONG = (2, 11, 101, 201, 500, 501)
SCRIPT_DIGITS = tuple(
    str.maketrans("0123456789", "".join(chr(first + it) for it in range(10))) for first in (0x660, 0xFF10)
)

values = st.one_of(
    st.sampled_from(MONEY),
    st.sampled_from(MOMENTS),
    st.sampled_from(NUMBERS),
    st.sampled_from(RAWS).map(RAW.format),
    st.sampled_from([None, True, False, "", [], {}, [[]], [None], {"": None}, "x" * 5000]),
    anything,
)
HOWS = (
    "value",
    "value",
    "value",
    "value",
    "left out",
    "unknown",
    "renamed",
    "wrapped",
    "longer",
    "digits",
    "other type",
    "stretched",
)


@st.composite
def broken(draw: st.DrawFn, document: Document, times: int) -> tuple[Any, tuple[str, ...]]:
    """The document with so many breaks, and what they are."""
    found: Any = copy.deepcopy(document)
    said = []
    for _time in range(times):
        place = draw(st.sampled_from([*places(found)]))
        how = draw(st.sampled_from(HOWS))
        found = _break(draw, found, place, how)
        said.append(f"{how} at /{'/'.join(map(str, place))}"[:200])
    return found, tuple(said)


def places(document: Any, above: Place = ()) -> Iterator[Place]:
    """Every place of a document, the whole of it first."""
    yield above
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, value in inner:
        yield from places(value, (*above, name))


def at(document: Any, place: Place) -> Any:
    """What stands at a place. Raises `LookupError` or `TypeError` when there is no such place."""
    for part in place:
        document = document[part]
    return document


def text_of(document: Any, **options: Any) -> str:
    """The document as JSON, or as what is meant to be none."""
    return _RAW.sub(lambda found: found[1], json.dumps(document, **options))


def _break(draw: st.DrawFn, document: Any, place: Place, how: str) -> Any:
    value = at(document, place)
    match how:
        case "left out" | "renamed" if place:
            return _move(document, place, draw(st.sampled_from(NAMES)) if how == "renamed" else None)
        case "unknown" if isinstance(value, dict):
            return _put(document, place, {**value, draw(st.sampled_from(NAMES)): draw(values)})
        case "wrapped":
            return _put(document, place, draw(st.sampled_from([[value], {"value": value}, [value, value]])))
        case "longer" if isinstance(value, list) and value:
            return _put(document, place, (value * draw(st.sampled_from(LISTS_LONG)))[: max(LISTS_LONG)])
        case "digits" if isinstance(value, str):
            return _put(document, place, value.translate(draw(st.sampled_from(SCRIPT_DIGITS))))
        case "other type" if isinstance(value, str | int | float):
            return _put(document, place, _other_type(value))
        case "stretched" if isinstance(value, str):
            return _put(document, place, value + draw(st.sampled_from(["\n", " ", "\x00", "\u202e", "x" * 130, "0"])))
    return _put(document, place, draw(values))


def _other_type(value: str | float) -> Any:
    """A number for a text of digits, a text for a number: what a careless serializer makes of it."""
    if not isinstance(value, str):
        return str(value)
    try:
        return float(value)
    except ValueError:
        return len(value)


def _put(document: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    at(document, place[:-1])[place[-1]] = value
    return document


def _move(document: Any, place: Place, name: str | None) -> Any:
    above = at(document, place[:-1])
    value = above.pop(place[-1])
    if name is not None:
        above.insert(0, value) if isinstance(above, list) else above.__setitem__(name, value)
    return document
