"""How a closing stands, in a word: its state, or what is the matter with its entries in Exact or with the link."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from exact.models import Finding, FindingKind
from exports.coverage.stopped import LABEL as LINK_LOST
from exports.coverage.stopped import STOPPED, UNDER_WAY, stopped_shops
from exports.models import ClosingState, Replacement, StoredClosing
from exports.words.closing_words import order_words


def name_state(
    closing: StoredClosing, *, findings: Sequence[Finding] = (), order: str = "", stopped: bool = False
) -> tuple[str, str]:
    """Its tone and its word. `findings`: what differs in Exact, unsettled. `order`: what a person ordered and waits.
    `stopped`: whether nothing of its establishment goes to Exact until somebody logs in.
    """
    if closing.state == ClosingState.EXPORTED and findings:
        gone = any(it.kind == FindingKind.MISSING for it in findings)
        return "differs", _("no longer in Exact") if gone else _("differs in Exact")
    if stopped:
        return STOPPED, str(LINK_LOST)
    if closing.state == ClosingState.EXPORTING and order:
        return closing.state, order_words(order)
    return "aside" if closing.is_set_aside else closing.state, closing.state_words


def name_states(closings: Sequence[StoredClosing]) -> dict[UUID, str]:
    """The word for each of a few closings."""
    ids = [it.pk for it in closings]
    found: defaultdict[UUID, list[Finding]] = defaultdict(list)
    for finding in Finding.objects.filter(posting__closing_id__in=ids, settled_at=None).select_related("posting"):
        found[finding.posting.closing_id].append(finding)
    orders = dict(Replacement.objects.filter(closing__in=ids, done_at=None).values_list("closing", "kind"))
    stopped = stopped_shops({it.establishment_id for it in closings if it.state in UNDER_WAY})
    return {
        it.pk: name_state(
            it,
            findings=found[it.pk],
            order=orders.get(it.pk, ""),
            stopped=it.state in UNDER_WAY and it.establishment_id in stopped,
        )[1]
        for it in closings
    }
