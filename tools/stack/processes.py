"""Programs of one run (demo, chaos, bench): started in order, each with a log of its own, ended in reverse."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 15


class ProgramFailed(Exception):
    """A program of this run did not do what it must; the message says why and where to look."""


@dataclass(slots=True)
class Processes:
    """Programs of this run, by name. Used as a context manager: leaving it ends them all."""

    clone: Path
    logs: Path
    environment: dict[str, str]
    _running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._running:
            self.thaw(name)
        for process in reversed(self._running.values()):
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def start(self, name: str, *arguments: str) -> None:
        """Start `python ARGUMENTS…` in the background."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self.clone,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """End a program the hard way, with all its children, as an out-of-memory killer would."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def freeze(self, name: str) -> None:
        """Stop a program where it stands, as a machine that hangs would; `thaw` lets it go on."""
        os.killpg(self._running[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen program go on. Does nothing to one that runs, or has ended."""
        if self.alive(name):
            os.killpg(self._running[name].pid, signal.SIGCONT)

    def alive(self, name: str) -> bool:
        """Whether a program of that name was started and runs, frozen ones too."""
        return name in self._running and self._running[name].poll() is None

    def ended(self, name: str) -> bool:
        """Whether a program that was started, and not killed, runs no more."""
        return name in self._running and self._running[name].poll() is not None

    def pid(self, name: str) -> int:
        """The process id; every process of the program is in the group and session of that id."""
        return self._running[name].pid

    def run(self, name: str, *arguments: str) -> None:
        """Run `python ARGUMENTS…` to its end. Raises `ProgramFailed` when it fails."""
        log = self.logs / f"{name}.log"
        with log.open("ab") as output:
            code = subprocess.run(
                [sys.executable, *arguments],
                cwd=self.clone,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            ).returncode
        if code:
            raise ProgramFailed(f"{name} failed:\n{tail(log)}")

    def wait_for(self, name: str, url: str) -> None:
        """Wait until a program answers over HTTP. Raises `ProgramFailed` when it ends or stays silent."""
        deadline = time.monotonic() + START_TIMEOUT_S
        with httpx.Client(timeout=5) as http:
            while time.monotonic() < deadline and self._running[name].poll() is None:
                try:
                    http.get(url)
                except httpx.TransportError:
                    time.sleep(0.1)
                else:
                    return
        raise ProgramFailed(f"{name} did not start:\n{tail(self.logs / f'{name}.log')}")


def tail(log: Path) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
