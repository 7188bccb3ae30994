"""What a station is called, in one spelling: tills, and their versions, write the same station in several ways."""

import re
import unicodedata

_WORD_BEFORE = re.compile(r"(?:poste|station)(?![^\W\d_])[^\w]*(?:n[o°]?(?![^\W\d_])[^\w]*)?(?=\w)")
_BETWEEN = re.compile(r"[\W_]+")
_IDLE_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def one_spelling(station: str) -> str:
    """Give the name that stations are compared by: "1", "01", "Poste 1" and "POSTE 01" are all "1".

    Case, accents of one letter written in two ways, punctuation and leading zeros do not matter. A name of which
    nothing would be left stays as it is.
    """
    name = unicodedata.normalize("NFKC", station).casefold().strip()
    name = _WORD_BEFORE.sub("", name, count=1) if _WORD_BEFORE.match(name) else name
    spelt = _IDLE_ZEROS.sub("", _BETWEEN.sub(" ", name).strip())
    return spelt or name
