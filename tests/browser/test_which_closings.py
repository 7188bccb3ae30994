"""The question "GÉNÉRALE or POSTE?" answered by hand, from the first page on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clyo_ingest.keys import issue_key
from tenants.factories import StaffFactory, TillFactory
from tests.conftest import Caller
from tests.exports.coverage.covering import general, push, station

pytestmark = pytest.mark.django_db(transaction=True)


def test_question__is_answered_from_the_first_page(sign_in: Callable[..., Page], tmp_path: Path) -> None:
    row = TillFactory()
    till = Caller(row, issue_key(row))
    push(till, general(tickets=[]), station("1", tickets=[]), station("2", tickets=[]))
    page = sign_in(StaffFactory(reseller=row.tenant.reseller))
    page.goto("/console/")
    page.screenshot(path=tmp_path / "first-page.png", full_page=True)
    page.get_by_role("link", name="Dire quelles clôtures sont comptabilisées").click()
    expect(page.get_by_role("heading", name="GÉNÉRALE ou POSTE")).to_be_visible()
    page.screenshot(path=tmp_path / "question.png", full_page=True)
    page.locator("input[value=station]").check()
    page.get_by_role("button", name="Comptabiliser celles-ci").click()
    expect(page.get_by_text("Ce qui attendait est réexaminé.")).to_be_visible()
    row.establishment.refresh_from_db()
    assert row.establishment.booked_level == "station"


def test_closing__shows_what_it_was_checked_against(sign_in: Callable[..., Page], tmp_path: Path) -> None:
    row = TillFactory()
    till = Caller(row, issue_key(row))
    *_stations, whole = push(till, station("1"), station("2"), general())
    page = sign_in(StaffFactory(reseller=row.tenant.reseller))
    page.goto(f"/console/exports/storedclosing/{whole.pk}/change/")
    expect(page.get_by_role("heading", name="Contrôlée avec")).to_be_visible()
    page.screenshot(path=tmp_path / "closing.png", full_page=True)
