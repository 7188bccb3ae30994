"""Former VAT slots: the settings of slots at rates that they do not have any more.

A closing that comes late, and a refund of what was sold before, carry the rate of their day and are booked with these.
A former slot is named by its number and rate: "2@10,00".
"""

from collections.abc import Iterable
from collections.abc import Mapping as ReadOnly
from decimal import Decimal
from typing import Any, TypeVar

from ledger.money import comma_text, percent
from ledger.plan import is_blank_slot

Sent = dict[str, Any]
Setting = TypeVar("Setting")


def key_of(slot: int, rate: Decimal | str) -> str:
    """What a slot at a rate is called among the former ones."""
    return f"{slot}@{comma_text(Decimal(rate))}"


def slot_and_rate(key: str) -> tuple[int, Decimal]:
    """The slot and the rate of a name. Raises `ValueError` when it is none."""
    slot, _at, rate = key.partition("@")
    return int(slot), percent(rate.replace(",", "."))


def is_blank(sent: ReadOnly[str, Any]) -> bool:
    """Whether a slot of the till's parameters is none of the shop's (`is_blank_slot`)."""
    return is_blank_slot(Decimal(sent["rate"]), sent.get("sales_account", ""), sent.get("vat_code", ""))


def former_after(former: Iterable[Sent], before: ReadOnly[str, Any], after: ReadOnly[str, Any]) -> list[Sent]:
    """The former slots after parameters `after` replace `before`: the last settings of each, without those in force."""
    said = [*former, *(it for it in before.get("vat", []) if not is_blank(it))]
    newest = {_key(it): it for it in said}
    in_force = {_key(it) for it in after.get("vat", []) if not is_blank(it)}
    return [newest[key] for key in sorted(newest) if key not in in_force]


def moved_with_their_rates(
    current: ReadOnly[int, Setting],
    former: ReadOnly[str, Setting],
    before: ReadOnly[str, Any],
    after: ReadOnly[str, Any],
) -> tuple[dict[int, Setting], dict[str, Setting]]:
    """People's settings of slots and former slots: each stays with the rate it was set for, and comes back with it.

    An account for sales at 10 % is wrong for sales at 5.5 %.
    """
    now, then = dict(current), dict(former)
    rates = {it["slot"]: it["rate"] for it in after.get("vat", [])}
    for sent in before.get("vat", []):
        if sent["slot"] in now and not _same_rate(rates.get(sent["slot"]), sent["rate"]):
            then[_key(sent)] = now.pop(sent["slot"])
    for sent in after.get("vat", []):
        if _key(sent) in then:
            now[sent["slot"]] = then.pop(_key(sent))
    return now, then


def _key(sent: ReadOnly[str, Any]) -> str:
    return key_of(sent["slot"], sent["rate"])


def _same_rate(one: str | None, other: str) -> bool:
    return one is not None and Decimal(one) == Decimal(other)
