"""Why there is nothing to export, found before an export is made, so that no export is made that can only fail."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exports.console import links
from exports.models import ClosingState, StoredClosing
from exports.way.states import FROM_BEFORE_START
from on_demand.closings import closings_in
from on_demand.delivered import earlier_exports
from on_demand.freeze import Reader, walk_ins_of
from on_demand.models import OnDemandExport
from on_demand.options import layout_of
from on_demand.preview import CHECKED_MAX

LEFT_BY_FILES = frozenset({ClosingState.ARCHIVED, ClosingState.HELD})


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


def why_nothing(export: OnDemandExport) -> Nothing | None:
    """Why an export that is not stored would deliver nothing; None when there is something."""
    rows = closings_in(export)
    states = Counter(rows.order_by().values_list("state", flat=True))
    if not states:
        return _say_nearest(export)
    if export.to_exact:
        return None if {*states} - {ClosingState.ARCHIVED} else _say_archived()
    if export.for_import and not export.again:
        booked = rows.filter(~Q(state=ClosingState.ARCHIVED) | FROM_BEFORE_START)
        ids = [*booked.values_list("pk", flat=True)]
        if ids and len(earlier_exports(export, ids)) == len(ids):
            return Nothing(why=_("An earlier file holds all of these closings. Tick “Everything again” to take them."))
    if {*states} - LEFT_BY_FILES or _is_any_taken(export):
        return None
    if not states[ClosingState.HELD]:
        return _say_archived()
    held = links.closings(
        state="held", day=export.first_date, to=export.last_date, establishment=export.establishment_id
    )
    return Nothing(why=_("All closings of these days are held. Mend them first."), address=held)


def _say_archived() -> Nothing:
    words = _(
        "The closings of these days are trainings, empty, set aside, of before the first day, or others stand for them."
    )
    return Nothing(why=words)


def _is_any_taken(export: OnDemandExport) -> bool:
    """Whether the file would hold anything. Archived closings count if they are from before Exact's first day, or if a
    FEC has to reverse their entries.
    """
    layout = layout_of(export, walk_ins=walk_ins_of(export))
    looked = (read for page in Reader(export, layout).pages() for read in page)
    return any(read.closing is not None for read in islice(looked, CHECKED_MAX))


def _say_nearest(export: OnDemandExport) -> Nothing:
    rows = StoredClosing.objects.filter(tenant_id=export.tenant_id).exclude(state=ClosingState.ARCHIVED)
    if export.some_shops:
        rows = rows.filter(establishment__in=export.some_shops)
    elif export.establishment_id:
        rows = rows.filter(establishment_id=export.establishment_id)
    days = rows.values_list("business_date", flat=True)
    before = days.filter(business_date__lt=export.first_date).order_by("-business_date").first()
    after = days.filter(business_date__gt=export.last_date).order_by("business_date").first()
    if before is None and after is None:
        return Nothing(why=_("No closing has ever come from here."))
    return Nothing(why=_("There is no closing of these days."), before=before, after=after)
