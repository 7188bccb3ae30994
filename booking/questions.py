"""Unmapped means of payment: one question for each, however many closings wait for the answer."""

from collections.abc import Iterable
from collections.abc import Mapping as ReadOnly

from booking.mapping import booking_plan
from booking.models import AskedMeans, Mapping
from ledger.kinds import PaymentKind
from ledger.plan import BookingPlan
from tenants.models import Establishment


def ask_about_means(establishment: Establishment, asked: Iterable[ReadOnly[str, str]]) -> None:
    """Store a question for each unmapped means of payment: `asked` are facts with `means`, `kind` and `label`."""
    AskedMeans.objects.bulk_create(
        [
            AskedMeans(
                tenant_id=establishment.tenant_id,
                establishment=establishment,
                code=facts["means"],
                kind=facts["kind"],
                label=facts["label"],
            )
            for facts in asked
        ],
        ignore_conflicts=True,
    )


def open_questions(mapping: Mapping) -> list[AskedMeans]:
    """The means of payment for which an account must still be named, oldest first."""
    return questions_of([mapping])[mapping.establishment_id]


def questions_of(mappings: Iterable[Mapping]) -> dict[int, list[AskedMeans]]:
    """The same for many mappings at once, by establishment."""
    plans = {it.establishment_id: booking_plan(it, journal_accounts={}) for it in mappings}
    found: dict[int, list[AskedMeans]] = {establishment_id: [] for establishment_id in plans}
    for asked in AskedMeans.objects.filter(establishment__in=plans).order_by("asked_at", "pk"):
        if not _is_answered(plans[asked.establishment_id], asked):
            found[asked.establishment_id].append(asked)
    return found


def _is_answered(plan: BookingPlan, asked: AskedMeans) -> bool:
    kind = PaymentKind(asked.kind)
    means = plan.means_plan(asked.code, kind)
    return means is not None and means.says_where(kind)
