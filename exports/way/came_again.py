"""Whether a closing that was set aside came again for the company that took its establishment over."""

from collections.abc import Iterator

from exports.coverage.versions import not_set_aside
from exports.models import StoredClosing
from postgres.viewer import EVERYTHING, serving
from tenants.models import TakeOver


def came_again(closing: StoredClosing) -> bool:
    """Whether that company has the same closing, and has not set it aside: then it counts there.

    That company may be another reseller's by now, so it is asked of all customers' closings; only yes or no is told.
    """
    with serving(EVERYTHING):
        same = StoredClosing.objects.filter(
            establishment__in=[*_list_successors(closing.establishment_id)],
            kind=closing.kind,
            number=closing.number,
            business_date=closing.business_date,
            document=closing.document,
        )
        return not_set_aside(same.values_list("pk", flat=True)).exists()


def _list_successors(establishment_id: int) -> Iterator[int]:
    """As whose the establishment went on, one after the other; each is a later row, so it ends."""
    in_force = TakeOver.objects.filter(ended_on__isnull=False)
    while (took := in_force.filter(former=establishment_id).first()) is not None:
        establishment_id = took.successor_id
        yield establishment_id
