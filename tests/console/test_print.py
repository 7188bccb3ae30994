"""On paper: the sheet is linked by every page, and what it hides and shows has its name in the pages."""

import re

from django.test import Client
from django.urls import reverse

from tenants.factories import StaffFactory
from tests.clients import client_of
from tests.conftest import ROOT

SHEET = ROOT / "integration" / "static" / "console" / "print.css"
NAME = re.compile(r"(?<![\w.:-])([.#])([a-zA-Z][\w-]*)")
# Names of unfold's own templates, and of the theme it puts on the page.
OF_THE_FRAME = {"nav-sidebar", "changelist-actions", "changelist-search", "material-symbols-outlined", "page", "main"}
UNFOLD = {"dark", "action-checkbox", "action-checkbox-column", "changelist-form", "result_list"}


def test_every_name_in_the_sheet__is_one_of_the_pages() -> None:
    rules = re.sub(r"/\*.*?\*/", "", SHEET.read_text(), flags=re.S)
    named = {name for _sign, name in NAME.findall(re.sub(r"\{[^{}]*\}", " ", rules))}
    pages = "\n".join(
        path.read_text()
        for room in ROOT.iterdir()
        if room.is_dir() and not room.name.startswith(".")
        for folder in ("templates", "static", "console")
        for path in (room / folder).rglob("*")
        if path.suffix in (".html", ".css", ".py") and path != SHEET
    )
    lost = {name for name in named if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", pages)}
    assert lost - OF_THE_FRAME - UNFOLD == set()
    assert {"console-button", "console-figure", "console-timeline", "list-chip", "content"} <= named


def test_every_page__brings_the_sheet_and_says_of_which_moment_it_is(db: None) -> None:
    client: Client = client_of(StaffFactory())
    for address in ("admin:index", "admin:exports_storedclosing_changelist", "console_causes"):
        page = client.get(reverse(address)).content.decode()
        assert "console/print.css" in page
        assert re.search(r'class="console-printed">.*état au \d\d/\d\d/\d{4} \d\d:\d\d', page), address
