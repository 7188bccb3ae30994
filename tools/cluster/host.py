"""A host with its programs: each is started again when it ends by itself, as by systemd; a host can die or freeze."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.cluster.network import Network

END_TIMEOUT_S = 20
# PostgreSQL's socket has the same name on each host.
OWN_TMP = 'mount -t tmpfs -o mode=1777 tmpfs /tmp && exec "$@"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program of a host: what starts it, in what environment, as whom (keyword arguments of `subprocess`)."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    cwd: Path = Path("/")
    account: Mapping[str, Any] = field(default_factory=dict)


class Host:
    """One machine. Times it ended programs by itself are in `restarts`."""

    def __init__(self, name: str, number: int, logs: Path) -> None:
        self.name, self.network, self.restarts = name, Network(name, number), 0
        self.programs: list[Program] = []
        self._logs, self._running = logs, dict[str, "subprocess.Popen[bytes]"]()
        self._up = self._frozen = False

    @property
    def address(self) -> str:
        """Its IPv4 address on the hosts' bridge."""
        return self.network.address

    @property
    def logs(self) -> list[Path]:
        """A log for each of its programs, kept over restarts."""
        return [self._logs / f"{self.name}-{program.name}.log" for program in self.programs]

    def start(self) -> None:
        """Switch it on: everything it runs is started."""
        self._up = True
        for program in self.programs:
            self._start(program)

    def look_after(self) -> None:
        """Start again what ended by itself."""
        if not self._up or self._frozen:
            return
        for program in self.programs:
            if self._running[program.name].poll() is not None:
                self.restarts += 1
                self._start(program)

    def kill(self) -> None:
        """SIGKILL everything on it; nothing is started again before `start`."""
        self._up = self._frozen = False
        self.network.signal_all(signal.SIGKILL)
        for process in self._running.values():
            process.wait(END_TIMEOUT_S)
        self._running.clear()

    def freeze(self) -> None:
        """Stop everything on it where it stands. Its network card still acknowledges what arrives."""
        self._frozen = True
        self.network.signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let everything on it go on after `freeze`."""
        self.network.signal_all(signal.SIGCONT)
        self._frozen = False

    def _start(self, program: Program) -> None:
        with (self._logs / f"{self.name}-{program.name}.log").open("ab") as log:
            self._running[program.name] = subprocess.Popen(
                self._command_of(program),
                cwd=program.cwd,
                env={"PATH": os.environ["PATH"], "TZ": "UTC", **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _command_of(self, program: Program) -> list[str]:
        """`ip netns exec` needs root, the program must not have it: the account is changed on the way in."""
        become: list[str] = []
        if uid := program.account.get("user"):
            become = ["setpriv", f"--reuid={uid}", f"--regid={program.account['group']}", "--clear-groups"]
        return self.network.command("sh", "-c", OWN_TMP, "sh", *become, *program.command)
