"""What a delivered FEC holds under a number never changes; what truly changed is set right beside it, under others."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from booking.mapping import MeansOverride, Overrides, SlotOverride, set_overrides
from exact.models import Division, Lane, Posting
from exports.models import SetAside
from exports.reposts.replace import dry_run, order
from exports.way.set_aside import set_aside, take_back
from on_demand import to_file
from on_demand.models import FileSettings, OnDemandExport, OnDemandFormat, ValidatedEntry
from on_demand.preview import preview
from on_demand.report import Report
from on_demand.why_nothing import why_nothing
from tenants.factories import StaffFactory, SupportFactory
from tests.conftest import Caller, SimulatedExact, work
from tests.ledger.files.readers.fec import read_fec
from tests.ledger.files.readers.line import balances
from tests.on_demand.given import asked, content_of, done, push, shop, staff_of

pytestmark = pytest.mark.django_db(transaction=True)
LATER = json.loads((Path(__file__).parent / "inputs" / "parameters-later.json").read_text())


def fec(till: Caller) -> OnDemandExport:
    export = done(asked(till, OnDemandFormat.FEC))
    assert export.state == "done", export.problems
    return export


def test_settings_of_later__change_no_byte_of_what_was_validated() -> None:
    till = shop()
    with time_machine.travel(datetime(2026, 4, 2, 9, tzinfo=UTC), tick=True):
        push(till, 1042, 1043)
        first = fec(till)
    with time_machine.travel(datetime(2026, 6, 2, 9, tzinfo=UTC), tick=True):
        assert till.put("parameters", LATER).status_code == 200
        FileSettings.objects.create(
            tenant=till.till.tenant,
            options={"journals": {"70": {"code": "VT", "name": "Autres"}}, "accounts": {"706000": "Autre nom"}},
        )
        again = fec(till)
        assert content_of(again) == content_of(first)
        assert again.sheet == first.sheet
        assert again.takings == first.takings
        push(till, 1044)
        new = content_of(fec(till))
    assert new.startswith(content_of(first))
    assert new.removeprefix(content_of(first)).startswith(b"VT\tAutres\tVT000001\t")


def test_part_of_the_range__shows_the_same_lines() -> None:
    till = shop()
    push(till, 1042, 1043, 1044)
    whole = content_of(fec(till)).splitlines()
    assert till.put("parameters", LATER).status_code == 200
    day = datetime(2026, 3, 15, tzinfo=UTC).date()
    part = content_of(done(asked(till, OnDemandFormat.FEC, first=day, last=day))).splitlines()
    assert [line for line in whole if line in part] == part
    assert len(part) == 14


def test_draft__asked_for_later_leaves_out_the_date_alone() -> None:
    till = shop()
    push(till, 1042)
    first = content_of(fec(till))
    FileSettings.objects.create(tenant=till.till.tenant, options={"draft": True})
    assert till.put("parameters", LATER).status_code == 200
    drafted = content_of(fec(till))
    [validated] = {*re.findall(rb"\t(\d{8})\t\t\r\n", first)}
    assert drafted.count(b"\t\t\t\r\n") == 13
    assert first == drafted.replace(b"\t\t\t\r\n", b"\t%s\t\t\r\n" % validated)


def test_number_given_and_never_delivered__follows_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    till = shop()
    push(till, 1042)
    with monkeypatch.context() as patch:
        patch.setattr(to_file, "keep_content", lambda *_args, **_more: 1 / 0)
        assert done(asked(till, OnDemandFormat.FEC)).state == "failed"
    assert not ValidatedEntry.objects.exists()
    assert till.put("parameters", LATER).status_code == 200
    lines = read_fec(content_of(fec(till)))
    assert {line.entry for line in lines} == {"VE000001", "CA000001"}
    assert "706200" in balances(lines)


def test_validated_entry__is_never_changed_or_taken_back() -> None:
    till = shop()
    push(till, 1042)
    fec(till)
    for change in (lambda rows: rows.update(start=0), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(ValidatedEntry.objects.all())


def test_two_exports__that_number_the_same_entries_deliver_the_same_bytes() -> None:
    till = shop()
    push(till, 1042)
    delivered: list[OnDemandExport] = []
    keep = to_file.keep_content

    def meanwhile(*args: Any, **more: Any) -> Any:
        if not delivered:
            assert till.put("parameters", LATER).status_code == 200
            delivered.append(asked(till, OnDemandFormat.FEC, email="compta@example.fr"))
            done(delivered[0])
        return keep(*args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(to_file, "keep_content", meanwhile)
        slow = fec(till)
    delivered[0].refresh_from_db()
    assert content_of(slow) == content_of(delivered[0])


@pytest.fixture
def in_exact(linked: tuple[Caller, Division]) -> tuple[Caller, Posting]:
    """A closing in Exact and in a delivered FEC; since then its 10 % goes to another account."""
    till, division = linked
    till.till.tenant.siren = "123456789"
    till.till.tenant.save(update_fields=["siren"])
    push(till, 1042)
    while work(division):
        pass
    fec(till)
    settings = Overrides(slots={2: SlotOverride(sales_account="707010")})
    set_overrides(till.till.establishment, settings, actor=None)
    return till, Posting.objects.get(entry_kind="sales")


def replaced(posting: Posting) -> None:
    order(dry_run(posting.pk), actor=SupportFactory(), why="wrong account")
    Lane.objects.update(paused_until=None)
    while work(posting.division):
        pass


@pytest.mark.parametrize("processed", [False, True], ids=["deleted", "reversed"])
def test_entry_replaced_in_exact__is_reversed_and_follows_under_new_numbers(
    in_exact: tuple[Caller, Posting], exact: SimulatedExact, processed: bool
) -> None:
    till, posting = in_exact
    first = content_of(fec(till))
    if processed:
        ids = {"division": posting.division.code, "entry_id": str(posting.entry_id)}
        exact.control("entries/status", **ids, status=50)
    replaced(posting)
    corrected = fec(till)
    content = content_of(corrected)
    assert content.startswith(first)
    lines = read_fec(content)
    assert sorted({line.entry for line in lines}) == ["CA000001", "VE000001", "VE000002", "VE000003"]
    assert balances(lines)["707010"] == Decimal("-1000.00")
    assert "706000" not in balances(lines)
    undone = [line for line in lines if line.entry == "VE000002"]
    assert all(line.label.startswith("Extourne VE000001 Z1042") for line in undone)
    said = [sentence for sentence in Report(corrected).problems if "extourne" in sentence]
    assert any("Z 1042 " in sentence for sentence in said)
    assert corrected.takings["turnover"] == "1400.00"
    question = {"where": f"e{till.till.establishment_id}", "first": "2026-03-01", "last": "2026-03-31"}
    page = staff_of(till).get("/console/on_demand/ondemandexport/new/", {**question, "format": "fec", "show": "1"})
    assert page.context["wanted"][0].preview.turnover == Decimal("1400.00")
    again = fec(till)
    assert content_of(again) == content
    assert again.sheet["accounts"] == corrected.sheet["accounts"]
    assert [it for it in again.problems if it["code"] == "fec_corrected"] == []


def test_settings_of_later__change_nothing_of_what_stands_in_exact(in_exact: tuple[Caller, Posting]) -> None:
    till, _ = in_exact
    export = fec(till)
    assert b"707010" not in content_of(export)
    assert export.comparison["equal"]


@pytest.mark.parametrize("instead", [False, True])
def test_set_aside_since__is_undone_and_explained_on_the_way_from_the_tills(instead: bool) -> None:
    till = shop()
    kept, aside = push(till, 1042, 1043)
    with time_machine.travel(datetime(2026, 4, 2, 9, tzinfo=UTC), tick=True):
        fec(till)
    set_aside(aside.pk, actor=StaffFactory(reseller=till.till.tenant.reseller), why="Deux fois",
              instead=kept.pk if instead else None)  # fmt: skip
    steps = [] if instead else [["set_aside", "-1400.00"]]
    for day in (3, 4):
        with time_machine.travel(datetime(2026, 4, day, 9, tzinfo=UTC), tick=True):
            export = fec(till)
        assert export.takings is not None
        bridge = export.takings["bridge"]
        assert (bridge["steps"], bridge["booked"]) == (steps, "1400.00")
        assert preview(export).bridge.to_document() == bridge
    alone = OnDemandExport(
        tenant=till.till.tenant, format="fec", first_date=aside.business_date, last_date=aside.business_date
    )
    assert why_nothing(alone) is None


def test_set_aside_and_taken_back__stands_in_the_file_once_more() -> None:
    till = shop()
    _kept, aside = push(till, 1042, 1043)
    actor = StaffFactory(reseller=till.till.tenant.reseller)
    with time_machine.travel(datetime(2026, 4, 2, 9, tzinfo=UTC), tick=True):
        before = balances(read_fec(content_of(fec(till))))
    set_aside(aside.pk, actor=actor, why="Deux fois")
    with time_machine.travel(datetime(2026, 4, 3, 9, tzinfo=UTC), tick=True):
        export = fec(till)
    assert balances(read_fec(content_of(export))) != before
    assert [it["code"] for it in export.problems] == ["fec_undone"]
    take_back(aside.pk, actor=actor, why="Une fois", shown=str(SetAside.objects.get().pk))
    with time_machine.travel(datetime(2026, 4, 4, 9, tzinfo=UTC), tick=True):
        export = fec(till)
        assert balances(read_fec(content_of(export))) == before
        assert [it["code"] for it in export.problems] == ["fec_once_more"]
        assert content_of(fec(till)) == content_of(export)


def test_set_aside_and_taken_back_while_it_is_held__says_why_it_is_not_there_once_more() -> None:
    till = shop()
    mapped = Overrides(means={"SWILE": MeansOverride(account="511840")})
    set_overrides(till.till.establishment, mapped, actor=None)
    push(till, 1042)
    [aside] = push(till, 1043, payments=[{"means": "SWILE", "kind": "other", "amount": "1425.00", "count": 3}])
    actor = StaffFactory(reseller=till.till.tenant.reseller)
    with time_machine.travel(datetime(2026, 4, 2, 9, tzinfo=UTC), tick=True):
        fec(till)
    set_aside(aside.pk, actor=actor, why="Deux fois")
    with time_machine.travel(datetime(2026, 4, 3, 9, tzinfo=UTC), tick=True):
        undone = content_of(fec(till))
    set_overrides(till.till.establishment, Overrides(), actor=None)
    take_back(aside.pk, actor=actor, why="Une fois", shown=str(SetAside.objects.get().pk))
    with time_machine.travel(datetime(2026, 4, 4, 9, tzinfo=UTC), tick=True):
        export = fec(till)
    assert content_of(export) == undone
    [left] = Report(export).held
    assert left.closing == aside
    assert left.reasons
    assert export.takings is not None
    assert (export.takings["bridge"]["steps"], export.takings["bridge"]["booked"]) == (
        [["held", "-1400.00"]],
        "1400.00",
    )
    assert preview(export).bridge.to_document() == export.takings["bridge"]
    set_overrides(till.till.establishment, mapped, actor=None)
    with time_machine.travel(datetime(2026, 4, 5, 9, tzinfo=UTC), tick=True):
        export = fec(till)
    assert content_of(export) != undone
    assert Report(export).held == []
    for journal in ("VE", "CA"):
        numbers = [
            *dict.fromkeys(line.entry for line in read_fec(content_of(export)) if line.entry.startswith(journal))
        ]
        assert numbers == [f"{journal}{number:06d}" for number in range(1, len(numbers) + 1)]
