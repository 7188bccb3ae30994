"""A database host: etcd and Patroni with its PostgreSQL, by the files of `deploy/ha`, on a small disk of its own."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx

from tools.cluster.host import Host, Program
from tools.stack.account import ServiceAccount
from tools.stack.services import CLONE

PATRONI_FILE = CLONE / "deploy" / "ha" / "patroni.yml"
DISK_MB = 900
WHOLE_DISK_MB = DISK_MB + 50
LOOK_S = 1.5
# Under the machine's own name for its kind, whichever it is.
FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), Path("/nonexistent"))
# Read again each second; what measures durations is left alone.
CLOCK_TOLD = "FAKETIME_CACHE_DURATION=1 FAKETIME_DONT_FAKE_MONOTONIC=1"


class DatabaseHost(Host):
    """One of the three. Its disk is a tmpfs, so that it can be filled; its clock is libfaketime's, if that is there."""

    def __init__(self, name: str, number: int, logs: Path, *, home: Path, account: ServiceAccount) -> None:
        super().__init__(name, number, logs)
        self.disk, self._account = home / name, account
        self._clock = home / f"{name}.clock"
        self._clock.write_text("+0")
        self.disk.mkdir(exist_ok=True)
        options = f"size={DISK_MB}m,mode=0700,uid={account.uid},gid={account.gid}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.disk], check=True, timeout=20)

    def install(self, patroni: Path, postgres: Path, peers: Mapping[str, str], passwords: dict[str, str]) -> None:
        """What it runs. `patroni`: the program; `postgres`: the folder of PostgreSQL's; `peers`: all three, by name."""
        account = self._account.popen_options()
        self.programs = [
            Program(name="etcd", command=self._etcd(peers), environment={}, account=account),
            Program(
                name="patroni",
                command=[str(patroni), str(PATRONI_FILE)],
                environment=self._patroni(self._with_own_clock(postgres), peers) | passwords,
                account=account,
                cwd=self.disk.parent,
            ),
        ]

    def leads(self) -> bool:
        """Whether it holds the leader's key, as its own Patroni says."""
        try:
            return httpx.get(f"http://{self.address}:8008/primary", timeout=LOOK_S).status_code == 200
        except httpx.TransportError:
            return False

    def is_synchronous_standby(self) -> bool:
        """Whether what is acknowledged now is on its disk too."""
        try:
            return httpx.get(f"http://{self.address}:8008/synchronous", timeout=LOOK_S).status_code == 200
        except httpx.TransportError:
            return False

    def fill_disk(self) -> None:
        """Leave no byte free."""
        with (self.disk / "filled").open("wb") as file:
            try:
                for _megabyte in range(WHOLE_DISK_MB):
                    file.write(bytes(1 << 20))
                    file.flush()
            except OSError:
                return

    def free_disk(self) -> None:
        """Undo `fill_disk`."""
        (self.disk / "filled").unlink(missing_ok=True)

    def step_clock(self, seconds: int) -> None:
        """Let its clock be so far off the others', from one second to the next."""
        self._clock.write_text(f"{seconds:+d}")

    def _etcd(self, peers: Mapping[str, str]) -> list[str]:
        members = ",".join(f"{name}=http://{address}:2380" for name, address in peers.items())
        return [
            "etcd",
            *("--name", self.name, "--data-dir", str(self.disk / "etcd")),
            *(
                "--listen-client-urls",
                f"http://{self.address}:2379",
                "--listen-peer-urls",
                f"http://{self.address}:2380",
            ),
            *("--advertise-client-urls", f"http://{self.address}:2379"),
            *("--initial-advertise-peer-urls", f"http://{self.address}:2380", "--initial-cluster", members),
            *("--initial-cluster-state", "new", "--heartbeat-interval", "200", "--election-timeout", "2000"),
            "--enable-v2=false",
        ]

    def _patroni(self, postgres: Path, peers: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATRONI_NAME": self.name,
            "PATRONI_ETCD3_HOSTS": ",".join(f"{address}:2379" for address in peers.values()),
            "PATRONI_RESTAPI_CONNECT_ADDRESS": f"{self.address}:8008",
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"{self.address}:5432",
            "PATRONI_POSTGRESQL_DATA_DIR": str(self.disk / "data"),
            "PATRONI_POSTGRESQL_BIN_DIR": str(postgres),
            "PATRONI_POSTGRESQL_PGPASS": str(self.disk / "pgpass"),
            "HOME": str(self.disk),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def _with_own_clock(self, postgres: Path) -> Path:
        """The folder of PostgreSQL's programs, in which the server itself goes by this host's clock."""
        if not FAKETIME.exists():
            return postgres
        told = f"LD_PRELOAD={FAKETIME} FAKETIME_TIMESTAMP_FILE={self._clock} {CLOCK_TOLD}"
        programs = self.disk.with_name(f"{self.name}-programs")
        shutil.rmtree(programs, ignore_errors=True)
        programs.mkdir()
        for program in postgres.iterdir():
            (programs / program.name).symlink_to(program)
        server = programs / "postgres"
        server.unlink()
        server.write_text(f'#!/bin/sh\nexec env {told} {postgres / "postgres"} "$@"\n')
        server.chmod(0o755)
        return programs
