"""Sending again from the console: asked first, done in the background, once, under the name of who asked."""

import pytest
from django.test import Client
from django.urls import reverse

from clyo_ingest.keys import issue_key
from concerns.concern import Condition
from exact.models import Division
from exports.models import ClosingState, RepostItem, RepostRun, StoredClosing
from exports.reposts.repost_runs import advance, progress, start_run
from exports.tasks import reposts
from postgres.viewer import EVERYTHING
from tenants import wall
from tenants.factories import AccountantFactory, StaffFactory, SupportFactory, TillFactory
from tenants.models import LookThrough, User
from tests.clients import english_client_of
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.reposts.test_repost import set_period


@pytest.fixture
def refused(linked: tuple[Caller, Division], exact: SimulatedExact) -> list[StoredClosing]:
    """Two closings that Exact refused for a closed period; it is open again."""
    till, division = linked
    set_period(exact, division, "closed")
    for number in (1042, 1043):
        assert till.post("closings", closing(number)).status_code == 201
    work(division)
    set_period(exact, division, "open")
    closings = [*StoredClosing.objects.order_by("number")]
    assert [stored.state for stored in closings] == ["failed", "failed"]
    return closings


def staff_of(stored: StoredClosing) -> User:
    user: User = StaffFactory(reseller=stored.tenant.reseller)
    return user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_action__shows_what_goes_where_and_changes_nothing(refused: list[StoredClosing]) -> None:
    client = browser(staff_of(refused[0]))
    chosen = {"action": "send_again", "_selected_action": [str(stored.pk) for stored in refused]}
    page = client.post(reverse("admin:exports_storedclosing_changelist"), chosen)
    assert page.status_code == 200
    previews = page.context["previews"]
    assert [entry.journal for entry in previews[0].entries] == ["70", "30"]
    assert previews[0].entries[0].division.endswith("CLYO") or previews[0].entries[0].division
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"failed"}


def test_confirmed__stands_in_exact_once_under_the_name_of_who_asked(
    refused: list[StoredClosing], linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    _till, division = linked
    user = staff_of(refused[0])
    form = {"closing": [str(stored.pk) for stored in refused], "confirm": "yes", "why": "période rouverte"}
    answer = browser(user).post(reverse("console_repost"), form)
    assert answer.status_code == 302
    work(division)
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"exported"}
    assert len(exact.entries(division.code)) == 4
    event = refused[0].events.get(before="failed", after="exporting")
    assert (event.actor, event.why) == (user, "période rouverte")


def test_by_cause__sends_all_of_it(refused: list[StoredClosing]) -> None:
    client = browser(staff_of(refused[0]))
    cause = client.get(reverse("console_causes")).context["causes"][0]
    client.post(reverse("console_repost"), {"cause": cause.key, "confirm": "yes", "why": "rouverte"})
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"exporting"}


def test_without_a_reason__nothing_is_sent(refused: list[StoredClosing]) -> None:
    form = {"closing": [str(refused[0].pk)], "confirm": "yes", "why": "  "}
    page = browser(staff_of(refused[0])).post(reverse("console_repost"), form)
    assert page.context["why_missing"]
    assert not RepostRun.objects.exists()


def unbalanced(till: Caller, number: int) -> StoredClosing:
    document = closing(number, payments=closing()["payments"][:2], tickets=[], totals=None)
    return StoredClosing.objects.get(pk=till.post("closings", document).json()["id"])


def test_what_would_stay_held__is_not_sent_and_its_other_ways_are_named(linked: tuple[Caller, Division]) -> None:
    stored = unbalanced(linked[0], 1050)
    client = english_client_of(SupportFactory())
    page = client.get(reverse("console_repost"), {"closing": str(stored.pk)})
    assert "Sent again, nothing would change" in page.content.decode()
    assert 'name="confirm"' not in page.content.decode()
    assert [it.name for it in page.context["others"]] == ["gap", "set-aside"]
    form = {"closing": str(stored.pk), "confirm": "yes", "why": "x"}
    assert client.post(reverse("console_repost"), form).status_code == 200
    assert not RepostRun.objects.exists()
    home = client.get(reverse("admin:index"))
    assert [it.again for it in home.context["concerns"] if it.condition is Condition.HELD] == [()]
    assert "Send all again" not in client.get(reverse("console_causes")).content.decode()


def test_run__says_of_what_stays_held_why_and_what_to_do(
    refused: list[StoredClosing], linked: tuple[Caller, Division]
) -> None:
    stored = unbalanced(linked[0], 1050)
    client = english_client_of(SupportFactory())
    form = {"closing": [str(it.pk) for it in (refused[0], stored)], "confirm": "yes", "why": "rouverte"}
    page = client.post(reverse("console_repost"), form, follow=True)
    text = page.content.decode()
    assert "1 closing stays held: beside it stands why" in text
    assert "200.00" in text
    assert reverse("console_way", args=["gap"]) in text
    assert "Back to the list" in text


def test_run_that_sets_aside__says_that_it_is_in_no_book(linked: tuple[Caller, Division]) -> None:
    held = [unbalanced(linked[0], number) for number in (1050, 1051)]
    client = english_client_of(SupportFactory())
    form = {"closing": [str(it.pk) for it in held], "confirm": "yes", "why": "test"}
    text = client.post(reverse("console_way", args=["set-aside"]), form, follow=True).content.decode()
    assert "What was set aside is in no book." in text
    assert "goes to Exact by itself" not in text


def test_accountant__may_not_send_again(refused: list[StoredClosing]) -> None:
    reader = AccountantFactory(tenant=refused[0].tenant)
    form = {"closing": [str(refused[0].pk)], "confirm": "yes", "why": "x"}
    assert browser(reader).post(reverse("console_repost"), form).status_code == 403
    assert not RepostRun.objects.exists()


def test_neighbour__sends_nothing(refused: list[StoredClosing]) -> None:
    form = {"closing": [str(refused[0].pk)], "confirm": "yes", "why": "x"}
    page = browser(StaffFactory()).post(reverse("console_repost"), form)
    assert page.context["total"] == 0
    assert not RepostRun.objects.exists()


def test_run__shows_of_its_closings_those_that_its_reader_may_see(
    till: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run holds one reseller's closings only, and PostgreSQL shows no others; its page asks all the same."""
    monkeypatch.setattr(wall, "viewer_of", lambda *_who, **_behind: EVERYTHING)
    row = TillFactory()
    answers = [it.post("closings", closing()) for it in (till, Caller(row, issue_key(row)))]
    own, foreign = (StoredClosing.objects.get(pk=it.json()["id"]) for it in answers)
    actor = staff_of(own)
    run = RepostRun.objects.create(actor=actor, why="x", reseller=own.tenant.reseller)
    for it in (own, foreign):
        RepostItem.objects.create(run=run, closing=it, tenant=it.tenant)
    shown = browser(actor).get(reverse("console_repost_run", args=[run.pk])).context
    assert [it.item.closing_id for it in shown["items"]] == [own.pk]
    assert shown["progress"].total == 1


def test_run__goes_on_where_a_dead_worker_stopped(refused: list[StoredClosing]) -> None:
    run = start_run(refused, actor=SupportFactory(), why="rouverte", reseller_id=None)
    assert advance(run, limit=1) is True
    assert (progress(run).done, progress(run).percent) == (1, 50)
    reposts()
    run.refresh_from_db()
    assert run.finished_at is not None
    assert progress(run).outcomes == {"exporting": 2}
    revisions = RepostItem.objects.filter(run=run).count()
    reposts()
    assert RepostItem.objects.filter(run=run).count() == revisions


def test_run__tells_why_a_closing_was_left(refused: list[StoredClosing]) -> None:
    StoredClosing.objects.filter(pk=refused[0].pk).update(state=ClosingState.EXPORTED)
    run = start_run(refused, actor=SupportFactory(), why="rouverte", reseller_id=None)
    advance(run)
    assert progress(run).outcomes == {"repost_not_failed": 1, "exporting": 1}


def test_support_inside_a_resellers_view__is_named_itself(refused: list[StoredClosing]) -> None:
    user, support = staff_of(refused[0]), SupportFactory(name="Camille")
    client = browser(support)
    assert client.post(reverse("hijack:acquire"), {"user_pk": user.pk}).status_code == 302
    page = client.get(reverse("admin:index")).content.decode()
    assert "console-hijack" in page
    client.post(reverse("console_repost"), {"closing": [str(refused[0].pk)], "confirm": "yes", "why": "aide"})
    assert refused[0].events.get(before="failed", after="exporting").actor == support
    client.post(reverse("hijack:release"))
    visit = LookThrough.objects.get()
    assert (visit.actor, visit.seen_as, visit.reseller) == (support, user, user.reseller)
    assert visit.ended_at is not None
    assert "console-hijack" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("hijacker", ["staff", "support"])
def test_looking_through__is_supports_alone_and_never_into_support(db: None, hijacker: str) -> None:
    actor = StaffFactory() if hijacker == "staff" else SupportFactory()
    target = SupportFactory() if hijacker == "support" else StaffFactory(reseller=actor.reseller)
    client = browser(actor)
    client.post(reverse("hijack:acquire"), {"user_pk": target.pk})
    assert client.session["_auth_user_id"] == str(actor.pk)
    assert not LookThrough.objects.exists()
