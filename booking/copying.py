"""Copying settings: from another establishment of the same customer, or for a move to another customer."""

from dataclasses import dataclass

from booking.codes import CodeKind
from booking.effective import InForce, effective_settings
from booking.fields import with_settings
from booking.mapping import Overrides
from booking.models import Mapping


def proposed_from(source: Mapping, mapping: Mapping) -> dict[str, str]:
    """The settings in force in `source` that differ here, by the field's name here.

    VAT slots correspond when number and rate are the same. Settings that people left open there are not proposed.
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


# Settings whose values are codes of one company only, and not of the chart of accounts that all share.
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
    # Former slots are for closings of before the move.
    return Carried(
        overrides=overrides.model_copy(update={"former_slots": {}}),
        settings=[it for it in own if it not in left],
        left=left,
    )


def with_own_codes(overrides: Overrides, mapping: Mapping | None) -> Overrides:
    """Settings that are carried over, with the codes of one company only that people set in the `mapping` there."""
    if mapping is None:
        return overrides
    own = {it.field: it.own for it in effective_settings(mapping) if it.own and it.code in OF_ONE_COMPANY}
    carried = Mapping(
        establishment_id=mapping.establishment_id,
        parameters=mapping.parameters,
        overrides=overrides.model_dump(mode="json", exclude_defaults=True),
    )
    return with_settings(carried, own)


def _identify(it: InForce) -> tuple[str, ...]:
    """What a setting has in common with the same one of another establishment, whose till has its slots elsewhere."""
    if it.group.till_says_which:
        return it.setting.field, it.facts["slot"], it.facts["rate"]
    return (it.field,)
