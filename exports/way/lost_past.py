"""What is to be done once the database's past came back: which entries it lost, and what tills are asked to send."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Min

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
# By then every till has been switched on once; one that has not is asked by its own counting (`last_closings`).
ASKED_FOR = timedelta(days=60)
ENDED = (ClosingState.EXPORTED, ClosingState.ARCHIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAgain:
    """What a till is asked for: all it closed after `since`, where that is None everything. `number` names it."""

    number: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What Exact holds of one company and the database does not know.

    `adopted` postings have now. `later` are of closings that are here, and are looked up when these go. `unknown` are
    of closings that never arrived: a till must send them, or a person must know.
    """

    adopted: list[LostEntry]
    later: list[LostEntry]
    unknown: list[LostEntry]


def asked_again(till: Till, now: datetime) -> SendAgain | None:
    """What a till is asked to send again. None: nothing, as the past never came back, or long ago."""
    past = last_return()
    if past is None or now - past.noticed_at > ASKED_FOR:
        return None
    before = StoredClosing.objects.filter(till=till, created_at__lt=past.noticed_at)
    newest = before.aggregate(newest=Max("created_at"))["newest"]
    return SendAgain(number=past.number, since=newest and newest - MARGIN)


def first_day_in_doubt(division: Division) -> date | None:
    """From which business date on Exact may hold what is lost: the oldest closing that had not ended, or the last that
    had. None: nothing of this company is known at all."""
    open_ones = StoredClosing.objects.filter(establishment__activation__division=division).exclude(state__in=ENDED)
    oldest = open_ones.aggregate(oldest=Min("business_date"))["oldest"]
    newest = Posting.objects.filter(division=division).aggregate(newest=Max("business_date"))["newest"]
    days = [day for day in (oldest, newest) if day is not None]
    return min(days) - MARGIN if days else None


def look_for_lost(division: Division, *, since: date, adopting: bool) -> Lost:
    """Read a company's entries from a day on, and adopt what belongs to open postings. Raises any `ExactError`.

    `adopting` false: says the same and adopts nothing.
    """
    with division_client(division, for_people=False) as client:
        lost = lost_entries(division, client, since=since)
    adopted = adopt(division, lost, settle) if adopting else []
    left = [it for it in lost if it not in adopted]
    known = {*_beginnings(division, left)}
    return Lost(
        adopted=adopted,
        later=[it for it in left if it.closing in known],
        unknown=[it for it in left if it.closing not in known],
    )


def _beginnings(division: Division, lost: list[LostEntry]) -> Iterator[str]:
    numbers = {int(it.closing[1:].partition("-")[0]) for it in lost}
    rows = StoredClosing.objects.filter(tenant_id=division.tenant_id, number__in=numbers)
    for closing_id, number in rows.values_list("pk", "number"):
        yield beginning_of(closing_id, number)
