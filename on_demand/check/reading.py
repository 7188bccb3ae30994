"""Reading Exact's books now, as a person asks: a worker does it, and the page shows the progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from exact.models import Activation, Division
from exports.nudge import nudge_reconcile
from tenants.models import Establishment, User
from tenants.scope import visible_to

# After how long a page stops waiting for the workers.
PATIENCE = timedelta(minutes=3)
NEVER = datetime.min.replace(tzinfo=UTC)
TROUBLES = {
    "NeedsReconnect": N_("The link to Exact is lost: the customer must log in at Exact again."),
    "Forbidden": N_("The Exact user has no right to read the books."),
    "RateLimited": N_("The limit of calls to Exact is reached for now."),
    "Unavailable": N_("Exact does not answer."),
}
OTHER_TROUBLE = N_("Exact did not give its books.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The progress of a reading since it was asked for: how many of `companies` were read, and which failed."""

    companies: Sequence[Division]
    asked_at: datetime

    @property
    def done(self) -> int:
        """How many companies were read since, or could not be."""
        return sum(_is_tried(it, self.asked_at) for it in self.companies)

    @property
    def failed(self) -> list[tuple[Division, str]]:
        """The companies that could not be read, each with why."""
        tried = [it for it in self.companies if _is_tried(it, self.asked_at) and it.read_trouble]
        return [(it, TROUBLES.get(it.read_trouble, OTHER_TROUBLE)) for it in tried]

    @property
    def under_way(self) -> bool:
        """Whether companies are left to read and `PATIENCE` is not over."""
        return self.done < len(self.companies) and not self.too_long

    @property
    def too_long(self) -> bool:
        """Whether `PATIENCE` is over with companies left: then the page shows what was read."""
        return self.done < len(self.companies) and timezone.now() - self.asked_at > PATIENCE

    @property
    def percent(self) -> int:
        """0 to 100, of the companies."""
        return 100 * self.done // max(len(self.companies), 1)


def companies_by_shop(user: User, shops: Sequence[Establishment]) -> dict[int, Division]:
    """The company that the closings of each linked shop go to, by the shop's key."""
    rows = visible_to(user, Activation.objects.filter(establishment__in=shops))
    return {it.establishment_id: it.division for it in rows.select_related("division")}


def companies_of(by_shop: Mapping[int, Division], shops: Sequence[Establishment]) -> list[Division]:
    """The companies of these shops, each once; the one read longest ago first."""
    found = {it.pk: it for it in (by_shop.get(shop.pk) for shop in shops) if it is not None}
    return sorted(found.values(), key=lambda it: (it.reconciled_at or NEVER, it.pk))


def read_now(companies: Sequence[Division]) -> None:
    """Ask a worker to read the books of these companies."""
    for it in companies:
        nudge_reconcile(it.pk)


def _is_tried(division: Division, since: datetime) -> bool:
    return division.read_tried_at is not None and division.read_tried_at >= since
