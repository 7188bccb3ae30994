"""An export into a file: the entries that stand in Exact, else booked now; what is held is named; numbers are kept."""

import hashlib
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from booking.models import Mapping
from exact.models import Division
from exports.models import StoredClosing
from on_demand import to_file
from on_demand.claim import cancel
from on_demand.models import FileContent, FileSettings, KeptNumber, OnDemandClosing, OnDemandExport, OnDemandFormat
from on_demand.report import Report
from tests.conftest import CLOSING, PARAMETERS, Caller, closing, work
from tests.ledger.files.readers.fec import read_fec
from tests.ledger.files.readers.line import balances
from tests.on_demand.given import FILES, READERS, asked, content_of, done, push, shop, states_of

pytestmark = pytest.mark.django_db(transaction=True)


def numbers_in(content: bytes) -> dict[str, list[str]]:
    """EcritureNum by PieceRef, in the file's order."""
    found: dict[str, list[str]] = {}
    for line in read_fec(content):
        numbers = found.setdefault(line.document, [])
        if line.entry not in numbers:
            numbers.append(line.entry)
    return found


@pytest.mark.parametrize("format", FILES)
def test_file__is_kept_by_its_hash_with_its_sheet(format: OnDemandFormat) -> None:
    till = shop()
    push(till, 1042, 1043)
    export = done(asked(till, format))
    assert (export.state, states_of(export)) == ("done", {1042: "taken", 1043: "taken"}), export.problems
    assert hashlib.sha256(content_of(export)).hexdigest() == export.sheet["sha256"]
    assert (export.sheet["closings"], export.sheet["debit"]) == (2, export.sheet["credit"])
    assert export.done == export.total == 4


def test_fec__holds_the_closing_to_the_cent() -> None:
    till = shop()
    push(till, 1042)
    lines = read_fec(content_of(done(asked(till, OnDemandFormat.FEC))))
    assert balances(lines) == {
        "445711": Decimal("-49.99"),
        "445712": Decimal("-100.01"),
        "706000": Decimal("-1000.00"),
        "707000": Decimal("-250.00"),
        "426100": Decimal("-25.00"),
        "511500": Decimal("900.00"),
        "511800": Decimal("200.00"),
        "530000": Decimal("325.00"),
    }


def test_closing__keeps_its_number_when_it_is_exported_again() -> None:
    till = shop()
    push(till, 1042, 1044)
    first = numbers_in(content_of(done(asked(till, OnDemandFormat.FEC))))
    push(till, 1043)
    again = numbers_in(content_of(done(asked(till, OnDemandFormat.FEC))))
    assert first == {
        f"Z-{till.till.establishment.code}-1042": ["VE000001", "CA000001"],
        f"Z-{till.till.establishment.code}-1044": ["VE000002", "CA000002"],
    }
    late = f"Z-{till.till.establishment.code}-1043"
    assert again == {**first, late: ["VE000003", "CA000003"]}
    assert [*again][-1] == late


def numbers_and_journals(content: bytes) -> set[tuple[str, str]]:
    return {(line.entry, line.journal) for line in read_fec(content)}


def test_number__stays_when_the_journal_is_renamed_in_the_file() -> None:
    till = shop()
    push(till, 1042)
    done(asked(till, OnDemandFormat.FEC))
    FileSettings.objects.create(tenant=till.till.tenant, options={"journals": {"70": {"code": "VT", "name": "Ventes"}}})
    push(till, 1043)
    again = numbers_and_journals(content_of(done(asked(till, OnDemandFormat.FEC))))
    assert again == {("VE000001", "VE"), ("CA000001", "CA"), ("VT000001", "VT"), ("CA000002", "CA")}


@pytest.mark.parametrize("changed", [{"sales": "71"}, {"receipts": "31", "cash": "CB"}])
def test_number__stays_when_the_till_names_another_journal(changed: dict[str, str]) -> None:
    till = shop()
    push(till, 1042, 1043)
    first = content_of(done(asked(till, OnDemandFormat.FEC)))
    parameters = {**PARAMETERS, "journals": {**PARAMETERS["journals"], **changed}}
    assert till.put("parameters", parameters).status_code == 200
    assert content_of(done(asked(till, OnDemandFormat.FEC))) == first
    assert KeptNumber.objects.count() == 4


@pytest.mark.parametrize("format", FILES)
def test_label__that_would_break_a_file_is_cleaned_and_loses_no_amount(format: OnDemandFormat) -> None:
    till = shop()
    tip, *_ = CLOSING["other_receipts"]
    push(till, 1042, other_receipts=[{**tip, "label": 'Pour boire |;"été" 🍕 fin'}])
    content = content_of(done(asked(till, format)))
    lines = READERS[format](content)
    assert len(lines) == 13
    assert sum(line.debit - line.credit for line in lines) == 0
    tips = [line for line in lines if Decimal("25.00") in (line.debit, line.credit)]
    assert len(tips) == 2
    (said,) = {line.label.partition("14/03")[2].strip() for line in tips}
    cleaned = "Pour boire /,'ete' fin" if format == OnDemandFormat.CIEL else "Pour boire /,'été' fin"
    assert said and cleaned.startswith(said)


def absent_numbers(export: OnDemandExport) -> list[str]:
    """What the report says of numbers that left the file."""
    return [sentence for sentence in Report(export).problems if "FEC" in sentence]


def test_number__that_leaves_with_a_merged_journal_is_named_in_the_report(linked: tuple[Caller, Division]) -> None:
    till, code = linked[0], linked[0].till.establishment.code
    till.till.tenant.siren = "123456789"
    till.till.tenant.save(update_fields=["siren"])
    assert till.delete("activation").status_code == 204
    mapping = Mapping.objects.filter(establishment=till.till.establishment)
    mapping.update(overrides={"means": {"CB": {"journal": "50"}}})
    push(till, 1042, 1043)
    apart = done(asked(till, OnDemandFormat.FEC))
    assert numbers_in(content_of(apart))[f"Z-{code}-1042"] == ["VE000001", "CA000001", "50000001"]
    assert absent_numbers(apart) == []

    mapping.update(overrides={})
    merged = done(asked(till, OnDemandFormat.FEC))
    assert content_of(merged) == content_of(apart)
    assert absent_numbers(merged) == []


def test_number__of_a_file_that_was_never_delivered_is_named_when_its_entry_is_gone(
    linked: tuple[Caller, Division], monkeypatch: pytest.MonkeyPatch
) -> None:
    till, code = linked[0], linked[0].till.establishment.code
    till.till.tenant.siren = "123456789"
    till.till.tenant.save(update_fields=["siren"])
    assert till.delete("activation").status_code == 204
    mapping = Mapping.objects.filter(establishment=till.till.establishment)
    mapping.update(overrides={"means": {"CB": {"journal": "50"}}})
    push(till, 1042)
    with monkeypatch.context() as patch:
        patch.setattr(to_file, "keep_content", lambda *_args, **_more: 1 / 0)
        assert done(asked(till, OnDemandFormat.FEC)).state == "failed"
    mapping.update(overrides={})
    merged = done(asked(till, OnDemandFormat.FEC))
    assert numbers_in(content_of(merged))[f"Z-{code}-1042"] == ["VE000001", "CA000001"]
    (sentence,) = absent_numbers(merged)
    assert f"50000001 (Z 1042 {code})" in sentence


def test_number__of_a_closing_that_is_held_now_stays_in_the_file_as_it_was() -> None:
    till = shop()
    push(till, 1042, 1043)
    first = done(asked(till, OnDemandFormat.FEC))
    StoredClosing.objects.filter(number=1042).update(
        state="held", problems=[{"code": "x", "facts": {}, "blocking": True}]
    )
    export = done(asked(till, OnDemandFormat.FEC))
    assert states_of(export) == {1042: "taken", 1043: "taken"}
    assert content_of(export) == content_of(first)


def test_same_range__gives_the_same_bytes_kept_once() -> None:
    till = shop()
    push(till, 1042)
    first, again = done(asked(till, OnDemandFormat.FEC)), done(asked(till, OnDemandFormat.FEC))
    assert first.pk != again.pk
    assert first.content_id == again.content_id
    assert FileContent.objects.count() == 1


def test_two_shops__of_one_company_share_one_sequence() -> None:
    till = shop()
    other = shop(establishment__tenant=till.till.tenant)
    push(till, 1042)
    push(other, 1043)
    done(asked(till, OnDemandFormat.FEC))
    export = done(asked(till, OnDemandFormat.FEC, establishment=None))
    assert sorted(number for numbers in numbers_in(content_of(export)).values() for number in numbers) == [
        "CA000001",
        "CA000002",
        "VE000001",
        "VE000002",
    ]


def test_number__is_never_changed_or_taken_back() -> None:
    till = shop()
    push(till, 1042)
    done(asked(till, OnDemandFormat.FEC))
    number = KeptNumber.objects.filter(journal="VE")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        number.update(sequence=9)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        number.delete()


def test_posted_closing__goes_into_the_file_as_it_stands_in_exact(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    till.till.tenant.siren = "123456789"
    till.till.tenant.save(update_fields=["siren"])
    push(till, 1042)
    work(division)
    mapping = till.till.establishment.mapping
    mapping.overrides = {"slots": {"2": {"sales_account": "706900"}}}
    mapping.save(update_fields=["overrides"])
    export = done(asked(till, OnDemandFormat.FEC))
    assert balances(read_fec(content_of(export)))["706000"] == Decimal("-1000.00")
    assert export.comparison["equal"], export.comparison


# A POSTE that tells the first closing's sales once more.
OVER_THE_FIRST = {
    "kind": "station",
    "scope": "BAR",
    "tickets": closing(1042)["tickets"],
    "opened_at": "2026-03-14T08:55:00+01:00",
    "closed_at": "2026-03-14T23:40:00+01:00",
}


@pytest.mark.parametrize(
    ("changes", "state", "code"),
    [
        ({"training": True, "totals": None}, "skipped", "run_training"),
        (OVER_THE_FIRST, "skipped", "checked_against"),
        ({"payments": [{"means": "ESP", "kind": "cash", "amount": "1.00"}]}, "held", "receipts_identity"),
    ],
)
def test_closing__that_is_not_in_the_file_says_why(changes: dict[str, Any], state: str, code: str) -> None:
    till = shop()
    push(till, 1042)
    push(till, 1043, **changes)
    export = done(asked(till, OnDemandFormat.CIEL))
    assert states_of(export) == {1042: "taken", 1043: state}
    left_out = OnDemandClosing.objects.get(export=export, closing__number=1043)
    assert code in [problem["code"] for problem in left_out.problems]


def test_siren__missing_makes_no_fec_and_gives_no_number() -> None:
    till = shop(establishment__tenant__siren="")
    push(till, 1042)
    export = done(asked(till, OnDemandFormat.FEC))
    assert (export.state, export.content) == ("failed", None)
    assert [problem["code"] for problem in export.problems if problem["blocking"]] == ["file_siren_invalid"]
    assert not KeptNumber.objects.exists()


def test_range__without_a_closing_makes_no_file() -> None:
    export = done(asked(shop(), OnDemandFormat.SAGE))
    assert (export.state, export.problems[0]["code"]) == ("failed", "run_empty")


def test_settings__name_journals_and_choose_the_decimal_sign() -> None:
    till = shop()
    push(till, 1042)
    FileSettings.objects.create(
        tenant=till.till.tenant,
        options={"journals": {"70": {"code": "VT", "name": "Ventes"}}, "ciel_decimal_sign": ","},
    )
    text = content_of(done(asked(till, OnDemandFormat.CIEL))).decode("ascii")
    assert "VT20260314" in text
    assert "1400,00D" in text


def test_cancelled__export_ends_and_delivers_nothing() -> None:
    till = shop()
    push(till, 1042)
    export = asked(till, OnDemandFormat.FEC)
    assert cancel(export.pk)
    export = done(export)
    assert (export.state, export.content) == ("cancelled", None)
    assert not cancel(export.pk)


def test_export__cancelled_while_it_is_made_stops_between_two_closings(monkeypatch: pytest.MonkeyPatch) -> None:
    till = shop()
    push(till, 1042, 1043, 1044)
    export = asked(till, OnDemandFormat.SAGE)
    monkeypatch.setattr("on_demand.claim.WRITE_EVERY_S", 0)
    monkeypatch.setattr("on_demand.to_file.Draft.problems", lambda _draft: [] * cancel(export.pk))
    export = done(export)
    assert (export.state, export.content) == ("cancelled", None)
    assert not FileContent.objects.exists()


@pytest.mark.parametrize("format", FILES)
def test_pieces__of_two_tills_of_one_day_are_told_apart(format: OnDemandFormat) -> None:
    till = shop()
    second = shop(establishment=till.till.establishment, tenant=till.till.tenant)
    other = shop(establishment__tenant=till.till.tenant)
    for station, caller in enumerate((till, second, other)):
        push(caller, 1042, tickets=[{"station": str(station), "first": 1, "last": 12, "count": 12}])
    apart = {line.document for line in READERS[format](content_of(done(asked(till, format))))}
    export = done(asked(till, format, establishment=None, again=True))
    whole = {line.document for line in READERS[format](content_of(export))}
    assert len(apart) == 2
    assert len(whole) == 3
