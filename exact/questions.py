"""Means of payment that nobody said where to book: one question each, however many closings wait for the answer."""

from collections.abc import Iterable
from collections.abc import Mapping as ReadOnly

from exact.mapping import booking_plan
from exact.models import AskedMeans, Mapping
from ledger.closing import PaymentKind
from ledger.plan import BookingPlan
from tenants.models import Establishment


def ask_about_means(establishment: Establishment, asked: Iterable[ReadOnly[str, str]]) -> None:
    """Remember means of payment nobody said where to book: facts with `means`, `kind` and `label`. Asked once each."""
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
    plan = booking_plan(mapping, journal_accounts={})
    asked = AskedMeans.objects.filter(establishment_id=mapping.establishment_id).order_by("asked_at", "pk")
    return [it for it in asked if not _is_answered(plan, it)]


def _is_answered(plan: BookingPlan, asked: AskedMeans) -> bool:
    means = plan.means_plan(asked.code, PaymentKind(asked.kind))
    offered = asked.kind == PaymentKind.OFFERED
    return means is not None and means.account != "" and not (offered and means.account is None)
