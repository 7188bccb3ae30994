"""Whether a closing continues the one before it: in its date, clock, drawer and signature.

A break is a warning and holds nothing: the sales are real, and who looks after the till must know.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from ledger.closing import Closing as Facts
from ledger.money import BOOKS, told_in
from ledger.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The data of a closing by which it is compared with the next one; empty where it was not told, or not stored.

    Of the signature and of the one before it only digests are compared: a till may send any length.
    """

    number: int
    training: bool = False
    business_date: date | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    float_open: Decimal | None = None
    float_left: Decimal | None = None
    signature: str = ""
    signature_before: str = ""

    @classmethod
    def of(cls, facts: Facts, document: Mapping[str, Any], before: Self | None) -> Self:
        """Read a closing. Training leaves drawer and signature as the closing right before it did."""
        signature, cash = document.get("signature") or {}, facts.cash
        left, signed = cash.float_left if cash else None, _digest(signature.get("value"))
        handing_on = before if facts.training and before and before.number == facts.number - 1 else None
        return cls(
            number=facts.number,
            training=facts.training,
            business_date=facts.business_date,
            opened_at=facts.opened_at,
            closed_at=facts.closed_at,
            float_open=cash.float_open if cash else None,
            float_left=handing_on.float_left if handing_on and left is None else left,
            signature=handing_on.signature if handing_on and not signed else signed,
            signature_before=_digest(signature.get("previous")),
        )


def breaks(earlier: Told, later: Told, *, currency: str = BOOKS) -> Iterator[Problem]:
    """Yield what does not go on from one closing to the next of its sequence; amounts are in `currency`."""
    if later.training:
        return
    facts = {"earlier": str(earlier.number), "later": str(later.number)}
    found = (*_of_time(earlier, later), *_of_drawer(earlier, later, currency), *_of_chain(earlier, later))
    for code, pointer, more in found:
        yield Problem(code=code, pointer=pointer, facts={**facts, **more}, blocking=False)


def _of_time(earlier: Told, later: Told) -> Iterator[tuple[str, str, dict[str, str]]]:
    """A till may tell the day's opening with each closing of the day: the same opening is no step back."""
    if earlier.business_date and later.business_date and later.business_date < earlier.business_date:
        told = {"date": later.business_date.isoformat(), "former": earlier.business_date.isoformat()}
        yield "date_back", "/business_date", told
    elif earlier.closed_at and later.opened_at and later.closed_at:
        if later.opened_at < earlier.closed_at and later.opened_at != earlier.opened_at:
            yield "clock_back", "/opened_at", _times(later.opened_at, earlier.closed_at)
        elif later.closed_at < earlier.closed_at:
            yield "clock_back", "/closed_at", _times(later.closed_at, earlier.closed_at)


def _times(told: datetime, ended: datetime) -> dict[str, str]:
    return {"told": told.isoformat(), "ended": ended.isoformat()}


def _of_drawer(earlier: Told, later: Told, currency: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    left, taken_over = earlier.float_left, later.float_open
    if left is not None and taken_over is not None and left != taken_over:
        told = {"expected": told_in(currency, left), "found": told_in(currency, taken_over)}
        yield "float_gap", "/cash/float_open", told


def _of_chain(earlier: Told, later: Told) -> Iterator[tuple[str, str, dict[str, str]]]:
    """A till that never names the signature before has no chain to break; one that began to sign has no break."""
    if not earlier.signature:
        return
    if not later.signature:
        yield "signature_missing", "/signature", {}
    elif later.signature == earlier.signature:
        yield "signature_repeated", "/signature/value", {}
    elif later.signature_before != earlier.signature and (later.signature_before or earlier.signature_before):
        yield "signature_break", "/signature/previous", {}


def _digest(text: str | None) -> str:
    words = (text or "").strip()
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest() if words else ""
