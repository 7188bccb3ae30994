"""The concerns of the establishments that a person may see: for the first page, letters and the pages of shops.

A new source is one function from a scope to concerns, in `SOURCES`.
"""

from collections.abc import Callable, Iterable, Iterator

from concerns.books import differing, not_compared
from concerns.closings import failed_and_held, stuck, waiting
from concerns.concern import Concern, Condition
from concerns.consents import doubtful_consents
from concerns.coverage import uncovered
from concerns.deliveries import undelivered
from concerns.settings import to_set
from concerns.tills import missing, never_sent, silent
from tenants.models import Role
from tenants.viewpoint import Scope

Source = Callable[[Scope], Iterator[Concern]]
SOURCES: tuple[Source, ...] = (
    failed_and_held,
    differing,
    doubtful_consents,
    stuck,
    to_set,
    missing,
    uncovered,
    silent,
    never_sent,
    waiting,
    not_compared,
    undelivered,
)
# The concerns that letters can tell within minutes: a closing that failed, and books that differ.
AT_ONCE: tuple[Source, ...] = (failed_and_held, differing)
AT_ONCE_KINDS = frozenset({Condition.FAILED, Condition.DIFFERS})

# The conditions that a merchant can mend: log in at Exact again, or close a till.
OF_MERCHANTS: frozenset[Source] = frozenset({doubtful_consents, silent})
MENDED_BY_MERCHANTS = frozenset({Condition.LINK_LOST, Condition.LINK_ENDING, Condition.SILENT})


def concerns_of(scope: Scope, sources: Iterable[Source] = SOURCES) -> list[Concern]:
    """Everything open in the scope that is the person's to mend, the most urgent first, in the active language."""
    if scope.user.role == Role.MERCHANT:
        sources = [it for it in sources if it in OF_MERCHANTS]
    found = [concern for source in sources for concern in source(scope)]
    if scope.user.role == Role.MERCHANT:
        found = [it for it in found if it.condition in MENDED_BY_MERCHANTS]
    return sorted(found, key=lambda it: (it.condition.urgency, -len(it.items), it.customer, it.shop))
