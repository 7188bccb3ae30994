"""After the database was restored to an earlier state: which entries it lost, and what tills must send again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Min
from django.utils import timezone

from exact.api.clients import division_client
from exact.books.lost import LostEntry, adopt, lost_entries
from exact.lane.postings import beginning_of
from exact.models import Division, Posting
from exact.past import last_return
from exports.models import ClosingState, StoredClosing
from exports.way.ended_postings import settle
from tenants.models import Till

# A till's clock may be off by as much, and what it sends need not come in order.
MARGIN = timedelta(days=1)
# By then every till was switched on once. One that was not learns from `last_closings` what is missing.
ASKED_FOR = timedelta(days=60)
ENDED = (ClosingState.EXPORTED, ClosingState.ARCHIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAgain:
    """What a till must send again: all closings after `since`; None: all it has. `number` names this request."""

    number: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Entries that Exact holds in one company and that no posting of the database knew.

    `adopted`: postings have them now. `later`: entries of closings that are here and on their way or waiting; they are
    looked up when these are sent. `over`: entries of closings that are exported or archived here, for which nothing
    looks: they may stand twice, or be set aside here. `unknown`: entries of closings that are not here; a till must
    send them again. Of these two a person must know.
    """

    adopted: list[LostEntry]
    later: list[LostEntry]
    over: list[LostEntry]
    unknown: list[LostEntry]


def asked_again(till: Till, now: datetime) -> SendAgain | None:
    """What a till is asked to send again; None if the database was never restored, or long ago."""
    past = last_return()
    if past is None or now - past.noticed_at > ASKED_FOR:
        return None
    before = StoredClosing.objects.filter(till=till, created_at__lt=past.noticed_at)
    newest = before.aggregate(newest=Max("created_at"))["newest"]
    return SendAgain(number=past.number, since=newest and newest - MARGIN)


def first_day_in_doubt(division: Division) -> date | None:
    """The first business date of which Exact may hold a lost entry; None: no closing of this company is known.

    It is `MARGIN` before the oldest closing that was not exported or archived when the past came back, or is not now,
    or before the newest posting of then if that is earlier. So it does not move on while closings come and go.
    """
    past = last_return()
    then = past.noticed_at if past else timezone.now()
    closings = StoredClosing.objects.filter(establishment__activation__division=division)
    open_ones = closings.exclude(state__in=ENDED, state_since__lt=then)
    oldest = open_ones.aggregate(oldest=Min("business_date"))["oldest"]
    postings = Posting.objects.filter(division=division, created_at__lt=then)
    newest = postings.aggregate(newest=Max("business_date"))["newest"]
    days = [day for day in (oldest, newest) if day is not None]
    return min(days) - MARGIN if days else None


def look_for_lost(division: Division, *, since: date, adopting: bool) -> Lost:
    """Read a company's entries from a day on, and let open postings adopt theirs. Raises any `ExactError`.

    With `adopting` false it returns the same and changes nothing.
    """
    with division_client(division, for_people=False) as client:
        lost = lost_entries(division, client, since=since)
    adopted = adopt(division, lost, settle) if adopting else []
    left = [it for it in lost if it not in adopted]
    known = dict(_beginnings(division, left))
    return Lost(
        adopted=adopted,
        later=[it for it in left if it.closing in known and known[it.closing] not in ENDED],
        over=[it for it in left if it.closing in known and known[it.closing] in ENDED],
        unknown=[it for it in left if it.closing not in known],
    )


def _beginnings(division: Division, lost: list[LostEntry]) -> Iterator[tuple[str, str]]:
    """What the references of these entries' closings begin with, as far as they are here, each with its state."""
    numbers = {int(it.closing[1:].partition("-")[0]) for it in lost}
    rows = StoredClosing.objects.filter(tenant_id=division.tenant_id, number__in=numbers)
    for closing_id, number, state in rows.values_list("pk", "number", "state"):
        yield beginning_of(closing_id, number), state
