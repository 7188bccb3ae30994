"""What can go wrong between us and Exact Online, by what the caller must do next.

ExactError
├── Unauthorized       the access token is refused: renew it once, then NeedsReconnect
├── NeedsReconnect     the consent is gone: only the customer's new log-in helps; everything waits
│   └── ConsentInDoubt the access token is refused and cannot be renewed yet: Exact says at `until` what holds
├── Forbidden          the user lacks a right, or the company is closed to the app: a person mends it in Exact
├── RateLimited        a budget is used up: go on at `until`
├── Refused            Exact read the request and says no (a 500 or 4xx with its error body): never repeated
├── Unavailable        nothing happened, for sure: try again later
└── OutcomeUnknown     a write may or may not have happened: look it up before anything else
    └── RefusedInDoubt Exact says that something went wrong, maybe after it wrote: a refusal if it is not there

The table that decides is `exact.api.answers.outcome`; its source is rules.md §4.2 of Exact's behaviour.
"""

from datetime import datetime


class ExactError(Exception):
    """Base of all the above. Carries Exact's correlation id when there was an answer.

    `link_lost`: trying again is of no use before somebody has logged in at Exact.
    """

    link_lost = False

    def __init__(self, message: str, *, status: int | None = None, correlation_id: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.correlation_id = correlation_id


class Unauthorized(ExactError):
    """401: the access token is not (or no longer) good."""


class NeedsReconnect(ExactError):
    """The refresh token is dead; the customer must log in at Exact again."""

    link_lost = True


class ConsentInDoubt(NeedsReconnect):
    """Exact refuses the access token, and has not refused its renewal. `until`: when the renewal can be tried."""

    link_lost = False

    def __init__(self, message: str, *, until: datetime, correlation_id: str = "") -> None:
        super().__init__(message, correlation_id=correlation_id)
        self.until = until


class Forbidden(ExactError):
    """403: this user may not use this resource or company."""


class RateLimited(ExactError):
    """429, or our own budget is empty. `until` is when to go on."""

    def __init__(self, message: str, *, until: datetime, status: int | None = None, correlation_id: str = "") -> None:
        super().__init__(message, status=status, correlation_id=correlation_id)
        self.until = until


class Refused(ExactError):
    """Exact's answer is no. `messages` are its own sentences, in the linked user's language."""

    def __init__(self, messages: list[str], *, status: int, correlation_id: str = "") -> None:
        super().__init__("; ".join(messages), status=status, correlation_id=correlation_id)
        self.messages = messages


class Unavailable(ExactError):
    """The request was not handled."""


class OutcomeUnknown(ExactError):
    """A write was sent and no clear answer came back."""


class RefusedInDoubt(OutcomeUnknown):
    """Exact's general "an error has occurred": a refusal by its words, but the entry may have been written before."""

    def __init__(self, messages: list[str], *, status: int, correlation_id: str = "") -> None:
        super().__init__("; ".join(messages), status=status, correlation_id=correlation_id)
        self.messages = messages
