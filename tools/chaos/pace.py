"""The settings of a run: the product's own delays, made short by its environment, so that minutes show what takes
hours. Nothing of the product is switched off."""

from dataclasses import dataclass

from tools.chaos.weather import TIMEOUT_S
from tools.stack.product import LOCAL

PRODUCT = LOCAL | {
    "EXACT_TIMEOUT_S": str(TIMEOUT_S),
    "EXACT_LEASE_MARGIN_S": "1",
    "EXACT_BACKOFF_MAX_S": "4",
    "EXACT_RECONNECT_PAUSE_S": "5",
    "SWEEP_EVERY_S": "1",
    "WEB_IN_FLIGHT": "4",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How big a run is: its length, its customers, closings a second in all, and seconds between two blows."""

    seed: str
    minutes: float
    tenants: int = 24
    closings_a_second: float = 10.0
    blow_every_s: float = 4.0
    quiet_timeout_s: float = 300.0

    @property
    def length_s(self) -> float:
        """How long the run deals blows, in seconds."""
        return self.minutes * 60
