"""What a person's browser shows when a page is refused: the advice and the number, on a telephone too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tenants.factories import SupportFactory
from tenants.models import User


def test_file__that_is_too_large_is_answered_while_it_is_sent(
    sign_in: Callable[..., Page], transactional_db: None, tmp_path: Path
) -> None:
    support: User = SupportFactory()
    page = sign_in(support, viewport={"width": 390, "height": 800})
    file = tmp_path / "clients.csv"
    file.write_bytes(b"Le Zinc;;;;;;\n" * 400_000)
    page.goto("/console/set-up/import/")
    page.locator("input[type=file]").set_input_files(file)
    with page.expect_response(lambda it: it.request.method == "POST") as posted:
        page.locator("form[enctype] button[type=submit], form[enctype] button:not([type])").first.click()
    assert posted.value.status == 413
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est trop volumineux")
    expect(page.locator("code")).to_have_text(posted.value.headers["x-request-id"])
    wide: Any = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
