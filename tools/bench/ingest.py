"""(a) How fast pushed closings are stored, compared with one insert by PostgreSQL's own tool and by a bare view."""

from django.db import connection

from tools.bench.pgbench import TABLE, insert_rate
from tools.bench.place import Place
from tools.bench.pushes import Rate, push_all

CLOSINGS = {1: 300, 16: 1600}
CLIENTS = (1, 16)
PACE_A_SECOND, PACE_SECONDS = 100, 10
PGBENCH_SECONDS = 5


def measure_ingest(place: Place) -> None:
    """Three rates for 1 and 16 clients, and the delays at 100 pushes a second."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    found = place.results.setdefault("a", {})
    body = place.bodies[place.shops[0].name].take(1)[0]
    for clients in CLIENTS:
        url, logs = place.stores.database.url, place.processes.logs
        inserts = insert_rate(url, logs, body, clients=clients, seconds=PGBENCH_SECONDS)
        found[f"pgbench, {clients} clients, inserts/s"] = round(inserts)
    with place.serving("tools.bench.bare_wsgi:application"):
        for clients in CLIENTS:
            found |= _words(f"bare view, {clients} clients", _push(place, clients))
    with place.serving():
        for clients in CLIENTS:
            rate = _push(place, clients)
            found |= _words(f"ingest, {clients} clients", rate)
            bare = found[f"bare view, {clients} clients, closings/s"]
            found[f"share of the bare view, {clients} clients"] = round(rate.a_second / bare, 2)
        shops = place.shops[:16]
        paced = push_all(place.web_url, place.loads(shops, PACE_A_SECOND * PACE_SECONDS), a_second=PACE_A_SECOND)
        found |= _words(f"ingest at {PACE_A_SECOND} pushes/s", paced)


def ingest_rate(place: Place) -> float:
    """Closings a second with 16 clients, for comparisons of one run."""
    with place.serving():
        return _push(place, 16).a_second


def _push(place: Place, clients: int) -> Rate:
    shops = place.shops[:clients]
    push_all(place.web_url, place.loads(shops, 2 * clients))  # the first calls of a server are slow
    return push_all(place.web_url, place.loads(shops, CLOSINGS[clients]))


def _words(what: str, rate: Rate) -> dict[str, float]:
    return {
        f"{what}, closings/s": round(rate.a_second, 1),
        f"{what}, p50 ms": round(rate.percentile_ms(0.5), 1),
        f"{what}, p99 ms": round(rate.percentile_ms(0.99), 1),
    }
