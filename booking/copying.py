"""What would make one establishment book like another of the same customer."""

from booking.effective import InForce, effective_settings
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


def _identify(it: InForce) -> tuple[str, ...]:
    """What a setting has in common with the same one of another establishment, whose till has its slots elsewhere."""
    if it.group.till_says_which:
        return it.setting.field, it.facts["slot"], it.facts["rate"]
    return (it.field,)
