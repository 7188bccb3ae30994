"""What appears only after a step: drawers, menus, refused forms, pages behind a button. A further one is a row."""

from collections.abc import Callable

from playwright.sync_api import Page

CLOSINGS = "/console/exports/storedclosing/"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def open_filters(page: Page, web: str) -> None:
    """The drawer of a list's filters."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{web}{CLOSINGS}")
    page.click("#console-filters-open")
    page.locator("#changelist-filter-close").wait_for()


def unfold_row(page: Page, web: str) -> None:
    """A short row, unfolded."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{web}{CLOSINGS}")
    page.locator(".row-more button").first.click()


def open_menu(page: Page, web: str) -> None:
    """The menu on a telephone, with one's own choices open."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{web}/console/")
    page.click("#console-menu-open")
    page.click("[aria-controls=console-user-links]")
    page.locator("#console-user-links").wait_for()


def choose_rows(page: Page, web: str, *, state: str = "attention") -> None:
    """The bar of what can be done with chosen rows."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{web}{CLOSINGS}?state={state}")
    page.locator("input.action-select").first.check()
    page.locator("#changelist-actions").wait_for()


def ask_to_send_again(page: Page, web: str) -> None:
    """What is shown before closings are sent again, where that may help."""
    choose_rows(page, web, state="failed")
    page.select_option("select[name=action]", "send_again")
    page.click("#changelist-actions button[type=submit]")
    page.locator(".console [name=why]").wait_for()


def refuse_form(page: Page, web: str) -> None:
    """A form that was sent empty, with its refusals."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{web}/console/tenants/till/add/")
    page.locator("[name=_save]").click()
    page.locator(".errornote, .errors").first.wait_for()


def refuse_log_in(page: Page, web: str) -> None:
    """The log-in after a wrong password."""
    page.context.clear_cookies()
    page.goto(f"{web}/console/login/")
    page.fill("[name=username]", "personne@canal.example")
    page.fill("[name=password]", "pas-la-bonne")
    page.click("[type=submit]")
    page.locator("[name=password]").wait_for()


def preview_export(page: Page, web: str) -> None:
    """What an export will take, before it is asked for."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{web}/console/on_demand/ondemandexport/new/")
    page.eval_on_selector_all("input[name=where]", "all => { all.at(-1).checked = true; }")
    page.select_option("select[name=format]", "fec")
    page.fill("[name=email]", "compta@canal.example")
    page.locator("button[name=show].is-primary").click()
    page.locator("#preview").wait_for()


def show_codes(page: Page, web: str) -> None:
    """The sheet of pairing codes."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{web}/console/shops/")
    page.locator(".console-map th a.console-link").first.click()
    page.get_by_text("Nouveau code").first.click()
    page.locator(".console-codes-sheet").wait_for()


# The last one logs out.
DOINGS: tuple[Callable[[Page, str], None], ...] = (
    open_filters,
    unfold_row,
    open_menu,
    choose_rows,
    ask_to_send_again,
    refuse_form,
    preview_export,
    show_codes,
    refuse_log_in,
)
