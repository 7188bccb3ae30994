"""An establishment whose page somebody looks at, and what several sections of it show, each read once."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Model, OuterRef, QuerySet
from django.db.models.functions import JSONArray
from django.utils import timezone

from booking.models import Mapping
from concerns.condition import ConditionWithConcerns, say_condition, with_facts
from exact.models import Activation
from exports.coverage.closed import spans_of
from exports.models import ClosedDays, ClosingState, StoredClosing
from integration.console.set_up.progress import TillShown, list_tills
from on_demand.models import MonthlyExport
from tenants.models import Establishment, User
from tenants.scope import visible_to

LATEST = 8
# What is not over yet, in the order of its urgency: a column of the list of closings each.
OPEN: dict[str, tuple[str, ...]] = {
    "failed": (ClosingState.FAILED,),
    "held": (ClosingState.HELD,),
    "waiting": (ClosingState.WAITING,),
    "moving": (ClosingState.READY, ClosingState.EXPORTING),
}
OPEN_STATES = [state for states in OPEN.values() for state in states]
Row = TypeVar("Row", bound=Model)


def rows_of_shops() -> QuerySet[Establishment]:
    """Establishments with all of which there is one each, and how many of their closings are not over.

    Only these few are counted: along (establishment, state), whatever a shop has exported.
    """
    open_ones = StoredClosing.objects.filter(establishment=OuterRef("pk"), state__in=OPEN_STATES).order_by()
    counted = open_ones.values("state").annotate(n=Count("*")).values(pair=JSONArray("state", "n"))
    rows = Establishment.objects.select_related("activation__division__connection", "mapping")
    return with_facts(rows).annotate(open_counts=ArraySubquery(counted))


@dataclass(frozen=True)
class SeenShop:
    """`shop` is one that `user` may see, of `rows_of_shops`; the rest is read when the first section asks for it."""

    user: User
    shop: Establishment

    @cached_property
    def condition(self) -> ConditionWithConcerns:
        """How it stands, and everything open in it."""
        return say_condition(self.user, self.shop)

    @property
    def activation(self) -> Activation | None:
        """Whether its closings go to Exact, with the company and its connection."""
        return getattr(self.shop, "activation", None)

    @property
    def mapping(self) -> Mapping | None:
        """What is booked where."""
        return getattr(self.shop, "mapping", None)

    @property
    def open_counts(self) -> dict[str, int]:
        """How many of its closings are not over, by state; a state that none has is left out."""
        return dict(getattr(self.shop, "open_counts", ()))

    @property
    def coming_spans(self) -> list[ClosedDays]:
        """Its closed days now and to come, without why."""
        today = timezone.localdate(timezone=self.shop.zone)
        return [it for it in spans_of(getattr(self.shop, "closed", ())) if it.last_day >= today]

    @cached_property
    def monthly(self) -> MonthlyExport | None:
        """Its order for a file each month."""
        return self._keep_own(MonthlyExport.objects.all()).first()

    @cached_property
    def tills(self) -> list[TillShown]:
        """Every till, those that were put away last."""
        found = list_tills([self.shop.pk], suspended=True)[self.shop.pk]
        return sorted(found, key=lambda it: it.till.ended_at is not None)

    @cached_property
    def latest(self) -> list[StoredClosing]:
        """Its latest closings, without their documents."""
        rows = self._keep_own(StoredClosing.objects.defer("document")).select_related("till")
        return [*rows.order_by("-business_date", "-closed_at")[:LATEST]]

    def _keep_own(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        return visible_to(self.user, rows.filter(establishment=self.shop))
