"""What we know of Exact Online: apps, connections, companies, activations, postings, books."""

from exact.models.activation import (
    Activation,
    ActivationChange,
    ActivationEvent,
    ActivationLink,
    LinkStep,
    LinkWay,
)
from exact.models.app import PAGE_MAX, TOKEN_COLUMNS, Connection, ConnectionState, ExactApp
from exact.models.books import BookLine, Finding, FindingKind, Settlement
from exact.models.company import CatalogueItem, CatalogueKind, Division, DivisionAccess
from exact.models.past import Past
from exact.models.posting import (
    BEGUN,
    IN_TURN,
    MOVES,
    NEEDS_A_PERSON,
    OPEN,
    Lane,
    PauseCode,
    Posting,
    PostingEvent,
    PostingState,
)

__all__ = [
    "BEGUN",
    "IN_TURN",
    "MOVES",
    "NEEDS_A_PERSON",
    "OPEN",
    "PAGE_MAX",
    "TOKEN_COLUMNS",
    "Activation",
    "ActivationChange",
    "ActivationEvent",
    "ActivationLink",
    "BookLine",
    "CatalogueItem",
    "CatalogueKind",
    "Connection",
    "ConnectionState",
    "Division",
    "DivisionAccess",
    "ExactApp",
    "Finding",
    "FindingKind",
    "Lane",
    "LinkStep",
    "LinkWay",
    "Past",
    "PauseCode",
    "Posting",
    "PostingEvent",
    "PostingState",
    "Settlement",
]
