"""What would make one establishment book like another of the same customer, or go on as another customer's."""

from dataclasses import dataclass

from booking.codes import CodeKind
from booking.effective import InForce, effective_settings
from booking.fields import with_settings
from booking.mapping import Overrides
from booking.models import Mapping


def proposed_from(source: Mapping, mapping: Mapping) -> dict[str, str]:
    """What is in force there and is something else here, by the field's name here.

    A VAT slot is the same when its number and rate are; what people left open there is left as it is here.
    """
    assert source.tenant_id == mapping.tenant_id, "settings are copied within one customer"
    here = {_identify(it): it for it in effective_settings(mapping)}
    proposed: dict[str, str] = {}
    for theirs in effective_settings(source):
        ours = here.get(_identify(theirs))
        if not theirs.value:
            continue
        if ours is None and theirs.own and not theirs.group.till_says_which:
            proposed[theirs.field] = theirs.own
        elif ours is not None and ours.value != theirs.value:
            proposed[ours.field] = theirs.value
    return proposed


# What is a number of the one company's own books in Exact, and not of the chart of accounts that all share.
OF_ONE_COMPANY = frozenset({CodeKind.THIRD_PARTY, CodeKind.PAYMENT_CONDITION, CodeKind.COST_CENTER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What people set of one company that holds for another, and which settings are `left` behind."""

    overrides: Overrides
    settings: list[InForce]
    left: list[InForce]


def carried_over(source: Mapping) -> Carried:
    """What people set for an establishment that goes on under another company: accounts, VAT codes and journals."""
    own = [it for it in effective_settings(source) if it.own]
    left = [it for it in own if it.code in OF_ONE_COMPANY]
    overrides = with_settings(source, {it.field: "" for it in left})
    # What the till had before it changed a rate is of closings of before.
    return Carried(
        overrides=overrides.model_copy(update={"former_slots": {}}),
        settings=[it for it in own if it not in left],
        left=left,
    )


def _identify(it: InForce) -> tuple[str, ...]:
    """What a setting has in common with the same one of another establishment, whose till has its slots elsewhere."""
    if it.group.till_says_which:
        return it.setting.field, it.facts["slot"], it.facts["rate"]
    return (it.field,)
