"""An establishment's short name when nobody gave one."""

import re
import unicodedata
from collections.abc import Collection

LETTERS = 6
LEFT_OUT = frozenset({"LE", "LA", "LES", "L", "AU", "AUX", "DE", "DU", "DES", "D"})


def free_code(name: str, taken: Collection[str]) -> str:
    """A code none of `taken`: letters of the name and a number, "Le Bistrot" → BISTRO01."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = [word for word in re.findall(r"[A-Z0-9]+", plain) if word not in LEFT_OUT]
    stem = "".join(words)[:LETTERS] or "SHOP"
    return next(code for number in range(1, 10_000) if (code := f"{stem}{number:02d}") not in taken)
