"""What has just changed, told to whoever wants to hear of it: the webhooks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Action = Literal["Create", "Update", "Delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """A row of a resource that a company made, changed or deleted, once it is kept."""

    division: int
    resource: str
    action: Action
    key: str


Announce = Callable[[Change], None]
