"""A closing's page shows what Exact holds of each entry beside what was sent, and marks what differs."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exact.books.reconcile import reconcile
from exact.models import Posting
from exports.console.books_beside import BooksShown
from tenants.factories import StaffFactory
from tests.bookkeeper import Bookkeeper
from tests.conftest import SimulatedExact


def page_of(posting: Posting) -> Any:
    client = Client()
    client.force_login(StaffFactory(reseller=posting.tenant.reseller))
    answer = client.get(reverse("admin:exports_storedclosing_change", args=[posting.closing_id]))
    assert answer.status_code == 200
    return answer


def beside(posting: Posting) -> BooksShown:
    """What the page shows beside the posting's entry."""
    return next(it.books for it in page_of(posting).context["entries"] if it.posting.pk == posting.pk)  # type: ignore[no-any-return]


def marked(shown: BooksShown) -> set[str]:
    return {line["account"] for line in shown.lines if line["differs"]}


def test_before_the_night__it_says_that_nothing_was_read(posted: Posting) -> None:
    assert beside(posted) == BooksShown(read_at=None, lines=[], debit="", credit="", differences=[])


def test_as_sent__both_sides_have_the_same_sums(posted: Posting) -> None:
    reconcile(posted.division)
    shown = beside(posted)
    assert shown.same
    assert shown.read_at == posted.division.reconciled_at
    assert {line["account"]: line["credit"] for line in shown.lines}["706000"] == "1\xa0000,00\xa0€"
    assert shown.debit == shown.credit == "1\xa0400,00\xa0€"
    assert marked(shown) == set()


def test_changed_by_hand__is_marked_on_its_accounts(posted: Posting, exact: SimulatedExact) -> None:
    keeper = Bookkeeper(exact, posted.division)
    keeper.send("PUT", keeper.line(posted, 250), {"AmountFC": 240.0, "VATAmountFC": 49.99})
    reconcile(posted.division)
    shown = beside(posted)
    assert marked(shown) == {"411000", "707000"}
    assert len(shown.differences) == 2
    assert "Exact contient autre chose" in page_of(posted).content.decode()


@pytest.mark.parametrize(("act", "lines"), [("delete", False), ("copy", True)])
def test_deleted_or_doubled__is_said(posted: Posting, exact: SimulatedExact, act: str, lines: bool) -> None:
    reconcile(posted.division)
    getattr(Bookkeeper(exact, posted.division), act)(posted)
    reconcile(posted.division)
    shown = beside(posted)
    assert shown.differences
    assert bool(shown.lines) is lines
    assert bool(marked(shown)) is lines
