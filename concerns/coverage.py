"""Sales that closings told and that no closing in the books covers."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from concerns.concern import Concern, Condition, Item, key_of, owner_of
from exports.console import links
from exports.coverage.gaps import still_uncovered
from exports.coverage.judge import HOURS_UNCOVERED, UNCOVERED
from exports.models import StoredClosing
from exports.words.problems import sentence
from tenants.viewpoint import Scope


def uncovered(scope: Scope) -> Iterator[Concern]:
    """Tickets, or hours, that no closing that counts tells: one concern for each closing with that warning."""
    told = Q(problems__contains=[{"code": UNCOVERED}]) | Q(problems__contains=[{"code": HOURS_UNCOVERED}])
    with_some = StoredClosing.objects.exclude(problems=[])  # said aloud, so that the index of those serves
    rows = scope.rows(with_some.filter(told)).select_related("establishment__tenant").defer("document")
    closings = [*rows.order_by("-business_date", "-closed_at")[: scope.read_max]]
    left = still_uncovered(closings)
    for closing in closings:
        hours = [problem for problem in closing.problems if problem["code"] == HOURS_UNCOVERED]
        found = [*hours, *(problem.to_document() for problem in left.get(closing.pk, []))]
        for problem in found:
            span = problem["facts"]
            yield Concern(
                condition=Condition.MISSING,
                **owner_of(closing.establishment),
                words=sentence(problem),
                mend=_("See the closings"),
                address=links.closings(problem=problem["code"], establishment=closing.establishment_id),
                items=(Item(key=key_of(Condition.MISSING, closing.pk, *sorted(span.values())), label=f"{closing}"),),
            )
