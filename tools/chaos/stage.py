"""The programs of a run, and what is done to them."""

import time
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg

from tools.chaos.schedule import BEAT, BROKER, DATABASE, EXACT, WEB, WORKERS, Event, Verb
from tools.chaos.weather import Weather
from tools.stack.processes import Processes
from tools.stack.product import beat, exact, web, worker
from tools.stack.programs import free_port
from tools.stack.stores import Stores

WEB_THREADS, WORKER_THREADS = 8, 4
# What ten minutes do to a connection, as we see it; Exact is told apart (`Weather.expire_tokens`).
AGE_TOKENS = """
    UPDATE exact_connection
    SET access_issued_at = access_issued_at - interval '600 s', access_expires_at = access_expires_at - interval '600 s'
"""
AIM_S = 3.0
ABOUT_TO_SEND = """
    SELECT 1 FROM exact_posting p JOIN exact_lane l ON l.division_id = p.division_id
    WHERE p.state = 'sending' AND l.holder LIKE %s AND clock_timestamp() - p.sending_since < interval '40 ms'
"""


class Stage:
    """Everything that runs: web, workers, beat, Exact, and the two stores. Each can be hit and brought back."""

    def __init__(self, processes: Processes, stores: Stores, data: Path) -> None:
        self.web_url, self.exact_url = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
        self.users: set[str] = set()
        self._processes = processes
        self._stores = stores
        self._data = data
        self._exact = httpx.Client(base_url=self.exact_url, timeout=30)
        self.weather = Weather(self._exact)
        processes.environment |= {"PUBLIC_URL": self.web_url}

    def start_exact(self) -> None:
        """Start the simulated Exact without its limits: the product is measured, not the wait for a minute."""
        self._processes.start(EXACT, *exact(self.exact_url, self._data, "--no-limits"))
        self._processes.wait_for(EXACT, f"{self.exact_url}/_control/clock")

    def start_product(self) -> None:
        """Start web, workers and beat, and wait until the web tier is well."""
        for name in (WEB, *WORKERS, BEAT):
            self._start(name)
        self._processes.wait_for(WEB, f"{self.web_url}/health/")

    def books(self, division: int) -> dict[str, object]:
        """The company's books as the simulator keeps them."""
        answer = self._exact.get("/_control/books", params={"division": division})
        answer.raise_for_status()
        books: dict[str, object] = answer.json()
        return books

    def perform(self, event: Event) -> None:
        """Do what the schedule says."""
        match event.verb:
            case Verb.KILL:
                self._kill(event.target)
            case Verb.START:
                self._start(event.target)
            case Verb.FREEZE | Verb.THAW:
                self._freeze(event.target, frozen=event.verb is Verb.FREEZE)
            case Verb.KILL_BACKEND:
                self._stores.kill_backend()
            case Verb.FLUSH:
                self._flush_broker()
            case Verb.EXPIRE:
                self._expire_tokens()
            case Verb.STORM:
                self.weather.storm()
            case Verb.OUTAGE:
                self.weather.outage()
            case Verb.CALM:
                self.weather.usual()

    def ended_by_themselves(self) -> list[str]:
        """Programs that run no more although nobody killed them; they are started again."""
        ended = [name for name in (WEB, *WORKERS, BEAT, EXACT) if self._processes.ended(name)]
        for name in ended:
            self._start(name)
        return ended

    def _kill(self, target: str) -> None:
        if target == DATABASE:
            self._stores.database.kill()
        elif target == BROKER:
            self._stores.broker.kill()
        else:
            self._processes.kill(target)

    def _start(self, target: str) -> None:
        if target == DATABASE:
            self._stores.start_database()
        elif target == BROKER:
            self._stores.start_broker()
        elif target == EXACT:
            self.start_exact()
            self.weather.usual()
        elif target == WEB:
            self._processes.start(WEB, *web(self.web_url, threads=WEB_THREADS))
        elif target == BEAT:
            self._processes.start(BEAT, *beat(self._processes.logs / "beat.db"))
        else:
            self._processes.start(target, *worker(target, threads=WORKER_THREADS))

    def _freeze(self, target: str, *, frozen: bool) -> None:
        if target == BROKER:
            (self._stores.freeze_broker if frozen else self._stores.thaw_broker)()
        elif frozen:
            self._aim(target)
            self._processes.freeze(target)
        else:
            self._processes.thaw(target)

    def _aim(self, worker: str) -> None:
        """Wait for the worst moment to freeze a worker: it has just marked a posting, and sends it next."""
        deadline = time.monotonic() + AIM_S
        with suppress(psycopg.OperationalError), self._stores.session() as connection:
            while time.monotonic() < deadline:
                if connection.execute(ABOUT_TO_SEND, [f"%:{self._processes.pid(worker)}:%"]).fetchone():
                    return

    def _flush_broker(self) -> None:
        import redis

        with redis.Redis.from_url(self._stores.broker.url, socket_timeout=5) as broker:
            broker.flushall()

    def _expire_tokens(self) -> None:
        """Ours are old and Exact ends them at one moment: their rows stay locked until it has. A worker that renewed
        one in between would meet a refusal it cannot mend, of a token that is not due."""
        with self._stores.session() as connection, connection.transaction():
            connection.execute(AGE_TOKENS)
            for user in sorted(self.users):
                self.weather.expire_tokens(user)


def wait_until(moment: float) -> None:
    """Sleep until `time.monotonic()` is at `moment`."""
    time.sleep(max(0.0, moment - time.monotonic()))
