"""A till that is locked while its closing is taken, read with all that says where the closing goes."""

from dataclasses import dataclass

from django.db import connection

from exact.models import Activation, Division, Mapping
from exact.partial_row import PartialRow
from exports.prepare import Destination
from tenants.models import Establishment

ESTABLISHMENT = PartialRow("establishment", Establishment, "id tenant_id code booked_level time_zone")
MAPPING = PartialRow("mapping", Mapping, "id establishment_id parameters overrides former_slots")
ACTIVATION = PartialRow("activation", Activation, "id establishment_id division_id active problems")
DIVISION = PartialRow("division", Division, "id tenant_id journal_accounts")

# In plain SQL: every closing begins with it, and composing the same query anew costs more than running it. The names
# are those of our own columns.
LOCKED = f"""
SELECT {ESTABLISHMENT.sql}, {MAPPING.sql}, {ACTIVATION.sql}, {DIVISION.sql}
FROM tenants_till AS till
JOIN tenants_establishment AS establishment ON establishment.id = till.establishment_id
LEFT JOIN exact_mapping AS mapping ON mapping.establishment_id = establishment.id
LEFT JOIN exact_activation AS activation ON activation.establishment_id = establishment.id
LEFT JOIN exact_division AS division ON division.id = activation.division_id
WHERE till.id = %s
FOR NO KEY UPDATE OF till
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedTill:
    """A till, its establishment, and where that one's closings go. Columns not read here are read when asked for."""

    till_id: int
    establishment: Establishment
    destination: Destination


def lock_till(till_id: int) -> LockedTill:
    """Wait for the till's other closings: each must see the one before. Must run inside a transaction."""
    with connection.cursor() as sql:
        sql.execute(LOCKED, [till_id])
        row = iter(sql.fetchone())
    establishment, mapping = ESTABLISHMENT.read(row), MAPPING.read(row)
    activation, division = ACTIVATION.read(row), DIVISION.read(row)
    if activation.pk is not None:
        activation.division = division
    destination = Destination.to(
        activation if activation.pk is not None else None,
        mapping if mapping.pk is not None else Mapping(establishment=establishment),
    )
    return LockedTill(till_id=till_id, establishment=establishment, destination=destination)
