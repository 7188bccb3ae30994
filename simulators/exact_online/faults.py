"""What can go wrong on the way, by rule: connections that break, answers that never come, a bookkeeper at work.

A rule names a resource, a method and a company, or leaves them open. It strikes `count` times, each time with
`probability`. Which faults there are, and what of the call is done before they strike, says `Fault`.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from .identifiers import Identifiers


class Fault(StrEnum):
    """The faults by their names in the control API."""

    RESET_BEFORE = "reset_before"  # the connection is reset, nothing was done
    RESET_AFTER_COMMIT = "reset_after_commit"  # everything was done, then the connection is reset
    DELAY = "delay"  # done at once, answered late
    LATE_COMMIT = "late_commit"  # done and answered late: the caller may be gone when it happens
    STATUS_408 = "status_408"  # the request took too long to arrive; nothing was done
    STATUS_500 = "status_500"  # a fault of the server, not a refusal; nothing was done
    STATUS_503 = "status_503"  # nothing was done
    STATUS_504 = "status_504"  # a gateway gave up waiting; nothing was done
    STATUS_504_AFTER_COMMIT = "status_504_after_commit"  # the same answer, but everything was done
    STATUS_400_AFTER_COMMIT = "status_400_after_commit"  # a firewall's page over an answer of Exact's: all was done
    STATUS_401_AFTER_COMMIT = "status_401_after_commit"  # …
    STATUS_403_AFTER_COMMIT = "status_403_after_commit"  # …
    STATUS_404_AFTER_COMMIT = "status_404_after_commit"  # …
    STATUS_429_AFTER_COMMIT = "status_429_after_commit"  # …
    STATUS_500_AFTER_COMMIT = "status_500_after_commit"  # …
    STATUS_502_AFTER_COMMIT = "status_502_after_commit"  # …
    EMPTY_200_AFTER_COMMIT = "empty_200_after_commit"  # everything was done, the answer has no body
    GATEWAY_502_AFTER_COMMIT = "gateway_502_after_commit"  # done; the proxy says that the target hung up (rules 4.2)
    GATEWAY_504_AFTER_COMMIT = "gateway_504_after_commit"  # done; the proxy says that it waited in vain
    ERROR_AFTER_COMMIT = "error_after_commit"  # done; then 500 in Exact's own shape, with its general sentence
    REFUSAL_AFTER_COMMIT = "refusal_after_commit"  # done; then 500 with a sentence of the books
    GENERAL_ERROR = "general_error"  # the same answer as `error_after_commit`, but nothing was done
    HTML_200 = "html_200"  # a maintenance page; nothing was done (rules 4.2)
    NO_ROWS = "no_rows"  # a list without a row, as of an index that is behind the books
    TRUNCATE = "truncate"  # done, but the JSON of the answer ends in the middle
    BROKEN_BODY = "broken_body"  # done, but the connection breaks in the middle of the answer
    RATE_LIMIT = "rate_limit"  # 429 as if the minute were used up; nothing was done
    GATEWAY_FAULT = "gateway_fault"  # the proxy in front does not know the host (rules 1.8); nothing was done
    SLOW_BYTES = "slow_bytes"  # done at once, but the answer trickles in
    REFUSE = "refuse"  # done and answered; then the door is shut, and who connects is refused
    BOOKKEEPER_EDITS = "bookkeeper_edits"  # done and answered; then a bookkeeper changes an entry
    BOOKKEEPER_DELETES = "bookkeeper_deletes"  # … takes an entry out
    BOOKKEEPER_DOUBLES = "bookkeeper_doubles"  # … books an entry once more


@dataclass(slots=True, kw_only=True)
class Rule:
    """One rule; an open field (null) fits everything. `hold` waits for a release instead of `delay_s`.

    `random` is the rule's own: whether it strikes depends on the calls it fits, and on nothing else that happens.
    """

    id: int
    fault: Fault
    random: Random
    resource: str | None = None
    method: str | None = None
    division: int | None = None
    count: int | None = 1
    probability: float = 1.0
    delay_s: float = 0.0
    hold: bool = False
    struck: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as often as it may."""
        return self.count is not None and self.struck >= self.count

    def fits(self, resource: str, method: str, division: int | None) -> bool:
        """Whether the rule speaks of this call."""
        return (
            not self.is_spent
            and (self.resource is None or self.resource.lower() == resource.lower())
            and (self.method is None or self.method == method)
            and (self.division is None or self.division == division)
        )


class Faults:
    """The rules in force, in the order in which they were made."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._next_id = 1
        self._released = asyncio.Event()
        self.rules: list[Rule] = []

    def add(self, **fields: object) -> Rule:
        """Put a rule in force."""
        random = self._identifiers.stream(f"fault {self._next_id}")
        rule = Rule(id=self._next_id, random=random, **fields)  # type: ignore[arg-type]  # the control API has checked the fields
        self._next_id += 1
        self.rules.append(rule)
        return rule

    def take(self, resource: str, method: str, division: int | None) -> Rule | None:
        """The first rule that strikes this call, counted as used."""
        for rule in self.rules:
            if rule.fits(resource, method, division) and rule.random.random() < rule.probability:
                rule.struck += 1
                return rule
        return None

    def clear(self) -> None:
        """No faults any more; calls that are held go on."""
        self.rules.clear()
        self.release()

    async def wait_for_release(self) -> None:
        """Hold a call until somebody says go: a late answer without a clock in the test."""
        await self._released.wait()

    def release(self) -> None:
        """Let every call that is held go on."""
        self._released.set()
        self._released = asyncio.Event()
