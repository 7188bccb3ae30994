"""What is on each picture of the handbook: who looks, how wide, and how they come there. A further picture is a row."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from playwright.sync_api import Page

from tools.demo.running import Stage

SUPPORT, CANAL, ATLANTIQUE = "support@clyo.example", "revendeur@canal.example", "revendeur@atlantique.example"
ACCOUNTANT = "comptable@moreau.example"
DESK, PHONE = 1280, 390


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture. `who` logs in ("" for nobody), `go` leads there, `tall` is where it is cut off, in pixels."""

    name: str
    who: str
    go: Callable[[Page, Stage], None]
    wide: int = DESK
    tall: int = 1000


def first_page(page: Page, stage: Stage) -> None:
    """Last night, as the log-in leads to it."""
    page.goto(f"{stage.web}/console/")


def set_up(page: Page, stage: Stage) -> None:
    """The checklist of a customer that is being set up."""
    page.goto(f"{stage.web}/console/set-up/")
    page.locator("#content").get_by_role("link", name="Fromagerie Beauvallon").first.click()


def activation(page: Page, stage: Stage) -> None:
    """The address that the till shows to its owner."""
    identity = json.loads((stage.tills / "FROM01-caisse1" / "identity.json").read_text())
    key = {"Authorization": f"Bearer {identity['key']}"}
    answer = httpx.post(f"{stage.web}/api/v1/activation", headers=key, timeout=30)
    page.goto(answer.raise_for_status().json()["url"])


def mapping(page: Page, stage: Stage) -> None:
    """The mapping that a new means of payment asks for."""
    first_page(page, stage)
    page.get_by_role("link", name="Corriger le paramétrage").first.click()


def held_closing(page: Page, stage: Stage) -> None:
    """The closing that does not add up."""
    page.goto(f"{stage.web}/console/exports/storedclosing/?state=held")
    page.locator("#result_list th a").last.click()


def differences(page: Page, stage: Stage) -> None:
    """What the night found in Exact."""
    page.goto(f"{stage.web}/console/exact/finding/")


def shop(page: Page, stage: Stage) -> None:
    """A shop with its month."""
    page.goto(f"{stage.web}/console/shops/")
    page.get_by_role("link", name="Le Grand Large – Restaurant").first.click()


def export_on_demand(page: Page, stage: Stage) -> None:
    """The export on demand, before it is asked for."""
    page.goto(f"{stage.web}/console/on_demand/ondemandexport/new/")


def check(page: Page, stage: Stage) -> None:
    """Last month's figures of the accountant's customers, once Exact was read."""
    page.goto(f"{stage.web}/console/check/")
    page.locator("#content").get_by_role("button", name="Afficher").first.click()
    page.wait_for_url("**/check/?*")


SHOTS = (
    Shot(name="premiere-page", who=ATLANTIQUE, go=first_page),
    Shot(name="premiere-page-telephone", who=ATLANTIQUE, go=first_page, wide=PHONE, tall=1100),
    Shot(name="premiere-page-support", who=SUPPORT, go=first_page, tall=1250),
    Shot(name="installation", who=CANAL, go=set_up),
    Shot(name="activation-telephone", who="", go=activation, wide=PHONE, tall=844),
    Shot(name="parametrage", who=CANAL, go=mapping),
    Shot(name="cloture-retenue", who=CANAL, go=held_closing),
    Shot(name="differences", who=SUPPORT, go=differences, tall=800),
    Shot(name="etablissement", who=ATLANTIQUE, go=shop, tall=1250),
    Shot(name="controle", who=ACCOUNTANT, go=check, tall=1400),
    Shot(name="export", who=CANAL, go=export_on_demand),
)
