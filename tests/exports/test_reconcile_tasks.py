"""The nightly comparison: which companies it reaches, and that one which cannot be read stops no other."""

from datetime import timedelta

from django.utils import timezone

from exact.models import Activation, Division
from exports.tasks import reconcile_division
from exports.way.sweep import unreconciled_divisions
from tests.conftest import Caller, SimulatedExact

Linked = tuple[Caller, Division]


def test_due__is_an_active_company_not_compared_since_yesterday(linked: Linked) -> None:
    _, division = linked
    assert unreconciled_divisions() == [division.pk]
    reconcile_division(division.pk)
    assert unreconciled_divisions() == []
    Division.objects.update(reconciled_at=timezone.now() - timedelta(hours=21))
    assert unreconciled_divisions() == [division.pk]
    Activation.objects.update(active=False)
    assert unreconciled_divisions() == []


def test_company_that_cannot_be_read__stays_due(linked: Linked, exact: SimulatedExact) -> None:
    _, division = linked
    exact.control("faults", resource="sync/Financial/TransactionLines", division=division.code, fault="status_503")
    reconcile_division(division.pk)
    assert unreconciled_divisions() == [division.pk]
