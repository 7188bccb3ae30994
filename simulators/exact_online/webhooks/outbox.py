"""Events on their way: sent at once or when told to, again after a failure, twice or out of order on request.

Exact promises no order and no single delivery, and tries again about ten times over 34 hours (rules 9). The waits are
those of the program's clock, so a test goes through all of them by moving it. What waits is lost when the program
stops.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from simulators.exact_online.change_signal import Change
from simulators.exact_online.clock import Clock
from simulators.exact_online.database import Database, Row
from simulators.exact_online.identifiers import Identifiers
from simulators.exact_online.readings import Readings

from . import callback
from .event import event_body
from .topics import topics_of

MINUTE_MS = 60_000
RETRY_AFTER_MS = tuple(4 * MINUTE_MS * 2**attempt for attempt in range(9))  # ten sendings in 34 hours
KEPT_MAX = 1_000
IDLE_S = 3_600.0
State = Literal["held", "waiting", "delivered", "given up"]
Order = Literal["oldest_first", "newest_first", "shuffled"]
ORDERS: dict[Order, Callable[[list["Delivery"]], object]] = {
    "oldest_first": lambda deliveries: None,
    "newest_first": lambda deliveries: deliveries.reverse(),
    "shuffled": lambda deliveries: random.shuffle(deliveries),
}


@dataclass(slots=True)
class Delivery:
    """One event for one subscriber; `attempts` holds what each sending was answered."""

    id: str
    subscription: str
    url: str
    topic: str
    change: Change
    body: bytes
    state: State
    due_ms: int
    attempts: list[str] = field(default_factory=list)


class Outbox:
    """The events of all companies."""

    def __init__(self, database: Database, clock: Clock, identifiers: Identifiers, readings: Readings) -> None:
        self.readings = readings
        self._database = database
        self._clock = clock
        self._identifiers = identifiers
        self._wake = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self.deliveries: list[Delivery] = []
        self.holds = False
        self.copies = 1

    def announce(self, change: Change) -> None:
        """Tell the subscribers of a change, unless events are held."""
        for topic, resource in topics_of(change).items():
            for row in self._subscriptions(change.division, topic):
                for _ in range(self.copies):
                    self._add(row, change, topic, resource)

    def _subscriptions(self, division: int, topic: str) -> list[Row]:
        return self._database.rows(
            "SELECT s.*, c.guid, c.webhook_secret FROM webhook_subscription s JOIN client c ON c.id = s.client_id"
            " WHERE s.division = ? AND s.topic = ? ORDER BY s.id",
            (division, topic),
        )

    def _add(self, row: Row, change: Change, topic: str, resource: str) -> None:
        endpoint = f"{row['base']}/{resource}(guid'{change.key}')"
        delivery = Delivery(
            id=self._identifiers.guid(),
            subscription=row["id"],
            url=row["callback_url"],
            topic=topic,
            change=change,
            body=event_body(change, topic, row["guid"], endpoint, row["webhook_secret"]),
            state="held" if self.holds else "waiting",
            due_ms=self._clock.now_ms(),
        )
        self._forget_oldest()
        self.deliveries.append(delivery)
        self.wake()

    def _forget_oldest(self) -> None:
        """Only what is over may be forgotten."""
        if len(self.deliveries) >= KEPT_MAX:
            over = (one for one in self.deliveries if one.state in ("delivered", "given up"))
            for one in list(over)[: KEPT_MAX // 2]:
                self.deliveries.remove(one)

    def release(self, order: Order) -> int:
        """Send what is held, in this order; how many that are."""
        held = [one for one in self.deliveries if one.state == "held"]
        kept = [one for one in self.deliveries if one.state != "held"]
        ORDERS[order](held)
        for one in held:
            one.state = "waiting"
            one.due_ms = self._clock.now_ms()
        self.deliveries = kept + held
        self.wake()
        return len(held)

    def drop(self, subscription: str) -> None:
        """Forget what waits for a subscription that is gone."""
        for one in self.deliveries:
            if one.subscription == subscription and one.state in ("held", "waiting"):
                one.state = "given up"

    def close(self) -> None:
        """Send nothing more."""
        self.deliveries = []
        if self._sender is not None:
            self._sender.cancel()

    def wake(self) -> None:
        """Look again at what is due: something was added, or the clock was moved."""
        if self._sender is None:
            self._sender = asyncio.get_running_loop().create_task(self._send())
        self._wake.set()

    async def _send(self) -> None:
        while True:
            self._wake.clear()
            due = [one for one in self.deliveries if one.state == "waiting" and one.due_ms <= self._clock.now_ms()]
            for one in due:
                if one.state == "waiting":  # its subscription may be gone meanwhile
                    await self._attempt(one)
            if not due:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._seconds_to_next())

    async def _attempt(self, delivery: Delivery) -> None:
        answer = await callback.deliver(delivery.url, delivery.body)
        delivery.attempts.append(answer)
        if answer.startswith("2"):
            delivery.state = "delivered"
        elif self.readings.webhook_retries == "none" or len(delivery.attempts) > len(RETRY_AFTER_MS):
            delivery.state = "given up"
        else:
            delivery.due_ms = self._clock.now_ms() + RETRY_AFTER_MS[len(delivery.attempts) - 1]

    def _seconds_to_next(self) -> float:
        waiting = [one.due_ms for one in self.deliveries if one.state == "waiting"]
        if self._clock.frozen or not waiting:
            return IDLE_S
        return min(max(min(waiting) - self._clock.now_ms(), 1) / 1000, IDLE_S)
