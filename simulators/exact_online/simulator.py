"""The whole program as one object: what the parts share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .bookkeeper import Bookkeeper
from .books.company import Company
from .books.ledger import Ledger
from .call_log import Calls
from .clock import Clock
from .countries import HOME
from .database import Database
from .door import Door
from .errors import NotFound
from .faults import Faults
from .identifiers import Identifiers
from .limits import ErrorLimit, LimitSettings, RateLimits, TokenLimit
from .oauth.grants import Grants
from .readings import Readings
from .seed.plant import plant
from .webhooks.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Settings:
    """How the program was started."""

    data: Path
    seed: str | None = None
    limits_enabled: bool = True
    per_minute: int = 60
    per_day: int = 5_000
    tokens_per_day: int = 200
    home: str = HOME
    readings: Mapping[str, str] = field(default_factory=dict)


class BooksOfAnotherVersion(Exception):
    """The folder holds books that an older or newer program made."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"the books in {folder} were made by another version of this program: remove the folder")


class Simulator:
    """Books, tokens, limits and faults, over one database."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.home = settings.home
        self.door: Door | None = None  # there is one once a server listens
        self.database = Database(settings.data)
        self.clock = Clock()
        is_new = self.database.is_empty
        if is_new:
            self.database.create_schema()
        elif not self.database.has_this_schema:
            self.database.close()
            raise BooksOfAnotherVersion(settings.data)
        self._wire()
        if is_new:
            plant(self.database, self.clock, self.identifiers, self.home)
        else:
            self.clock.advance(self.database.value("SELECT offset_ms FROM clock") or 0)

    def _wire(self) -> None:
        settings = self._settings
        self.limit_settings = LimitSettings(
            settings.limits_enabled, settings.per_minute, settings.per_day, settings.tokens_per_day
        )
        self.identifiers = Identifiers(self.database, settings.seed)
        self.readings = Readings()
        self.readings.choose(settings.readings)
        self.webhooks = Outbox(self.database, self.clock, self.identifiers, self.readings)
        self.mandatory_filters: dict[str, list[str]] = {}
        self.ledger = Ledger(self.database, self.identifiers, self.webhooks.announce)
        self.token_limit = TokenLimit(self.clock, self.limit_settings)
        self.grants = Grants(self.database, self.clock, self.identifiers, self.token_limit, self.readings)
        self.rate_limits = RateLimits(self.clock, self.limit_settings, self.readings)
        self.error_limit = ErrorLimit(self.clock, self.limit_settings, self.readings)
        self.faults = Faults(self.identifiers)
        self.calls = Calls()
        self.bookkeeper = Bookkeeper(self.ledger, self.company, self.identifiers.stream("bookkeeper"))

    def reset(self) -> None:
        """Start from the seed again: books, users, tokens, clock, limits, readings, faults, counters."""
        self.faults.clear()
        self.webhooks.close()
        self.database.create_schema()
        self.clock.reset()
        self._wire()
        plant(self.database, self.clock, self.identifiers, self.home)

    def choose_readings_of_the_start(self) -> None:
        """Take back every reading that was chosen while the program ran."""
        self.readings.choose(Readings().chosen() | dict(self._settings.readings))

    def keep_clock(self) -> None:
        """Remember how far the clock is ahead, so that a restart does not bring expired tokens back to life."""
        with self.database.transaction():
            self.database.execute("DELETE FROM clock")
            self.database.insert("clock", {"offset_ms": self.clock.offset_ms})

    def company(self, division: int) -> Company:
        """The company with that number."""
        row = self.database.row("SELECT * FROM company WHERE division = ?", (division,))
        if row is None:
            raise NotFound("No such division.")
        return Company(self.database, row, self.clock, self.readings)

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()
