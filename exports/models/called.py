"""What people call closings, in French as in English: "Z 437". The books have a shorter one (`StoredClosing.line`).

Pages, letters and sentences of the API take it from here; what they say beside it is in `exports.words.closing_words`.
"""


def call_number(first: int, last: int | None = None) -> str:
    """ "Z 437", or "Z 436 – 899" of several."""
    return f"Z {first}" if last is None or last == first else f"Z {first} – {last}"
