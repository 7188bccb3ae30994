"""Check digits of VAT numbers, for the countries whose rule is public; others pass (rules 4.3)."""

import re
from collections.abc import Callable


def has_right_check_digits(number: str) -> bool:
    """Whether the digits of a VAT number fit together: `FR83404833048`."""
    bare = re.sub(r"[\s.]", "", number).upper()
    rule = _RULES.get(bare[:2])
    return rule is None or rule(bare[2:])


def _france(rest: str) -> bool:
    """Two digits made from the SIREN behind them; a key with letters is not checked."""
    match = re.fullmatch(r"([0-9A-Z]{2})(\d{9})", rest)
    if match is None:
        return False
    key, siren = match[1], int(match[2])
    return not key.isdigit() or int(key) == (12 + 3 * (siren % 97)) % 97


def _belgium(rest: str) -> bool:
    """The last two digits are what is missing to a multiple of 97."""
    return re.fullmatch(r"[01]\d{9}", rest) is not None and 97 - int(rest[:8]) % 97 == int(rest[8:])


def _netherlands(rest: str) -> bool:
    """The weighted sum of nine digits, by 11; since 2020 also the whole number, by 97."""
    match = re.fullmatch(r"(\d{9})B\d{2}", rest)
    if match is None:
        return False
    digits = [int(digit) for digit in match[1]]
    by_eleven = sum(digit * weight for digit, weight in zip(digits, range(9, 1, -1), strict=False)) % 11 == digits[8]
    as_number = "".join(str(int(character, 36)) for character in f"NL{rest}")
    return by_eleven or int(as_number) % 97 == 1


_RULES: dict[str, Callable[[str], bool]] = {"FR": _france, "BE": _belgium, "NL": _netherlands}
