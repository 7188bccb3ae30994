"""Closings that are ready and cannot go: their establishment's export is on, and its link to Exact is lost.

Their state is that of any closing under way. Wherever people see closings counted or listed they have a word of their
own, since somebody must log in at Exact again; `exports.console.closing_page` says so of each entry's own company.
"""

from collections.abc import Collection

from django.db.models import Case, CharField, F, Q, Value, When

from exact.activation.state import stopped_activations
from exact.api.consent import Consent
from exports.models import ClosingState

STOPPED = "stopped"
LABEL = Consent.LOST.label
UNDER_WAY = (ClosingState.READY, ClosingState.EXPORTING)


def stopped_shops(shops: Collection[int] | None = None) -> set[int]:
    """The ids of the establishments, or of these of them, of which nothing goes to Exact until somebody logs in."""
    rows = stopped_activations()
    if shops is not None:
        rows = rows.filter(establishment__in=shops)
    return {*rows.values_list("establishment", flat=True)}


def stopped_among(shops: Collection[int]) -> Q:
    """A condition for closings that are stopped, by `stopped_shops`."""
    return Q(state__in=UNDER_WAY, establishment__in=[*shops])


def shown_state() -> Case:
    """A closing's state, or `STOPPED`, to be counted by."""
    stopped = Q(state__in=UNDER_WAY, establishment__in=stopped_activations().values("establishment"))
    return Case(When(stopped, then=Value(STOPPED)), default=F("state"), output_field=CharField())
