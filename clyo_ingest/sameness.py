"""Whether two documents mean the same closing; if not, where they differ.

All that is booked or proven is compared. Not compared: the version of the till's software, the printed report (a
reprint is another file), the order of lines, the UTC offset of a time, leading zeros of an amount, and whether a field
is left out or empty. So a field that is added to the contract later changes no earlier closing.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ledger.money import cents, money_text

NOT_COMPARED = frozenset({"software", "report"})
INSTANTS = frozenset({"opened_at", "closed_at"})
EMPTY: tuple[Any, ...] = (None, "", [], {}, False)  # 0 too, which is False: no ticket cancelled
# An amount may be told as 025.00 or -0.00; a label that looks like one is a text.
AMOUNTS = frozenset(
    [
        "net",
        "tax",
        "gross",
        "amount",
        "float_open",
        "expected",
        "counted",
        "banked",
        "float_left",
        "perpetual_before",
        "perpetual_after",
        "rate",
    ]
)


def same_closing(stands: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two stored documents (`ClosingDocument.canonical`) of one identity mean the same."""
    return meaning_of(stands) == meaning_of(other)


def meaning_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a closing's document that is compared, in one normal form."""
    return {
        name: meant
        for name, value in document.items()
        if name not in NOT_COMPARED and (meant := _read_as_meant(name, value)) not in EMPTY
    }


def differing(stands: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """JSON pointers into `other`, each at what `stands` says otherwise: a line, or a field that differs as a whole."""
    before, after = meaning_of(stands), meaning_of(other)
    return [
        pointer
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
        for pointer in _pointers(f"/{name}", before.get(name), other.get(name))
    ]


def _pointers(path: str, before: Any, told: Any) -> Iterator[str]:
    """The pointers of the differences below `path`. `before` is in normal form, `told` as it was sent."""
    if isinstance(told, list):
        known = Counter(map(_text, before or []))
        others = []
        for place, line in enumerate(told):
            text = _text(_read_as_meant("", line))
            if known[text]:
                known[text] -= 1
            else:
                others.append(f"{path}/{place}")
        yield from others or [path]
    elif isinstance(told, Mapping) and isinstance(before, Mapping):
        for field in sorted({*before, *told}):
            if before.get(field, "") != _read_as_meant(field, told.get(field) or ""):
                yield from _pointers(f"{path}/{field}", before.get(field), told.get(field))
    else:
        yield path


def _read_as_meant(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: meant for key, it in value.items() if (meant := _read_as_meant(key, it)) not in EMPTY}
    if isinstance(value, list):
        return sorted((_read_as_meant("", it) for it in value), key=_text)
    if name in INSTANTS and isinstance(value, str):
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    return money_text(cents(value)) if name in AMOUNTS and value else value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
