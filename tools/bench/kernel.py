"""What the kernel counts for a program and all its processes: CPU time and memory."""

import os
from collections.abc import Iterator
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SESSION, PARENT = 3, 1
UTIME, CSTIME = 11, 14


def cpu_s(pid: int) -> float:
    """CPU seconds of a program so far: of its processes, and of those they have waited for."""
    ticks = 0
    for stat in (_stat(process) for process in processes_of(pid)):
        ticks += sum(int(value) for value in stat[UTIME : CSTIME + 1])
    return ticks / TICKS_A_SECOND


def ran_s(pid: int) -> float:
    """Seconds that one process ran so far, to the nanosecond: for what takes less than a tick."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def memory_mb(pid: int) -> float:
    """Memory of a program's largest process: its own pages and its share of those it shares (PSS)."""
    return max(_pss_kb(process) for process in processes_of(pid)) / 1024


def processes_of(pid: int) -> Iterator[int]:
    """The program's processes: of its session, or children of its first (PostgreSQL's sessions are their own)."""
    for folder in Path("/proc").glob("[0-9]*"):
        stat = _stat(int(folder.name))
        if stat and (int(folder.name) == pid or int(stat[SESSION]) == pid or int(stat[PARENT]) == pid):
            yield int(folder.name)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold spaces; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
