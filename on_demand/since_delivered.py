"""Closings that count no more, or again, since files for import held them: the next report tells each change once.

A file undoes nothing in a package that imported the former one, so a person does it there.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from exports.models import ClosingState
from exports.way.states import FROM_BEFORE_START
from ledger.problem import Problem
from on_demand.closings import closings_of_its_shops
from on_demand.models import DeliveredClosing, OnDemandClosing, OnDemandClosingState, OnDemandExport, OnDemandState

GONE_SINCE = Problem(code="run_gone_since", blocking=False)
BACK_SINCE = Problem(code="run_back_since", blocking=False)
# As `on_demand.closings.is_given_up`, for rows of the database.
GIVEN_UP = Q(state=ClosingState.ARCHIVED) & ~FROM_BEFORE_START
SAID_GONE = Q(problems__contains=[{"code": GONE_SINCE.code}])
SAID_BACK = Q(problems__contains=[{"code": BACK_SINCE.code}])


def changed_since(export: OnDemandExport) -> Mapping[UUID, Problem]:
    """What to say of closings that earlier files of an export's format hold, of whatever days, by closing.

    Of those of its establishments that count no more, or again after that was said. Empty for a FEC, which corrects
    itself. One that counts again is not named where everything is asked for again: it is in that file.
    """
    if not export.for_import:
        return {}
    delivered = DeliveredClosing.objects.filter(closing=OuterRef("pk"), format=export.format)
    held = closings_of_its_shops(export).filter(Exists(delivered))
    said = _said_gone(export)
    gone = {*held.filter(GIVEN_UP).values_list("pk", flat=True)}
    back = held.filter(pk__in=() if export.again else said - gone).exclude(state=ClosingState.HELD)
    return {
        **dict.fromkeys(gone - said, GONE_SINCE),
        **dict.fromkeys(back.values_list("pk", flat=True), BACK_SINCE),
    }


def _said_gone(export: OnDemandExport) -> set[UUID]:
    """The closings of which the last word was that they count no more: no later file holds them, nor says more."""
    done = OnDemandClosing.objects.filter(
        tenant_id=export.tenant_id, export__format=export.format, export__state=OnDemandState.DONE
    )
    ever = {*done.filter(SAID_GONE).values_list("closing_id", flat=True)}
    words = done.filter(SAID_GONE | SAID_BACK | Q(state=OnDemandClosingState.TAKEN), closing_id__in=ever)
    newest = words.order_by("closing_id", "-export__finished_at").distinct("closing_id")
    return {it.closing_id for it in newest if any(word["code"] == GONE_SINCE.code for word in it.problems)}
