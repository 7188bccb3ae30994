"""What a run says while it goes on and at its end, and a file for each broken promise."""

import json
from collections import Counter
from pathlib import Path

from tools.fuzz.tally import Failure, Tally

SHOWN_MAX = 12
LINES_OF_LOG = 15


def print_progress(tally: Tally, inputs: int, seconds: float) -> None:
    """One line, written over at a terminal."""
    said = f"{tally.inputs:>9,} of {inputs:,} inputs, {seconds:.0f} s, {sum(tally.failed.values())} broken promises"
    print(f"  … {said}", flush=True)


def print_tally(tally: Tally, seconds: float) -> None:
    """Inputs by kind, answers by status and code, what became of closings, the slowest, and what failed."""
    _print_counts("inputs", tally.kinds)
    _print_counts("answers", tally.answers)
    _print_counts("closings", tally.states)
    through = f", {tally.over_socket:,} of them over a socket" if tally.over_socket else ""
    mean = 1000 * tally.cpu_s / max(1, tally.inputs)
    print(f"\n  {tally.inputs:,} inputs in {seconds:.0f} s{through}; {mean:.1f} ms of a process each")
    for cpu_s, kind, said in tally.slowest:
        print(f"  slowest: {1000 * cpu_s:.0f} ms, {kind}: {'; '.join(said) or 'whole'}")
    for promise, count in tally.failed.most_common():
        print(f"  FAILED {count}×: {promise.splitlines()[0]}")


def write_reproducers(folder: Path, failures: list[Failure]) -> None:
    """A file for each, to be sent again with `python -m tools.fuzz FILE`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, failure in enumerate(failures, 1):
        path = folder / f"{number:03d}.json"
        path.write_text(json.dumps(failure.to_document(), indent=1, ensure_ascii=True))
        if number <= SHOWN_MAX:
            print(f"  {path}: {failure.said.splitlines()[0][:160]}")
            print_log(failure)


def print_log(failure: Failure) -> None:
    """The end of what the service logged meanwhile."""
    lines = "\n".join(failure.log).splitlines()
    print("".join(f"      {line}\n" for line in lines[-LINES_OF_LOG:]), end="")


def _print_counts(title: str, counts: Counter[str]) -> None:
    print(f"\n  {title}")
    for name, count in counts.most_common():
        print(f"    {name:<32}{count:>9,}")
