"""Text as a file can hold it: one line, no separators, only characters of the charset."""

import re
import unicodedata
from functools import lru_cache

# Separators and quotes of any of the formats, so that a label reads the same in all of them.
_SWAPPED = {'"': "'", "|": "/", ";": ","}

# What every charset holds as it is: words of ASCII without the above, one space between two.
_PLAIN = re.compile(r"[!#-:<-{}~]+(?: [!#-:<-{}~]+)*")

# What charsets lack and Unicode does not take apart.
_SPELLED = {
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "Æ": "AE",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ß": "ss",
    "€": "EUR",
    "£": "GBP",
    "’": "'",
    "‘": "'",
    "“": "'",
    "”": "'",
    "„": "'",
    "«": "'",
    "»": "'",
    "–": "-",
    "—": "-",
    "‑": "-",
    "−": "-",
    "⁄": "/",
    "×": "x",
    "•": "-",
    "°": "o",
}


def clean(text: str, charset: str) -> str:
    """Return text in one line of which every character exists in ``charset`` (a Python codec of one byte).

    Accents go where the charset has none ("Espèces" in ASCII is "Especes"), œ and € are spelled out, tabs and line
    breaks become a space, quotes and separators their neighbours, other scripts "?"; emoji and invisible characters
    are left out. Cleaning before measuring: "œ" may become two characters.
    """
    if _PLAIN.fullmatch(text):
        return text
    written = "".join(_write(char, charset) for char in unicodedata.normalize("NFC", text))
    return " ".join(written.split())


def fit(text: str, width: int) -> str:
    """Cut clean text to ``width`` characters, without a space at the end."""
    return text[:width].rstrip()


def is_code(text: str, charset: str) -> bool:
    """Say whether a code (account, journal, third party) can be written as it is: a code is never cleaned."""
    return bool(text) and " " not in text and clean(text, charset) == text


@lru_cache(maxsize=4_096)
def _write(char: str, charset: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    if category[0] == "C":
        return ""
    if char in _SWAPPED:
        return _SWAPPED[char]
    if _encodes(char, charset):
        return char
    if char in _SPELLED:
        return _SPELLED[char]
    parts = unicodedata.normalize("NFKD", char)
    if parts != char:
        return "".join(_write(part, charset) for part in parts if not unicodedata.combining(part))
    return "?" if category[0] in "LN" else ""


def _encodes(char: str, charset: str) -> bool:
    try:
        char.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
