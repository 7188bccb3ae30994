"""Entry numbers: YYJJNNNN per journal and year, or the caller's own (rules 5, 8)."""

from simulators.exact_online.database import Database
from simulators.exact_online.errors import Refused
from simulators.exact_online.messages import problem


def take_number(
    database: Database, division: int, journal: str, year: int, own: int | None, *, deleted_are_free: bool
) -> int:
    """The number of a new entry; a number the journal has, or had, is refused.

    `deleted_are_free`: whether the number of a deleted entry may be used again (rules 5).
    """
    if own is None:
        return _next_number(database, division, journal, year)
    is_taken = not deleted_are_free and _is_retired(database, division, journal, own)
    if is_taken or _is_used(database, division, journal, own):
        raise Refused([problem("number_in_use", number=own, journal=journal)])
    return own


def _next_number(database: Database, division: int, journal: str, year: int) -> int:
    last = database.value(
        "SELECT last FROM last_number WHERE division = ? AND journal = ? AND year = ?", (division, journal, year)
    )
    sequence = (last or 0) + 1
    while _is_used(database, division, journal, _number(journal, year, sequence)):
        sequence += 1
    database.execute(
        "INSERT INTO last_number (division, journal, year, last) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET last = excluded.last",
        (division, journal, year, sequence),
    )
    return _number(journal, year, sequence)


def _number(journal: str, year: int, sequence: int) -> int:
    """Year 24, journal 70, the first entry: 24700001. From the 10,000th on the number grows by a digit."""
    digits = "".join(character for character in journal if character in "0123456789")[-2:].rjust(2, "0")
    return int(f"{year % 100:02d}{digits}{sequence:04d}")


def _is_used(database: Database, division: int, journal: str, number: int) -> bool:
    return (
        database.value(
            "SELECT 1 FROM entry WHERE division = ? AND journal = ? AND number = ?", (division, journal, number)
        )
        is not None
    )


def retire_number(database: Database, division: int, journal: str, number: int) -> None:
    """Remember that an entry of that number was deleted."""
    database.execute(
        "INSERT OR IGNORE INTO retired_number (division, journal, number) VALUES (?, ?, ?)", (division, journal, number)
    )


def _is_retired(database: Database, division: int, journal: str, number: int) -> bool:
    sql = "SELECT 1 FROM retired_number WHERE division = ? AND journal = ? AND number = ?"
    return database.value(sql, (division, journal, number)) is not None
