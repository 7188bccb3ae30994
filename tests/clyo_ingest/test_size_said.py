"""The size of a body that a till may send, as the sentences say it."""

import re

from clyo_ingest.body import BODY_MAX
from clyo_ingest.refusal_words import TITLES
from clyo_ingest.schema_words import INTRODUCTION, REFUSALS


def test_size__is_the_one_that_is_kept() -> None:
    """A sentence is a key of the translations, so it cannot be made of the constant."""
    said = f"{TITLES['too_large']} {INTRODUCTION} {REFUSALS[413][1]}"
    assert re.findall(r"(\d+) MiB", said) == [str(BODY_MAX // 1024**2)] * 3
    assert BODY_MAX % 1024**2 == 0
