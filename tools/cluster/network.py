"""Hosts on one machine: network namespaces on one bridge of ours. Needs root, iproute2 and nft.

All of it lives in a network and mount namespace of this run, so that nothing of the machine itself is touched and all
ends with the run.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

NET = "10.77.0"
BRIDGE = "bridge0"
HUB = f"{NET}.1"
NAMES = Path("/run/netns")


def be_apart(module: str) -> None:
    """Run `python -m MODULE inside` in namespaces of its own, in the place of this process."""
    inside = [sys.executable, "-m", module, "inside"]
    os.execvp("unshare", ["unshare", "--net", "--mount", "--propagation", "private", *inside])  # noqa: S606 - takes our place


def make_network() -> None:
    """The bridge that all hosts are on. The run itself is on it too, as `HUB`: tills, Valkey and who measures."""
    NAMES.mkdir(exist_ok=True)
    _run("mount", "-t", "tmpfs", "tmpfs", str(NAMES))  # names of ours alone
    _run("ip", "link", "set", "lo", "up")
    _run("ip", "link", "add", BRIDGE, "type", "bridge")
    _run("ip", "address", "add", f"{HUB}/24", "dev", BRIDGE)
    _run("ip", "link", "set", BRIDGE, "up")


class Network:
    """One host's place in it: its name, its address, and whom it does not hear."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self.address = name, f"{NET}.{number}"
        _run("ip", "netns", "add", name)
        _run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        _run("ip", "link", "set", name, "master", BRIDGE, "up")
        self._inside("ip", "link", "set", "lo", "up")
        self._inside("ip", "address", "add", f"{self.address}/24", "dev", "eth0")
        self._inside("ip", "link", "set", "eth0", "up")
        self._inside("nft", "add", "table", "inet", "cut")
        for hook in ("input", "output"):
            self._inside("nft", "add", "chain", "inet", "cut", hook, f"{{ type filter hook {hook} priority 0; }}")

    def command(self, *command: str) -> list[str]:
        """What runs a command on this host."""
        return ["ip", "netns", "exec", self.name, *command]

    def cut_from(self, others: Iterable[str]) -> None:
        """Let every packet from and to these addresses be lost, in silence."""
        for address in others:
            self._inside("nft", "add", "rule", "inet", "cut", "input", "ip", "saddr", address, "drop")
            self._inside("nft", "add", "rule", "inet", "cut", "output", "ip", "daddr", address, "drop")

    def heal(self) -> None:
        """Undo every `cut_from`."""
        self._inside("nft", "flush", "table", "inet", "cut")

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to everything that runs on this host."""
        listed = subprocess.run(
            ["ip", "netns", "pids", self.name], capture_output=True, text=True, check=True, timeout=20
        )
        for pid in map(int, listed.stdout.split()):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _inside(self, *command: str) -> None:
        _run(*self.command(*command))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=20)
