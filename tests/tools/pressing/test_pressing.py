"""A short run of a person who presses whatever Exact answers: nothing is doubled, nothing is lost."""

import json
import os
import subprocess
import sys

import pytest

from tools.pressing.answers import UNCLEAR
from tools.stack.services import CLONE

pytestmark = pytest.mark.usefixtures("outside")

DOCUMENTS = 2
LONGEST_S = 280


def test_pressing__after_every_unclear_answer_leaves_each_entry_in_the_books_once() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    run = subprocess.run(
        [sys.executable, "-m", "tools.pressing"],
        cwd=CLONE,
        env=environment | {"DOCUMENTS": str(DOCUMENTS)},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    told = json.loads((CLONE / ".local" / "pressing-run" / "report.json").read_text())["sum"]
    assert told["in the books"] == told["closings"] == DOCUMENTS * len(UNCLEAR)
    assert (told["doubled"], told["lost"], told["different"], told["stuck"]) == (0, 0, 0, 0)
    assert told["presses"] > 0
    assert told["adopted"] > DOCUMENTS * len(UNCLEAR) / 2
