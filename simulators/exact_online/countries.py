"""The countries Exact Online is split into: own address, own app registrations, own users (rules 1.1).

One program answers for all of them by path: `/nl/api/v1/…`. What has no country in front belongs to the home country,
so a second program with another home is a second host on a port of its own.
"""

HOME = "fr"
COUNTRIES = ("nl", "be", "de", "fr", "es", "uk", "us")


def country_code(country: str) -> str:
    """How `Country` and `Legislation` show it: padded to three characters (rules 3.8)."""
    return {"uk": "GB"}.get(country, country.upper()).ljust(3)
