"""What a page without any problem may claim: which companies were compared with Exact, when, and how many entries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exact.api.consent import usable
from exact.models import Activation, Division, Posting, PostingState
from tenants.viewpoint import Scope

# Every company is compared each night; one night may be missed before a page says so.
LATE_AFTER = timedelta(hours=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The companies that closings go to: how many, the oldest comparison, the entries compared, how many are late."""

    companies: int
    entries: int
    at: datetime | None
    late: int

    @property
    def green(self) -> bool:
        """Whether every company was compared since yesterday."""
        return self.companies > 0 and self.late == 0 and self.at is not None


def compared(scope: Scope) -> Compared:
    """The comparisons of all companies that a person may see."""
    facts = companies(scope).aggregate(
        n=Count("pk"),
        entries=Sum("compared_entries"),
        at=Min("reconciled_at"),
        late=Count("pk", filter=_is_late()),
    )
    return Compared(companies=facts["n"], entries=facts["entries"] or 0, at=facts["at"], late=facts["late"])


def compared_words(it: Compared) -> str:
    """What was compared with Exact and when: "Compared with Exact on 28/11 at 03:12: 412 entries." """
    if not it.companies:
        return _("No company is linked to Exact: nothing is compared.")
    if it.at is None:
        return _("Not every company has been compared with Exact yet; it is done every night.")
    entries = ngettext("{count} entry", "{count} entries", it.entries).format(
        count=number_format(it.entries, use_l10n=True, force_grouping=True)
    )
    at = date_format(timezone.localtime(it.at), "SHORT_DATETIME_FORMAT")
    if it.companies == 1:
        return _("Compared with Exact on {at}: {entries}.").format(at=at, entries=entries)
    words = _("{companies} companies compared with Exact, the longest ago on {at}: {entries}.")
    return words.format(companies=it.companies, at=at, entries=entries)


def companies(scope: Scope) -> QuerySet[Division]:
    """Companies that closings go to now."""
    active = Activation.objects.filter(division=OuterRef("pk"), active=True)
    if scope.shops is not None:
        active = active.filter(establishment__in=scope.shops)
    return Scope(user=scope.user).rows(Division.objects.filter(Exists(active)))


def late_companies(scope: Scope) -> QuerySet[Division]:
    """The companies with entries posted at least `LATE_AFTER` ago that were not compared since then.

    Not those whose link to Exact is lost: that is a concern of its own.
    """
    return companies(scope).filter(_is_late()).select_related("tenant").order_by("reconciled_at", "pk")


def _is_late() -> Q:
    before = timezone.now() - LATE_AFTER
    posted = Posting.objects.filter(division=OuterRef("pk"), state=PostingState.POSTED, posted_at__lt=before)
    not_since = Q(reconciled_at=None) | Q(reconciled_at__lt=before)
    return not_since & usable("connection__") & Q(Exists(posted))
