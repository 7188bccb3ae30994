"""A till's row, locked while a closing of it is stored, and read with all that says where the closing goes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from booking.models import Mapping
from exact.models import Activation, Division
from exports.coverage.anew import ANEW, read_anew
from exports.coverage.judge import Practice
from exports.way.prepare import Destination
from postgres.partial_row import PartialRow
from postgres.transactions import assert_in_transaction
from tenants.models import Establishment

ESTABLISHMENT = PartialRow(
    "establishment",
    Establishment,
    "id tenant_id code booked_level time_zone books_from reviews_left suspended_at ended_on",
)
MAPPING = PartialRow("mapping", Mapping, "id establishment_id parameters overrides former_slots")
ACTIVATION = PartialRow("activation", Activation, "id establishment_id division_id active problems")
DIVISION = PartialRow("division", Division, "id tenant_id journal_accounts")

# In plain SQL, as each closing begins with this query and composing it anew costs more than running it. The names in it
# are those of our own columns. The establishment gets the lock that the closing's foreign key would take anyway: it
# keeps the kind of closing that is booked as it was read. It is locked before the till, as everywhere.
LOCKED = f"""
SELECT {ESTABLISHMENT.sql}, {MAPPING.sql}, {ACTIVATION.sql}, {DIVISION.sql},
    kinds.told, kinds.untold, kinds.asked_at IS NOT NULL AND kinds.answered_at IS NULL, {ANEW},
    till.ended_at
FROM tenants_till AS till
JOIN tenants_establishment AS establishment ON establishment.id = till.establishment_id
LEFT JOIN booking_mapping AS mapping ON mapping.establishment_id = establishment.id
LEFT JOIN exact_activation AS activation ON activation.establishment_id = establishment.id
LEFT JOIN exact_division AS division ON division.id = activation.division_id
LEFT JOIN exports_closingkinds AS kinds ON kinds.establishment_id = establishment.id
WHERE till.id = %s
FOR KEY SHARE OF establishment FOR NO KEY UPDATE OF till
"""  # noqa: S608
# First of all, in a statement of its own: what waits for a lock reads other tables as they were before it waited, and a
# till that was replaced meanwhile began a series of tickets (`exports.coverage.anew`).
SHOP = """
SELECT FROM tenants_establishment WHERE id = (SELECT establishment_id FROM tenants_till WHERE id = %s) FOR {lock}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedTill:
    """A till, its establishment, and where that one's closings go. Columns not read here are read when asked for."""

    till_id: int
    establishment: Establishment
    destination: Destination
    practice: Practice
    ended_at: datetime | None = None


def lock_till(till_id: int, *, whole_shop: bool = False) -> LockedTill:
    """Wait for the till's other closings: each must see the one before. Must run inside a transaction.

    `whole_shop`: wait for those of the establishment's other tills too, and let them wait.
    """
    assert_in_transaction()
    with connection.cursor() as sql:
        sql.execute(SHOP.format(lock="UPDATE" if whole_shop else "KEY SHARE"), [till_id])
        sql.execute(LOCKED, [till_id])
        row = iter(sql.fetchone())
    establishment, mapping = ESTABLISHMENT.read(row), MAPPING.read(row)
    activation, division = ACTIVATION.read(row), DIVISION.read(row)
    if activation.pk is not None:
        activation.division = division
    destination = Destination.to(
        activation if activation.pk is not None else None,
        mapping if mapping.pk is not None else Mapping(establishment=establishment),
        establishment,
    )
    told, untold, question_open, anew, ended_at = row
    practice = Practice(
        level=establishment.booked_level,
        told=frozenset(told or ()),
        untold=frozenset(untold or ()),
        question_open=question_open,
        anew=read_anew(anew),
    )
    return LockedTill(
        till_id=till_id,
        establishment=establishment,
        destination=destination,
        practice=practice,
        ended_at=ended_at,
    )
