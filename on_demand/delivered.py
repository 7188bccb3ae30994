"""The closings that files for import have held: the next file leaves them out, unless a person asks for all again."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import Count

from ledger.problem import Problem
from on_demand.models import DeliveredClosing, OnDemandClosing, OnDemandClosingState, OnDemandExport, OnDemandState
from postgres.rows import among
from postgres.transactions import assert_in_transaction

ONCE = "on_demand_delivered_once"
NOTED = """
INSERT INTO on_demand_deliveredclosing (tenant_id, closing_id, format, export_id)
SELECT tenant_id, closing_id, %(format)s, export_id FROM on_demand_ondemandclosing
WHERE export_id = %(export)s AND state = %(taken)s ORDER BY place
"""
NOTED_AGAIN = NOTED + "ON CONFLICT (closing_id, format) DO UPDATE SET export_id = EXCLUDED.export_id"


class DeliveredMeanwhile(Exception):
    """Another export has just delivered a closing of this export's file: make the file anew, without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierFile:
    """An earlier file that holds closings of an export."""

    export: OnDemandExport
    closings: int


def earlier_exports(export: OnDemandExport, closing_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """For each of these closings that a file of the same format holds already: the id of that file's export."""
    if not export.for_import:
        return {}
    rows = DeliveredClosing.objects.filter(format=export.format)
    rows = rows.filter(among("closing_id", closing_ids))
    return dict(rows.values_list("closing_id", "export_id"))


def standing_in_files(closing_ids: Collection[UUID]) -> set[UUID]:
    """The closings among these that are in a delivered file."""
    taken = OnDemandClosing.objects.filter(state=OnDemandClosingState.TAKEN, export__state=OnDemandState.DONE)
    delivered = taken.filter(among("closing_id", closing_ids), export__content__isnull=False)
    return {*delivered.order_by().values_list("closing_id", flat=True)}


def note_delivered(export: OnDemandExport) -> None:
    """Store which closings an export's file holds. Must run inside the transaction that delivers it.

    Raises `DeliveredMeanwhile`.
    """
    assert_in_transaction()
    asked: dict[str, str | UUID] = {
        "format": export.format,
        "export": export.pk,
        "taken": OnDemandClosingState.TAKEN.value,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(NOTED_AGAIN if export.again else NOTED, asked)
    except IntegrityError as error:
        if ONCE in str(error):
            raise DeliveredMeanwhile(str(export.pk)) from error
        raise


def earlier_files(export: OnDemandExport) -> list[EarlierFile]:
    """The files that held closings of this export before it, the oldest first."""
    rows = OnDemandClosing.objects.filter(export=export, earlier__isnull=False).order_by().values_list("earlier")
    counted = Counter(dict(rows.annotate(Count("pk"))))
    exports = OnDemandExport.objects.filter(pk__in=[*counted]).select_related("establishment", "tenant")
    return [EarlierFile(export=it, closings=counted[it.pk]) for it in exports.order_by("finished_at")]


def nothing_new(export: OnDemandExport) -> Problem:
    """Why an export delivers no file: every closing of its days is in an earlier one, or there is none."""
    delivered = sum(it.closings for it in earlier_files(export))
    if delivered:
        return Problem(code="run_nothing_new", facts={"count": str(delivered)})
    return Problem(code="run_empty")


def word_on_again(export: OnDemandExport) -> list[Problem]:
    """The report's warning on a file that holds closings which earlier files hold too."""
    delivered = sum(it.closings for it in earlier_files(export)) if export.again else 0
    return [Problem(code="run_again", facts={"count": str(delivered)}, blocking=False)] if delivered else []
