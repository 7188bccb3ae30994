"""What would make one establishment book like another of the same customer."""

import re

from exact.effective import Seen, effective_settings
from exact.models import Mapping

OF_A_SLOT = re.compile(r"vat\[\d+\]\.(\w+)")


def proposed_from(source: Mapping, mapping: Mapping) -> dict[str, str]:
    """What is in force there and is something else here, by the field's name here.

    A VAT slot is the same when its number and rate are; what people left open there is left as it is here.
    """
    assert source.tenant_id == mapping.tenant_id, "settings are copied within one customer"
    here = {
        _key(it.field, it.subject.get("slot", ""), it.subject.get("rate", "")): it for it in effective_settings(mapping)
    }
    proposed: dict[str, str] = {}
    for theirs in effective_settings(source, Seen()):
        ours = here.get(_key(theirs.field, theirs.subject.get("slot", ""), theirs.subject.get("rate", "")))
        if not theirs.value:
            continue
        if ours is None and theirs.own and not OF_A_SLOT.fullmatch(theirs.field):
            proposed[theirs.field] = theirs.own
        elif ours is not None and ours.value != theirs.value:
            proposed[ours.field] = theirs.value
    return proposed


def _key(field: str, slot: str, rate: str) -> tuple[str, ...]:
    found = OF_A_SLOT.fullmatch(field)
    return (found[1], slot, rate) if found else (field,)
