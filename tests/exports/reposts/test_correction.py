"""Correcting history: after a change of settings what stands otherwise is counted, shown, and put right in one run."""

import html
import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking.mapping import Overrides, SlotOverride, set_overrides
from clyo_ingest.keys import issue_key
from exact.activation.switch import activate, choose_division, refresh_catalogue
from exact.models import Division, Lane, Posting, PostingState
from exports.models import Overtaken, Replacement, RepostItem, RepostRun, SettingsLook, StoredClosing
from exports.reposts import correction, repost_runs
from exports.reposts.overtaken import look, look_on
from exports.reposts.repost_runs import advance
from exports.tasks import release, reposts
from exports.way.starts import say_start
from tenants.factories import AccountantFactory, EstablishmentFactory, ResellerAdminFactory, StaffFactory, TillFactory
from tenants.models import Establishment, Membership, User
from tests.conftest import PARAMETERS, Caller, SimulatedExact, closing, work
from tests.exports.reposts.test_replace import march, sums
from tests.world import exported_into_a_file

SETTING = "set:vat[1].sales_account"


@pytest.fixture
def shop(linked: tuple[Caller, Division]) -> Establishment:
    return linked[0].till.establishment


@pytest.fixture
def client(shop: Establishment) -> Client:
    return browser(ResellerAdminFactory(reseller=shop.tenant.reseller))


def browser(user: User) -> Client:
    """A browser of a person who reads French."""
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(user)
    return client


def booked(linked: tuple[Caller, Division], *days: str) -> list[StoredClosing]:
    """Closings of these days that stand in Exact, from Z 1042 on."""
    till, division = linked
    for place, day in enumerate(days):
        answer = till.post("closings", closing(1042 + place, **of_day(day)))
        assert answer.status_code == 201, answer.content
    work(division)
    return [*StoredClosing.objects.order_by("number")]


def of_day(day: str) -> dict[str, str]:
    return {"business_date": day, "opened_at": f"{day}T08:55:00+01:00", "closed_at": f"{day}T23:40:00+01:00"}


def go_to(account: str, shop: Establishment) -> None:
    """10 % goes to another account from now on."""
    set_overrides(shop, Overrides(slots={2: SlotOverride(sales_account=account)}), actor=None)
    look(shop.pk)


def words_left_behind(page: str) -> bool:
    return "12 clôtures depuis le 03/03/2026" in re.sub(r"\s", " ", page)


def ask(client: Client, shop: Establishment, **fields: Any) -> Any:
    """Read the page, then confirm what it shows."""
    page = reverse("console_correction", args=[shop.pk])
    shown = client.get(page).context
    periods = [it.code for it in shown["periods"]]
    return client.post(page, {"shown": shown["shown"], "period": periods, "why": "mauvais compte", **fields})


def until_done(division: Division, exact: SimulatedExact) -> None:
    """What workers do until nothing is left, as if each minute passed at once."""
    for _minute in range(20):
        work_a_minute(division, exact)
        moving = StoredClosing.objects.filter(state="exporting").exists()
        if not moving and not RepostRun.objects.filter(finished_at=None).exists():
            return
    raise AssertionError("it never came to an end")


def work_a_minute(division: Division, exact: SimulatedExact) -> None:
    pass_a_minute(exact)
    reposts()
    work(division)


def pass_a_minute(exact: SimulatedExact) -> None:
    """Exact lets its next sixty calls through."""
    exact.control("settings", forget_usage=True)
    RepostItem.objects.update(put_off_until=None)
    Lane.objects.update(paused_until=None, minute=None)


def on_accounts(exact: SimulatedExact, division: Division) -> dict[str, Decimal]:
    """What the whole books hold on each account, but for 0.00."""
    found: dict[str, Decimal] = {}
    for entry in exact.entries(division.code):
        for account, amount in sums(entry).items():
            found[account] = found.get(account, Decimal()) + amount
    return {account: amount for account, amount in found.items() if amount}


def test_twelve_closings__are_corrected_in_one_run_and_once(
    linked: tuple[Caller, Division], shop: Establishment, client: Client, exact: SimulatedExact
) -> None:
    division = linked[1]
    booked(linked, *(f"2026-03-{day:02d}" for day in range(3, 15)))
    mapping = reverse("console_mapping", args=[shop.pk])
    form = {"shown": client.get(mapping).context["shown"], "do": "save", SETTING: "707010"}
    page = client.post(mapping, form, follow=True)
    assert words_left_behind(page.content.decode())
    assert "retenues" not in str(next(iter(page.context["messages"])))
    assert words_left_behind(client.get(reverse("console_shop", args=[shop.pk])).content.decode())
    [period] = client.get(reverse("console_correction", args=[shop.pk])).context["periods"]
    assert (period.code, period.closed, period.count) == ("2026/3", False, 12)
    spaced = [(row["account"], *(re.sub(r"\s", " ", row[it]) for it in ("before", "after"))) for row in period.rows]
    assert spaced == [("706000", "12 000,00 € C", "–"), ("707010", "–", "12 000,00 € C")]

    page = reverse("console_correction", args=[shop.pk])
    form = {"shown": client.get(page).context["shown"], "period": "2026/3", "why": "mauvais compte"}
    pressed = [client.post(page, form), client.post(page, form)]
    colleague = browser(StaffFactory(reseller=shop.tenant.reseller))
    pressed.append(colleague.post(page, form))
    assert len({answer["Location"] for answer in pressed}) == 1
    assert (RepostRun.objects.count(), RepostItem.objects.count()) == (1, 12)
    until_done(division, exact)
    run = RepostRun.objects.get()
    assert run.finished_at is not None
    assert on_accounts(exact, division)["707010"] == Decimal("-12000.00")
    assert "706000" not in on_accounts(exact, division)
    assert len(exact.entries(division.code)) == 24
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"exported"}
    assert Replacement.objects.count() == 12
    shown = client.get(reverse("console_correction_run", args=[run.pk])).context["tally"]
    assert (shown.right, shown.total, shown.percent) == (12, 12, 100)
    assert not Overtaken.objects.exists()
    go_to("707010", shop)
    assert not Overtaken.objects.exists()


def test_closed_period__is_reversed_and_booked_today_and_the_open_one_deleted(
    linked: tuple[Caller, Division], shop: Establishment, client: Client, exact: SimulatedExact
) -> None:
    division = linked[1]
    february, in_march = booked(linked, "2026-02-27", "2026-03-14")
    exported_into_a_file(february, "Fichier", asked_by=StaffFactory(reseller=shop.tenant.reseller))
    march(exact, division, "closed")
    refresh_catalogue(division)
    go_to("707010", shop)
    shown = client.get(reverse("console_correction", args=[shop.pk])).context
    assert [(it.code, it.closed, it.count, it.in_files) for it in shown["periods"]] == [
        ("2026/3", True, 1, 0),
        ("2026/2", False, 1, 1),
    ]
    ask(client, shop)
    until_done(division, exact)
    states = {it.closing_id: it.state for it in Posting.objects.filter(entry_kind="sales", revision=1)}
    assert states == {february.pk: PostingState.WITHDRAWN, in_march.pk: PostingState.REVERSED}
    assert on_accounts(exact, division)["707010"] == Decimal("-2000.00")
    assert "706000" not in on_accounts(exact, division)
    days = {it.business_date for it in Posting.objects.filter(closing_id=in_march.pk, revision__gt=1)}
    assert days == {timezone.localdate()}
    go_to("707010", shop)
    assert not Overtaken.objects.exists()


def test_worker_that_dies__leaves_its_closing_to_the_next_and_a_stop_leaves_the_rest(
    linked: tuple[Caller, Division],
    shop: Establishment,
    client: Client,
    exact: SimulatedExact,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    division = linked[1]
    first, second, third = booked(linked, "2026-03-12", "2026-03-13", "2026-03-14")
    go_to("707010", shop)
    ask(client, shop)
    run, look_at = RepostRun.objects.get(), repost_runs.dry_run_of

    def die_after(closing_id: UUID, *, shown: str) -> Any:
        look_at(closing_id, shown=shown)
        raise SystemExit

    pass_a_minute(exact)
    with monkeypatch.context() as dying:
        dying.setattr(repost_runs, "dry_run_of", die_after)
        with pytest.raises(SystemExit):
            reposts()
    assert not Replacement.objects.exists()
    assert advance(run, limit=1)  # the one that died keeps its closing for a while: the next takes the second
    assert [it.outcome for it in run.items.order_by("pk")] == ["", "exporting", ""]
    pass_a_minute(exact)
    advance(run, limit=1)
    stopped = client.post(reverse("console_correction_run", args=[run.pk]), follow=True)
    assert "le reste demeure tel quel" in stopped.content.decode()
    until_done(division, exact)
    assert [it.outcome for it in run.items.order_by("pk")] == ["exporting", "exporting", "run_stopped"]
    assert on_accounts(exact, division)["707010"] == Decimal("-2000.00")
    assert [*Overtaken.objects.values_list("pk", flat=True)] == [third.pk]
    tally = client.get(reverse("console_correction_run", args=[run.pk])).context["tally"]
    assert (tally.right, tally.stopped, tally.percent) == (2, 1, 100)
    assert first.pk != second.pk


def test_settings_changed_meanwhile__nothing_is_done_that_was_not_shown(
    linked: tuple[Caller, Division], shop: Establishment, client: Client, exact: SimulatedExact
) -> None:
    division = linked[1]
    booked(linked, "2026-03-14")
    go_to("707010", shop)
    ask(client, shop)
    go_to("707020", shop)
    until_done(division, exact)
    assert RepostItem.objects.get().outcome == "correct_settings_changed"
    assert "706000" in on_accounts(exact, division)
    page = reverse("console_correction", args=[shop.pk])
    stale = {"shown": "0" * 32, "period": "2026/3", "why": "mauvais compte"}
    assert "Les réglages ont changé" in client.post(page, stale, follow=True).content.decode()
    assert "Dites pourquoi" in ask(client, shop, why=" ").content.decode()
    assert RepostRun.objects.count() == 1


def test_who_may__sees_and_corrects_their_own_only(
    linked: tuple[Caller, Division], shop: Establishment, client: Client
) -> None:
    booked(linked, "2026-03-14")
    go_to("707010", shop)
    page = reverse("console_correction", args=[shop.pk])
    closing_page = reverse("admin:exports_storedclosing_change", args=[StoredClosing.objects.get().pk])
    assert page in {it.address for it in client.get(closing_page).context["ways"]}
    form = {"shown": client.get(page).context["shown"], "period": "2026/3", "why": "x"}
    accountant, stranger = browser(AccountantFactory(tenant=shop.tenant)), browser(StaffFactory())
    assert accountant.get(page).context["total"] == 1
    assert accountant.post(page, form).status_code == 403
    assert stranger.get(page).status_code == 404
    assert stranger.post(page, form).status_code == 404
    assert not RepostRun.objects.exists()
    ask(client, shop)
    run = reverse("console_correction_run", args=[RepostRun.objects.get().pk])
    assert (stranger.get(run).status_code, stranger.post(run).status_code) == (404, 404)
    assert (accountant.get(run).status_code, accountant.post(run).status_code) == (200, 403)
    assert RepostRun.objects.get().finished_at is None
    Membership.objects.update(may_replace=True)
    assert accountant.post(run).status_code == 302
    assert RepostRun.objects.get().stopped_by is not None
    assert accountant.post(page, form).status_code == 302
    assert RepostRun.objects.filter(finished_at=None).count() == 1


def test_look__goes_on_where_it_stopped_and_begins_anew_after_a_change(
    linked: tuple[Caller, Division], shop: Establishment
) -> None:
    booked(linked, "2026-03-13", "2026-03-14")
    look_on()
    assert not Overtaken.objects.exists()
    settings = Overrides(slots={2: SlotOverride(sales_account="707010")})
    set_overrides(shop, settings, actor=None)
    assert look(shop.pk, limit=1)
    assert Overtaken.objects.count() == 1
    look_on()
    assert Overtaken.objects.count() == 2
    assert SettingsLook.objects.get().done_at is not None
    set_overrides(shop, Overrides(), actor=None)
    look_on()
    assert not Overtaken.objects.exists()


def test_other_establishments__of_the_customer_go_along_where_they_are_ticked(
    linked: tuple[Caller, Division], shop: Establishment, client: Client, exact: SimulatedExact
) -> None:
    division = linked[1]
    row = TillFactory(establishment=EstablishmentFactory(tenant=shop.tenant))
    sister = Caller(row, issue_key(row))
    sister.put("parameters", PARAMETERS)
    assert not activate(choose_division(row.establishment, division.connection, division.code))
    booked(linked, "2026-03-14")
    assert sister.post("closings", closing(1042, **of_day("2026-03-13"))).status_code == 201
    work(division)
    for it in (shop, row.establishment):
        go_to("707010", it)
    shown = client.get(reverse("console_correction", args=[shop.pk])).context
    assert [(it["shop"], it["count"]) for it in shown["sisters"]] == [(row.establishment, 1)]
    assert shown["total"] == 1
    stranger = EstablishmentFactory()
    ask(client, shop, also=[f"{row.establishment.pk}:{shown['sisters'][0]['shown']}", f"{stranger.pk}:", "x:y"])
    assert RepostItem.objects.count() == 2
    until_done(division, exact)
    assert on_accounts(exact, division)["707010"] == Decimal("-2000.00")


def test_only_a_further_entry_is_missing__it_is_booked_beside_what_stands(
    linked: tuple[Caller, Division], shop: Establishment, client: Client, exact: SimulatedExact
) -> None:
    """What is taken to the bank is booked from now on, in the drawer's journal, where nothing was booked before."""
    division = linked[1]
    drawer = {"means": {"ESP": {"journal": "30"}}, "means_by_kind": {"cash": {"journal": "31"}}}
    set_overrides(shop, Overrides.model_validate(drawer), actor=None)
    cash = {"float_open": "100.00", "expected": "425.00", "counted": "425.00", "banked": "325.00"}
    assert linked[0].post("closings", closing(**of_day("2026-03-03"), cash=cash)).status_code == 201
    work(division)
    before = on_accounts(exact, division)
    assert Posting.objects.filter(state=PostingState.POSTED).count() == 2
    set_overrides(shop, Overrides.model_validate({**drawer, "banked_account": "580000"}), actor=None)
    look(shop.pk)
    for _press in range(2):
        ask(client, shop)
    until_done(division, exact)
    [_third] = Posting.objects.filter(state=PostingState.POSTED, journal="31")
    assert on_accounts(exact, division) == {**before, "580000": Decimal("325.00"), "531000": Decimal("-325.00")}
    assert (Posting.objects.count(), Overtaken.objects.count()) == (3, 0)
    assert RepostItem.objects.get().outcome == "exporting"
    assert Replacement.objects.get().done_at is not None


def test_first_day_moved_past_it__corrects_what_stands_all_the_same(
    linked: tuple[Caller, Division], shop: Establishment, client: Client, exact: SimulatedExact
) -> None:
    division = linked[1]
    booked(linked, "2026-03-14")
    say_start(shop.pk, date(2026, 3, 20))
    release()
    go_to("707010", shop)
    ask(client, shop)
    until_done(division, exact)
    assert RepostItem.objects.get().outcome == "exporting"
    assert on_accounts(exact, division)["707010"] == Decimal("-1000.00")


def test_settings_changed_while_one_is_looked_at__it_is_left_as_it_is(
    linked: tuple[Caller, Division],
    shop: Establishment,
    client: Client,
    exact: SimulatedExact,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    division, look_at = linked[1], correction.dry_run
    booked(linked, "2026-03-14")
    go_to("707010", shop)
    ask(client, shop)

    def change_first(*args: Any, **kwargs: Any) -> Any:
        go_to("707020", shop)
        return look_at(*args, **kwargs)

    monkeypatch.setattr(correction, "dry_run", change_first)
    until_done(division, exact)
    assert RepostItem.objects.get().outcome == "correct_settings_changed"
    assert "706000" in on_accounts(exact, division)


def test_onto_an_account_that_exact_does_not_know__says_so_before_and_why_after(
    linked: tuple[Caller, Division], shop: Establishment, client: Client, exact: SimulatedExact
) -> None:
    booked(linked, "2026-03-03", "2026-03-04")
    go_to("707100", shop)
    page = client.get(reverse("console_correction", args=[shop.pk]))
    text = page.content.decode().replace("\xa0", " ")
    assert "2 clôtures ne peuvent pas être corrigées" in text
    assert "707100" in " ".join(page.context["refused"].why)
    assert 'name="why"' not in text
    run = reverse("console_correction_run", args=[RepostRun.objects.get(pk=begun(client, shop)).pk])
    until_done(linked[1], exact)
    told = client.get(run).content.decode()
    assert "707100 (compte de ventes)" in told.split("À corriger d")[1]
    assert "n’ont pas pu être corrigées" in told


def begun_twice_of_four(linked: tuple[Caller, Division], shop: Establishment, client: Client) -> str:
    """Of four closings, the run has ordered the correction of two; the address of its page."""
    booked(linked, *(f"2026-03-{day:02d}" for day in range(3, 7)))
    go_to("707010", shop)
    run = RepostRun.objects.get(pk=begun(client, shop))
    advance(run, limit=2)
    return reverse("console_correction_run", args=[run.pk])


def told(client: Client, page: str) -> str:
    return " ".join(html.unescape(client.get(page).content.decode()).split())


def test_switched_off_meanwhile__the_run_says_so_and_what_is_begun_goes_on_once_it_is_on(
    linked: tuple[Caller, Division], shop: Establishment, client: Client, exact: SimulatedExact
) -> None:
    till, division = linked
    page = begun_twice_of_four(linked, shop, client)
    assert till.delete("activation").status_code < 300
    for _minute in range(3):
        work_a_minute(division, exact)
    said = told(client, page)
    assert said.count("L’export de l’établissement est désactivé") == 2
    assert "autre société" not in said
    assert "Ce qui est en cours attend une intervention" in said
    assert activate(shop.activation) == []
    until_done(division, exact)
    assert on_accounts(exact, division)["707010"] == Decimal("-2000.00")
    assert "attend une intervention" not in told(client, page)


def test_link_lost_meanwhile__the_run_asks_for_a_log_in(
    linked: tuple[Caller, Division], shop: Establishment, client: Client, exact: SimulatedExact
) -> None:
    division = linked[1]
    page = begun_twice_of_four(linked, shop, client)
    user = f"compta{division.code}@example.fr"
    exact.control("consents/withdraw", client_id="demo-client", user=user)
    for _minute in range(6):
        work_a_minute(division, exact)
    said = told(client, page)
    assert said.count("La liaison avec Exact est perdue") == 2
    assert "Exact n’a pas répondu" not in said
    assert "Ce qui est en cours attend une intervention" in said
    exact.link(linked[0].till, division.code, user)
    until_done(division, exact)
    assert on_accounts(exact, division)["707010"] == Decimal("-2000.00")


def begun(client: Client, shop: Establishment) -> Any:
    ask(client, shop)
    return RepostRun.objects.latest("started_at").pk
