"""Settings that the nightly check against Exact found wrong, so that new closings are held."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from concerns.concern import Concern, Condition, Item, key_of, owner_of
from exact.models import Activation
from exact.wording import explain
from ledger.problem import Problem
from tenants.viewpoint import Scope


def to_set(scope: Scope) -> Iterator[Concern]:
    """Establishments that are activated and no longer sound: one concern for all that is wrong in each."""
    rows = scope.rows(Activation.objects.filter(active=True).exclude(problems=[]))
    rows = rows.select_related("establishment__tenant").order_by("establishment__code", "pk")
    for activation in rows[: scope.read_max]:
        problems = [Problem.from_document(it) for it in activation.problems]
        yield Concern(
            condition=Condition.TO_SET,
            **owner_of(activation.establishment),
            words=" ".join(explain(it) for it in problems),
            mend=_("Mend in the mapping"),
            address=reverse("console_mapping", args=[activation.establishment_id]),
            items=tuple(
                Item(key=key_of(Condition.TO_SET, activation.pk, it.code, *sorted(it.facts.values())))
                for it in problems
            ),
        )
