"""(b), (c), (g), (i): how fast one worker process exports, what it calls, and what the whole way costs."""

import time
from itertools import islice

import httpx

from exact.company.catalogue import Catalogue
from exact.entries.payloads import body_of, codes_in, resource_of
from exact.models import Posting
from exports.reposts.overtaken import look_on
from ledger.entry import Entry
from tenants.models import Tenant
from tools.bench.kernel import memory_mb
from tools.bench.place import OPEN, WORKER_THREADS, Place, nothing_open, one_a_division, value, wait_for
from tools.bench.pushes import push_all
from tools.fleet.customers import set_up
from tools.fleet.shops import Shop

BACKLOG = 600
BARE_POSTS = 600
LATENCY_S = 0.2
LATENCY_BACKLOG = 2_000
LATENCY_THREADS = 96
MORE_TENANTS = 120  # with the 40 of all sections: 200 companies
FIRST_SHARE, LAST_SHARE = 0.1, 0.9


def measure_exporting(place: Place) -> None:
    """The rate beside a bare loop that posts the same bodies; then that of many companies, near and far from Exact."""
    found = place.results.setdefault("b", {})
    found["bare httpx loop, closings/s"] = round(bare_rate(place), 1)
    found["one worker process, closings/s"] = round(exporting_rate(place, place.one_a_division()), 1)
    found["share of the bare loop"] = round(
        found["one worker process, closings/s"] / found["bare httpx loop, closings/s"], 2
    )
    found |= _latency(place)


def _latency(place: Place) -> dict[str, float]:
    """Of many companies, with a thread for each lane that waits: the rate when Exact answers at once, and late."""
    print("  … setting up more customers", flush=True)
    more = set_up(place.exact_url, tenants=MORE_TENANTS, already=Tenant.objects.count())
    place.write_for(more)
    shops = one_a_division([*place.shops, *more])
    near = exporting_rate(place, shops, closings=LATENCY_BACKLOG, threads=LATENCY_THREADS)
    place.control("POST", "faults", json={"fault": "delay", "delay_s": LATENCY_S, "count": None})
    far = exporting_rate(place, shops, closings=LATENCY_BACKLOG, threads=LATENCY_THREADS)
    place.control("DELETE", "faults")
    return {
        f"{len(shops)} companies, {LATENCY_THREADS} threads, closings/s": round(near, 1),
        "the same with 200 ms at Exact, closings/s": round(far, 1),
        "share of no latency": round(far / near, 2),
    }


def exporting_rate(place: Place, shops: list[Shop], *, closings: int = BACKLOG, threads: int = WORKER_THREADS) -> float:
    """Closings a second of one worker process while it works off a backlog, without its start and its last lanes."""
    _push_backlog(place, shops, closings)
    # Settings that were just made are compared with what is booked, in the same worker; these were made a while ago.
    while look_on():
        pass
    # What is left is counted, not what is done: counting a million posted ones would take both cores from the worker.
    waiting = value(OPEN)
    with place.working(threads=threads):
        times = []
        for share in (FIRST_SHARE, LAST_SHARE):
            wait_for(lambda share=share: value(OPEN) <= (1 - share) * waiting, "the backlog")  # type: ignore[misc]
            times.append((time.perf_counter(), value(OPEN)))
        wait_for(nothing_open, "the end of the backlog")
    (begun, first), (ended, last) = times
    return float((first - last) / 2 / (ended - begun))


def measure_cost(place: Place) -> None:
    """Push with everything running, and read from the kernel and the simulator what it took."""
    place.control("DELETE", "calls")
    with place.serving(), place.working():
        push_all(place.web_url, place.loads(place.shops[:16], 64))
        wait_for(nothing_open, "the first closings")
        before, calls_before = place.cpu_s(), _calls(place)
        loads = place.loads(place.shops[:16], BACKLOG)
        push_all(place.web_url, loads)
        wait_for(nothing_open, "the postings")
        closings = sum(len(bodies) for _, bodies in loads)
        spent = {name: (now - before[name]) * 1000 / closings for name, now in place.cpu_s().items()}
        place.results["c"] = {"calls per closing": round((_calls(place) - calls_before) / closings, 2)}
        place.results["i"] = {f"{name}, CPU ms per closing": round(ms, 2) for name, ms in spent.items()}
        place.results["i"]["in all, CPU ms per closing"] = round(sum(spent.values()), 2)
        place.results["g"] = {
            f"{name}, MB": round(memory_mb(place.processes.pid(name))) for name in ("web", "worker-1", "beat")
        }


def bare_rate(place: Place) -> float:
    """Closings a second of a loop that posts the same two bodies with one kept client, and does nothing else."""
    shop = place.shops[0]
    _push_backlog(place, [shop], 1)
    postings = [*islice(Posting.objects.select_related("division__connection").order_by("-created_at"), 2)]
    division = postings[0].division
    headers = {
        "Authorization": f"Bearer {division.connection.access_token}",
        "Accept": "application/json",
        "Prefer": "return=representation",
    }
    calls = []
    for posting in postings:
        entry = Entry.from_document(posting.entry)
        catalogue = Catalogue(division, codes=codes_in(entry))
        body = body_of(entry, reference="bare", catalogue=catalogue, payment_condition="")
        calls.append((f"{place.exact_url}/api/v1/{division.code}/{resource_of(entry, catalogue)}", body))
    with httpx.Client(headers=headers, timeout=30) as http:
        begun = time.perf_counter()
        for _closing in range(BARE_POSTS // 2):
            for url, body in calls:
                http.post(url, json=body).raise_for_status()
        return BARE_POSTS / 2 / (time.perf_counter() - begun)


def _push_backlog(place: Place, shops: list[Shop], closings: int) -> None:
    with place.serving():
        push_all(place.web_url, place.loads(shops, closings))


def _calls(place: Place) -> int:
    told = place.control("GET", "calls")["calls"]
    return sum(call["count"] for call in told if call["resource"] != "oauth2/token")
