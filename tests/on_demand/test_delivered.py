"""A file for import holds what no earlier one held; all of it again is a person's choice, with a word on the report."""

import re
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from on_demand import to_file
from on_demand.claim import cancel
from on_demand.models import FOR_IMPORT, DeliveredClosing, OnDemandExport, OnDemandFormat
from on_demand.perform import perform
from tests.conftest import Caller
from tests.on_demand.given import READERS, asked, content_of, done, page_of, push, shop, staff_of, states_of
from tests.on_demand.test_to_exact import side_by_side

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
NEW = "/console/on_demand/ondemandexport/new/"


def documents_in(export: OnDemandExport) -> set[str]:
    return {line.document for line in READERS[OnDemandFormat(export.format)](content_of(export))}


def export_of(answer: Any) -> OnDemandExport:
    """The export that a till was told of, after a worker had it."""
    assert answer.status_code == 202, answer.content
    perform(answer.json()["id"])
    return OnDemandExport.objects.get(pk=answer.json()["id"])


def told(till: Caller, export: OnDemandExport) -> dict[str, Any]:
    answer: dict[str, Any] = till.get(f"exports/{export.pk}").json()
    return answer


@pytest.mark.parametrize("format", FOR_IMPORT)
def test_second_file__holds_only_what_is_new_and_links_the_first(format: OnDemandFormat) -> None:
    till = shop()
    push(till, 1042)
    first = export_of(till.post("exports", {**MARCH, "format": format}))
    push(till, 1043)
    second = export_of(till.post("exports", {**MARCH, "format": format}))
    assert (documents_in(first), documents_in(second)) == ({"Z1042"}, {"Z1043"})
    assert states_of(second) == {1042: "already", 1043: "taken"}
    answer = told(till, second)
    assert [(it["id"], it["file"], it["closings"]) for it in answer["earlier"]] == [(str(first.pk), first.file_name, 1)]
    assert [(it["number"], it["taken"]) for it in answer["closings"]] == [(1042, False), (1043, True)]
    page = staff_of(till).get(reverse("admin:on_demand_ondemandexport_change", args=[second.pk])).content.decode()
    assert reverse("admin:on_demand_ondemandexport_change", args=[first.pk]) in page
    assert "Dans des fichiers précédents" in page


def test_formats__know_nothing_of_each_other_and_a_fec_holds_everything() -> None:
    till = shop()
    push(till, 1042)
    files = [
        done(asked(till, format))
        for format in (OnDemandFormat.CIEL, OnDemandFormat.SAGE, OnDemandFormat.FEC, OnDemandFormat.FEC)
    ]
    assert [states_of(export) for export in files] == [{1042: "taken"}] * 4


def test_everything_again__is_in_the_file_with_a_word_on_the_report() -> None:
    till = shop()
    push(till, 1042)
    export_of(till.post("exports", {**MARCH, "format": "ciel"}))
    push(till, 1043)
    again = export_of(till.post("exports", {**MARCH, "format": "ciel", "again": True}))
    assert documents_in(again) == {"Z1042", "Z1043"}
    assert "contiennent déjà 1 de ces clôtures" in page_of(again, till)
    answer = told(till, again)
    assert answer["again"] is True
    assert [it["taken"] for it in answer["closings"]] == [True, True]
    third = done(asked(till, OnDemandFormat.CIEL))
    assert (third.state, third.content, third.problems[0]["code"]) == ("failed", None, "run_nothing_new")
    assert [it["id"] for it in told(till, third)["earlier"]] == [str(again.pk)]


def test_everything_again__is_ticked_in_the_console() -> None:
    till = shop()
    push(till, 1042)
    done(asked(till, OnDemandFormat.SAGE))
    question = {"where": f"e{till.till.establishment_id}", "first": "2026-03-01", "last": "2026-03-31"}
    client = staff_of(till)
    page = client.get(NEW, {**question, "format": "sage", "show": "1"}).content.decode()
    assert "Un fichier précédent contient déjà toutes ces clôtures." in page
    assert "Exporter</button>" not in page
    client.post(NEW, {**question, "format": "sage"})
    assert OnDemandExport.objects.count() == 1
    page = client.get(NEW, {**question, "format": "sage", "again": "on", "show": "1"}).content.decode()
    assert "revient dans celui-ci" in page
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    client.post(NEW, form)
    export = done(OnDemandExport.objects.get(again=True))
    assert documents_in(export) == {"Z1042"}


def test_everything_again__is_no_question_for_exact() -> None:
    answer = shop().post("exports", {**MARCH, "format": "exact", "again": True})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/again")
    assert not OnDemandExport.objects.exists()


def test_failed_and_cancelled_exports__delivered_nothing() -> None:
    till = shop()
    push(till, 1042)
    assert cancel(asked(till, OnDemandFormat.CIEL).pk)
    broken = asked(till, OnDemandFormat.CIEL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(to_file, "keep_content", lambda *_args, **_more: 1 / 0)
        assert done(broken).state == "failed"
    assert not DeliveredClosing.objects.exists()
    assert documents_in(done(asked(till, OnDemandFormat.CIEL))) == {"Z1042"}


def test_export_over_all_establishments__leaves_out_what_one_alone_has() -> None:
    till = shop()
    other = shop(establishment__tenant=till.till.tenant)
    push(till, 1042)
    push(other, 1043)
    first = done(asked(till, OnDemandFormat.CIEL))
    whole = done(asked(till, OnDemandFormat.CIEL, establishment=None))
    assert states_of(whole) == {1042: "already", 1043: "taken"}
    page = page_of(whole, till)
    assert f"{first.file_name} ·" in page
    answer = told(other, done(asked(other, OnDemandFormat.CIEL)))
    assert [(it["id"], it["links"]) for it in answer["earlier"]] == [(str(whole.pk), None)]


def test_two_exports__racing_for_a_closing_deliver_it_once() -> None:
    till = shop()
    push(till, *range(1042, 1050))
    exports = [asked(till, OnDemandFormat.CIEL), asked(till, OnDemandFormat.CIEL, email="compta@example.fr")]
    side_by_side(*(lambda export=export: perform(export.pk) for export in exports))
    for export in exports:
        export.refresh_from_db()
    delivered = [number for export in exports for number, state in states_of(export).items() if state == "taken"]
    assert sorted(delivered) == [*range(1042, 1050)]
    assert sorted(export.state for export in exports) == ["done", "failed"]


def test_export_that_comes_second__is_made_anew_without_what_was_delivered_meanwhile() -> None:
    till = shop()
    push(till, 1042, 1043)
    slow = asked(till, OnDemandFormat.CIEL)
    delivered: list[OnDemandExport] = []
    keep = to_file.keep_content

    def meanwhile(*args: Any, **more: Any) -> Any:
        if not delivered:
            delivered.append(asked(till, OnDemandFormat.CIEL, email="compta@example.fr", last=date(2026, 3, 14)))
            done(delivered[0])
        return keep(*args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(to_file, "keep_content", meanwhile)
        slow = done(slow)
    assert documents_in(delivered[0]) == {"Z1042"}
    assert documents_in(slow) == {"Z1043"}
    assert states_of(slow) == {1042: "already", 1043: "taken"}
