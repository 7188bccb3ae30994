"""Who pushes: a till in its shop, as the run knows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """One till in its shop: what it is called, its key, its first closing's number, and the company it is booked in."""

    name: str
    key: str
    first: int
    division: int
    user: str
