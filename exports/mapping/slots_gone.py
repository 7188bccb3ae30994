"""VAT slots that closings used and that parameters no longer hold."""

from collections.abc import Iterable
from collections.abc import Mapping as ReadOnly
from datetime import datetime
from typing import Any

from django.db import connection

from booking.former_slots import is_blank
from tenants.models import Establishment

# A year of days: enough to meet every slot a shop uses, and few enough that parameters cost no till's turn.
USED = """
SELECT DISTINCT (line ->> 'vat')::int
FROM (
    SELECT document FROM exports_storedclosing
    WHERE tenant_id = %s AND establishment_id = %s AND created_at <= %s
    ORDER BY created_at DESC LIMIT 400
) AS latest, jsonb_array_elements(latest.document -> 'sales') AS line
"""


def slots_gone(
    shop: Establishment, before: ReadOnly[str, Any], after: ReadOnly[str, Any], *, until: datetime
) -> list[int]:
    """The slots that parameters `before` held, `after` do not, and the shop's closings until then used, in order.

    What was set for them stays, and such closings are booked by it (`booking.former_slots`).
    """
    gone = _list_slots(before["vat"]) - _list_slots(after["vat"])
    if not gone:
        return []
    with connection.cursor() as sql:
        sql.execute(USED, [shop.tenant_id, shop.pk, until])
        used = {slot for (slot,) in sql.fetchall()}
    return sorted(gone & used)


def _list_slots(slots: Iterable[ReadOnly[str, Any]]) -> set[int]:
    return {it["slot"] for it in slots if not is_blank(it)}
