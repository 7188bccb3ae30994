"""What ends here when a customer is handed over to another reseller: who sees to its closings. Runs must be over.

And how a customer that is offered stands.
"""

from typing import Any

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exports.models import Assignment, ClosingState, RepostItem, RunWay, StoredClosing
from tenants.handing_over import CannotHandOver, Ending, Leaving
from tenants.models import Tenant, User


def ask_for_runs(tenant: Tenant) -> CannotHandOver | None:
    """A run that is not over: what it does bears the name of one of the former reseller's people."""
    item = RepostItem.objects.filter(tenant=tenant, run__finished_at=None).select_related("run").first()
    if item is None:
        return None
    page = "console_correction_run" if item.run.way == RunWay.CORRECT else "console_repost_run"
    words = _("A run with closings of this customer is still under way (“{why}”). Let it end, then hand over.")
    return CannotHandOver(words.format(why=item.run.why), reverse(page, args=[item.run_id]))


def say_what_waits(tenant: Tenant) -> str:
    """How many of its closings wait for a person, and of which day the last one is."""
    closings = StoredClosing.objects.filter(tenant=tenant)
    last = closings.aggregate(last=Max("business_date"))["last"]
    if last is None:
        return _("No closing came yet.")
    waiting = closings.filter(state__in=[ClosingState.HELD, ClosingState.FAILED]).count()
    words = ngettext("{count} closing waits for a person.", "{count} closings wait for a person.", waiting)
    came = _("The last one is of {day}.").format(day=date_format(last, "SHORT_DATE_FORMAT"))
    return f"{words.format(count=waiting)} {came}"


def _select_assignments(leaving: Leaving) -> QuerySet[Assignment]:
    open_ones = Assignment.objects.filter(tenant=leaving.tenant, ended_at=None, person__reseller=leaving.former)
    return open_ones.select_related("closing__establishment", "person").defer("closing__document").order_by("pk")


def _end_assignments(assignments: QuerySet[Any], by: User) -> int:
    return assignments.order_by().update(ended_at=timezone.now(), ended_by=by)


ASSIGNMENTS = Ending(
    select=_select_assignments,
    call=lambda it: f"{it.closing} · {it.closing.establishment}",
    say=lambda count: ngettext(
        "{count} closing that one of the former reseller's people sees to is nobody's again:",
        "{count} closings that the former reseller's people see to are nobody's again:",
        count,
    ).format(count=count),
    end=_end_assignments,
    anew=gettext_lazy("Say who sees to these closings now."),
)
