"""(d) and (e): what a backlog uses of Exact's limit, and what it costs its neighbours."""

import time
from statistics import median

from django.utils import timezone

from exact.models import Division, ExactApp, Lane, Posting
from tools.bench.place import OPEN, Place, nothing_open, value, wait_for
from tools.bench.pushes import push_all
from tools.bench.rows import forget_waiting, waiting_closings
from tools.fleet.customers import NO_LIMIT
from tools.fleet.shops import Shop

BACKLOG = 10_000
SMALL_PUSHES, SMALL_EVERY_S = 20, 1.0
MINUTE_LIMIT, MINUTES = 60, 2


def measure_fairness(place: Place) -> None:
    """A small customer's delay from push to both entries posted: alone, and beside 10,000 waiting closings."""
    small, big = place.shops[0], place.shops[-1]
    backlogged = Division.objects.get(code=big.division)
    with place.serving(), place.working(workers=2):
        push_all(place.web_url, place.loads([big, small], 4))
        wait_for(nothing_open, "the first closings")
        alone = _delays_ms(place, small)
        waiting_closings(backlogged, BACKLOG)
        time.sleep(2)  # until a sweep has found them
        beside = _delays_ms(place, small)
        still_open = value(OPEN)
        # Workers end with nothing on the wire: the next section would wait until its fate is known.
        forget_waiting(backlogged)
        wait_for(nothing_open, "the end of the lane")
    place.results["e"] = {
        "alone, median ms": round(median(alone)),
        f"beside {BACKLOG} waiting closings, median ms": round(median(beside)),
        "ratio": round(median(beside) / median(alone), 2),
        "postings still waiting at the end": still_open,
    }


def measure_budget(place: Place) -> None:
    """Two whole clock minutes of a backlog under Exact's limit of 60 calls."""
    shop = place.shops[-1]
    division = Division.objects.get(code=shop.division)
    ExactApp.objects.update(minute_limit=MINUTE_LIMIT)
    Lane.objects.update(minute=None, paused_until=None)
    place.control("POST", "settings", json={"limits": True, "minute_limit": MINUTE_LIMIT, "forget_usage": True})
    waiting_closings(division, MINUTE_LIMIT * (MINUTES + 1))
    with place.working():
        _until_next_minute()
        before = place.control("GET", "calls", params={"division": shop.division})["total"]
        for _minute in range(MINUTES):
            _until_next_minute()
        used = place.control("GET", "calls", params={"division": shop.division})["total"] - before
        forget_waiting(division)
        wait_for(nothing_open, "the end of the lane")
    place.control("POST", "settings", json={"limits": False, "minute_limit": MINUTE_LIMIT})
    ExactApp.objects.update(minute_limit=NO_LIMIT)
    place.results["d"] = {
        "calls a minute": used / MINUTES,
        "share of 60": round(used / MINUTES / MINUTE_LIMIT, 3),
    }


def _until_next_minute() -> None:
    now = timezone.now()
    time.sleep(60 - now.second - now.microsecond / 1e6)


def _delays_ms(place: Place, shop: Shop) -> list[float]:
    delays = []
    for _push in range(SMALL_PUSHES):
        begun = timezone.now()
        load = place.loads([shop], 1)
        push_all(place.web_url, load)
        mine = Posting.objects.filter(division__code=shop.division, created_at__gte=begun)
        wait_for(lambda mine=mine: mine.filter(state="posted").count() == 2, "a posting")  # type: ignore[misc]
        ended = max(posted_at for posted_at in mine.values_list("posted_at", flat=True) if posted_at)
        delays.append((ended - begun).total_seconds() * 1000)
        time.sleep(SMALL_EVERY_S)
    return delays
