"""No reason for which a closing waits is without a way out: a new code is explained here, or has its way."""

from datetime import date

import pytest
from django.urls import reverse

from exact.models import Division
from exports.console.way_tasks import TASKS
from exports.console.ways_by_code import WAYS_BY_CODE
from exports.console.ways_out import WAYS, Stand
from exports.coverage.judge import DISPUTES
from exports.models import ClosingState, StoredClosing
from exports.way.decide import WAIVABLE
from exports.words.problems import SENTENCES
from ledger.gap import GAP_CODES
from tests.conftest import Caller, closing
from tests.exports.console.test_set_aside import pushed
from tests.exports.walking import browser, ways

# These warn, tell what is, or say why a way cannot be walked now: none holds a closing.
WARN = frozenset(
    {
        *("number_gap", "date_back", "clock_back", "float_gap", "vat_tolerance", "tickets_uncovered"),
        *("hours_uncovered", "signature_break", "signature_repeated", "signature_missing", "slots_gone"),
        *("parameters_of_another_till", "consent_lapses", "consent_in_doubt", "mail_server_away"),
    }
)
ARE_OVER = frozenset(
    {"other_level_booked", "checked_against", "covered_within", "set_aside", "others_set_aside", "before_start"}
)
HAPPEN = frozenset(
    {
        *("worker_ended", "no_answer", "unclear_answer", "doubtful_refusal", "past_came_back", "adopted_from_books"),
        *("not_sent_before", "sent_again", "not_in_exact", "entry_not_read"),
    }
)
OF_OTHER_PAGES = (
    *("file_", "run_", "fec_", "import_"),
    *("repost_", "replace_", "correct_", "set_aside_", "take_out_", "not_sent_"),
)


def unexplained(codes: set[str]) -> set[str]:
    known = WARN | ARE_OVER | HAPPEN | {*WAYS_BY_CODE}
    return {code for code in codes - known if not code.startswith(OF_OTHER_PAGES)}


def test_each_code__has_a_way_out_or_holds_nothing() -> None:
    assert unexplained({*SENTENCES}) == set(), "give it a way out in exports.console.ways_by_code"
    assert {*DISPUTES, *WAIVABLE, *GAP_CODES} <= {*WAYS_BY_CODE}
    assert {*WAYS_BY_CODE} <= {*SENTENCES}
    assert not {*WAYS_BY_CODE} & (WARN | ARE_OVER | HAPPEN)


def test_a_new_code__is_found() -> None:
    assert unexplained({"moon_in_the_wrong_phase"}) == {"moon_in_the_wrong_phase"}


@pytest.mark.parametrize("code", sorted(code for code in WAYS_BY_CODE if code not in ("reconnect_required",)))
def test_held_for_it__some_way_of_its_own_or_setting_aside_fits(code: str) -> None:
    """Whatever holds it: what is offered for the code, or at least setting it aside, fits a closing held for it."""
    problem = {"code": code, "pointer": "", "facts": {}, "blocking": True}
    stand = Stand(StoredClosing(state=ClosingState.HELD, problems=[problem], business_date=date(2026, 3, 14)), [])
    fitting = [way.name for way in WAYS if way.name not in ("replace", "take-out") and way.fits(stand)]
    assert "set-aside" in fitting
    own = {way.name for way in WAYS_BY_CODE[code]} - {"replace", "take-out", "mapping"}
    assert own & {*fitting} or not own


def test_each_page__belongs_to_a_way() -> None:
    assert {task.way.name for task in TASKS} <= {way.name for way in WAYS}


def test_walked__what_does_not_balance_has_two_ways_that_help_and_none_contacts_support(
    linked: tuple[Caller, Division],
) -> None:
    stored = pushed(linked[0], payments=closing()["payments"][:2])
    client = browser()
    assert {"gap", "set-aside", "again"} & {*ways(client, stored)} == {"gap", "set-aside"}
    page = client.get(reverse("admin:exports_storedclosing_change", args=[stored.pk])).content.decode()
    assert "upport must" not in page
    assert "all support" not in page


def test_causes__show_the_refused_pushes_and_the_ways_for_all(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    pushed(till, payments=closing()["payments"][:2])
    assert till.post("closings", closing()).status_code == 409
    assert till.post("closings", {"kind": "general"}).status_code == 422
    page = browser().get(reverse("console_causes"))
    assert [push.answer_status for push in page.context["refused"]] == [422, 409]
    text = page.content.decode()
    assert "Set all aside…" in text
    assert "the number came before with other figures" in text
