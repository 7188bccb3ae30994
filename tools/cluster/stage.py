"""All hosts of a run, and what is done to them."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tools.chaos.pace import PRODUCT
from tools.cluster.blows import STEPS_S, Blow, Planned
from tools.cluster.database_host import DatabaseHost
from tools.cluster.host import Host, Program
from tools.cluster.installed import cluster_home, patroni_below, postgres_folder
from tools.cluster.network import HUB
from tools.stack.account import ServiceAccount
from tools.stack.processes import ProgramFailed
from tools.stack.product import beat, exact, web, worker
from tools.stack.programs import Running, start_valkey
from tools.stack.service_role import SERVICE, DatabaseServer, make_service
from tools.stack.services import CLONE

HAPROXY_FILE = CLONE / "deploy" / "ha" / "haproxy.cfg"
READY_TIMEOUT_S = 120
WEB_THREADS, WORKER_THREADS = 8, 4
DATABASES = {"db-1": 11, "db-2": 12, "db-3": 13}
SERVICES = {"web-1": 21, "web-2": 22, "worker-1": 31, "worker-2": 32}


class Stage:
    """Three database hosts, two of web, two of workers, Exact, and this host, where Valkey and the tills are."""

    def __init__(self, logs: Path) -> None:
        self._logs, self._account = logs, ServiceAccount.of_this_process()
        self._home = cluster_home()
        self._password = secrets.token_urlsafe(16)
        self._proxy: subprocess.Popen[bytes] | None = None
        self.databases = [
            DatabaseHost(name, number, logs, home=self._home, account=self._account)
            for name, number in DATABASES.items()
        ]
        self.services = {name: Host(name, number, logs) for name, number in SERVICES.items()}
        self.exact = Host("exact", 41, logs)
        self.exact_url = f"http://{self.exact.address}:8000"
        self.web_urls = [f"http://{self.services[name].address}:8000" for name in ("web-1", "web-2")]
        self.broker: Running = start_valkey(self._home, self._account, host=HUB)
        hosts = ",".join(host.address for host in self.databases)
        self.url_of_hosts = f"postgresql://{SERVICE}:{self._password}@{hosts}:5432/{SERVICE}"
        self.url_of_proxy = f"postgresql://{SERVICE}:{self._password}@127.0.0.1:5432/{SERVICE}"

    @property
    def hosts(self) -> list[Host]:
        """All hosts but the one that runs Valkey and the tills."""
        return [*self.databases, *self.services.values(), self.exact]

    @property
    def environment(self) -> dict[str, str]:
        """What the product's programs are told on this host."""
        addresses = ",".join(host.address for host in self.services.values())
        told = {"REDIS_URL": self.broker.url, "PUBLIC_URL": self.web_urls[0], "ALLOWED_HOSTS": addresses}
        return PRODUCT | told | {"DATABASE_URL": self.url_of_hosts}

    def start_databases(self) -> None:
        """Start the three hosts, wait until one leads and another follows it, and make the service's database."""
        patroni = patroni_below(self._home)
        postgres = postgres_folder(self._home, self._account)
        peers = {host.name: host.address for host in self.databases}
        passwords = {
            f"PATRONI_{role}_{what}": value
            for role, user in (("SUPERUSER", "postgres"), ("REPLICATION", "replicator"))
            for what, value in (("USERNAME", user), ("PASSWORD", self._password))
        }
        for host in self.databases:
            host.install(patroni, postgres, peers, passwords)
            host.start()
        self.wait_until_whole()
        leader = self.leader()
        assert leader is not None
        make_service(DatabaseServer(address=f"{leader.address}:5432", password=self._password))

    def start_exact(self) -> None:
        """Start the simulated Exact without rate limits, and wait until it answers."""
        data = self._logs.parent / "exact"
        self.exact.programs = [self._python("exact", exact(self.exact_url, data, "--no-limits"), {})]
        self.exact.start()
        self._wait_for(f"{self.exact_url}/_control/clock")

    def migrate(self) -> None:
        """Make or bring up the tables. Raises `CalledProcessError`; what it said is in `migrate.log`."""
        with (self._logs / "migrate.log").open("wb") as log:
            command = [sys.executable, "manage.py", "migrate", "--verbosity=1"]
            subprocess.run(command, cwd=CLONE, env=os.environ, stdout=log, stderr=log, check=True, timeout=300)

    def start_services(self) -> None:
        """Web and workers, each with its HAProxy beside it; and one for who measures."""
        through = self.environment | {"DATABASE_URL": self.url_of_proxy}
        for name, url in zip(("web-1", "web-2"), self.web_urls, strict=True):
            self.services[name].programs = [self._python("web", web(url, threads=WEB_THREADS), through)]
        for name in ("worker-1", "worker-2"):
            self.services[name].programs = [self._python("celery", worker(name, threads=WORKER_THREADS), through)]
        schedule = beat(self._logs / "beat.db")
        self.services["worker-1"].programs.append(self._python("beat", schedule, through))
        for host in self.services.values():
            host.programs.insert(0, self._haproxy())
            host.start()
        self._start_own_proxy()
        for url in self.web_urls:
            self._wait_for(f"{url}/health/")

    def leader(self) -> DatabaseHost | None:
        """The host that says it leads; None while none does."""
        return next((host for host in self.databases if host.leads()), None)

    def wait_until_whole(self) -> None:
        """Wait until one leads and a synchronous standby follows it. Raises `ProgramFailed` after two minutes."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            self.look_after()
            if self.leader() and any(host.is_synchronous_standby() for host in self.databases):
                return
            time.sleep(0.5)
        raise ProgramFailed(f"no leader with a synchronous standby; see {self._logs}")

    def look_after(self) -> None:
        """Start again what ended by itself, on every host that is up."""
        for host in self.hosts:
            host.look_after()

    def books(self, division: int) -> dict[str, object]:
        """The company's books as the simulator keeps them."""
        answer = httpx.get(f"{self.exact_url}/_control/books", params={"division": division}, timeout=60)
        answer.raise_for_status()
        books: dict[str, object] = answer.json()
        return books

    @contextmanager
    def suffering(self, what: Planned, leader: DatabaseHost) -> Iterator[None]:
        """A context in which a planned fault lasts."""
        others = [host.address for host in self.databases if host is not leader]
        with ExitStack() as over:
            match what.blow:
                case Blow.KILL:
                    over.callback(leader.start)
                    leader.kill()
                case Blow.CUT_LEADER:
                    over.callback(leader.network.heal)
                    leader.network.cut_from(others)
                case Blow.CUT_WORKER:
                    network = self.services[("worker-1", "worker-2")[what.choice]].network
                    over.callback(network.heal)
                    network.cut_from([leader.address])
                case Blow.FREEZE:
                    over.callback(leader.thaw)
                    leader.freeze()
                case Blow.FILL_DISK:
                    over.callback(leader.free_disk)
                    leader.fill_disk()
                case Blow.STEP_CLOCK:
                    over.callback(leader.start)
                    over.callback(leader.step_clock, 0)
                    self._step_and_kill(leader, STEPS_S[what.choice])
            yield

    def end(self) -> None:
        """End all programs. The hosts' disks end with the run's own mounts."""
        for host in self.hosts:
            host.network.heal()
            host.kill()
        if self._proxy is not None:
            self._proxy.kill()
            self._proxy.wait()
        self.broker.stop()

    def _step_and_kill(self, leader: DatabaseHost, seconds: int) -> None:
        """Others go on where a clock was an hour off: what it wrote down of times is wrong for them."""
        leader.step_clock(seconds)
        time.sleep(5)
        leader.kill()

    def _python(self, name: str, arguments: list[str], environment: dict[str, str]) -> Program:
        kept = {"PYTHONDONTWRITEBYTECODE": "1", "HOME": os.environ.get("HOME", "/")}
        return Program(name=name, command=[sys.executable, *arguments], environment=kept | environment, cwd=CLONE)

    def _start_own_proxy(self) -> None:
        """For who measures, on this host."""
        program = self._haproxy()
        environment = {"PATH": os.environ["PATH"], **program.environment}
        with (self._logs / "haproxy.log").open("ab") as log:
            self._proxy = subprocess.Popen(program.command, env=environment, stdout=log, stderr=log, cwd="/")

    def _haproxy(self) -> Program:
        addresses = {f"DB_{place}": database.address for place, database in enumerate(self.databases, start=1)}
        account = self._account.popen_options()
        command = ["haproxy", "-db", "-f", str(HAPROXY_FILE)]
        return Program(name="haproxy", command=command, environment=addresses, account=account)

    def _wait_for(self, url: str) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                httpx.get(url, timeout=5)
            except httpx.TransportError:
                time.sleep(0.2)
            else:
                return
        raise ProgramFailed(f"nobody answers at {url}; see {self._logs}")
