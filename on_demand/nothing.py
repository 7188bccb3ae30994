"""Why there is nothing to export, before anybody asks for it: no run is made that can only fail."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exports.console import links
from exports.models import ClosingState, StoredClosing
from on_demand.closings import closings_in
from on_demand.delivered import earlier_runs
from on_demand.freeze import Reader
from on_demand.models import OnDemandExport
from on_demand.preview import CHECKED_MAX

NOTHING_BOOKED = frozenset({ClosingState.ARCHIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Why there is nothing; the nearest days with closings before and after; and where to look."""

    why: str
    before: date | None = None
    after: date | None = None
    address: str = ""

    @property
    def nearest(self) -> str:
        """ "The nearest closings are of 12/03/2026 and 02/04/2026." """
        days = [date_format(day, "SHORT_DATE_FORMAT") for day in (self.before, self.after) if day]
        if not days:
            return ""
        if len(days) == 1:
            return _("The nearest closing is of {day}.").format(day=days[0])
        return _("The nearest closings are of {before} and {after}.").format(before=days[0], after=days[1])


def why_nothing(run: OnDemandExport) -> Nothing | None:
    """Why a run that is not stored would deliver nothing; None when there is something."""
    rows = closings_in(run)
    states = Counter(rows.order_by().values_list("state", flat=True))
    if not states:
        return _say_nearest(run)
    if not {*states} - NOTHING_BOOKED:
        return Nothing(why=_("The closings of these days are trainings, empty, or others stand for them."))
    if run.to_exact:
        return None
    if run.for_import and not run.again:
        ids = [*rows.exclude(state=ClosingState.ARCHIVED).values_list("pk", flat=True)]
        if len(earlier_runs(run, ids)) == len(ids):
            return Nothing(why=_("An earlier file holds all of these closings. Tick “Everything again” to take them."))
    if not {*states} - {ClosingState.HELD, ClosingState.ARCHIVED} and not _is_any_taken(run):
        held = links.closings(state="held", day=run.first_date, to=run.last_date, establishment=run.establishment_id)
        return Nothing(why=_("All closings of these days are held. Mend them first."), address=held)
    return None


def _is_any_taken(run: OnDemandExport) -> bool:
    looked = (read for page in Reader(run).pages() for read in page)
    return any(read.closing is not None for read in islice(looked, CHECKED_MAX))


def _say_nearest(run: OnDemandExport) -> Nothing:
    rows = StoredClosing.objects.filter(tenant_id=run.tenant_id).exclude(state=ClosingState.ARCHIVED)
    if run.some_shops:
        rows = rows.filter(establishment__in=run.some_shops)
    elif run.establishment_id:
        rows = rows.filter(establishment_id=run.establishment_id)
    days = rows.values_list("business_date", flat=True)
    before = days.filter(business_date__lt=run.first_date).order_by("-business_date").first()
    after = days.filter(business_date__gt=run.last_date).order_by("business_date").first()
    if before is None and after is None:
        return Nothing(why=_("No closing has ever come from here."))
    return Nothing(why=_("There is no closing of these days."), before=before, after=after)
