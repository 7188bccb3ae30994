"""What Kubernetes is told of the work there is: the query of its manifest, on a database that works."""

from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from exact.lane import statements
from exact.models import Activation, Division, Lane, Posting
from tests.conftest import ROOT, Caller, SimulatedExact, closing, work

Linked = tuple[Caller, Division]
MANIFEST = ROOT / "deploy/kubernetes/components/scaling/workers.yaml"


def asked() -> Any:
    """What KEDA is answered, whose role is not the one that owns the tables."""
    [scaled] = [it for it in yaml.safe_load_all(MANIFEST.read_text()) if it["kind"] == "ScaledObject"]
    [trigger] = scaled["spec"]["triggers"]
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE clyo_door")
        cursor.execute(trigger["metadata"]["query"])
        [(number,)] = cursor.fetchall()
        cursor.execute("RESET ROLE")
    return number


def may_be_entered(division: Division) -> bool:
    """Whether a worker that came now would find something to do."""
    with transaction.atomic():
        entered = statements.enter(division.pk, "one who looks")
        transaction.set_rollback(True)
    return entered is not None


def test_lane__counts_from_the_push_until_its_postings_are_in_the_books(linked: Linked) -> None:
    till, division = linked
    assert (asked(), may_be_entered(division)) == (0, False)
    till.post("closings", closing())
    assert (asked(), may_be_entered(division)) == (1, True)
    work(division)
    assert (asked(), may_be_entered(division)) == (0, False)


def test_lane__that_is_worked_in_counts(linked: Linked) -> None:
    till, division = linked
    till.post("closings", closing())
    Lane.objects.update(holder="somebody", leased_until=timezone.now() + timedelta(minutes=1))
    assert (asked(), may_be_entered(division)) == (1, False)


def test_lane__that_is_paused_wants_no_worker(linked: Linked) -> None:
    till, division = linked
    till.post("closings", closing())
    Lane.objects.update(paused_until=timezone.now() + timedelta(hours=1))
    assert (asked(), may_be_entered(division)) == (0, False)


def test_lane__whose_postings_wait_for_a_person_wants_no_worker(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    exact.control("periods", division=division.code, year=2026, period=3, journal="70", status="closed")
    till.post("closings", closing())
    work(division)
    assert sorted(Posting.objects.values_list("state", flat=True)) == ["pending", "refused"]
    assert (asked(), may_be_entered(division)) == (0, False)


@pytest.mark.parametrize("active", [True, False])
def test_lane__of_an_establishment_that_is_switched_off_wants_no_worker(linked: Linked, active: bool) -> None:
    till, division = linked
    till.post("closings", closing())
    Activation.objects.update(active=active)
    assert (asked(), may_be_entered(division)) == (int(active), active)
