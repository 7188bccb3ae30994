"""Two workers in one lane at once: their logs say so, even when everything behind the lease still saves the books."""

import re
from collections.abc import Iterator
from pathlib import Path

# A worker that lost its lane stops at the lease; only without one does it come as far as these two refusals.
COLLISION = re.compile(
    r"^exact\.lane\.states\.MovedByAnother: .*|^.*violates unique.*exact_posting_one_on_the_wire.*", re.M
)


def collisions(logs: Path) -> Iterator[str]:
    """What each worker was refused because another was in its lane."""
    for log in sorted(logs.glob("worker-*.log")):
        yield from (f"{log.stem}: {line}" for line in COLLISION.findall(log.read_text(errors="replace")))
