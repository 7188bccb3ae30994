"""What was set aside is said wherever its day or shop is: it is neither well nor without anything to book."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exact.models import Division
from exports.models import StoredClosing
from tenants.factories import ResellerAdminFactory
from tenants.models import Till
from tests.clients import english_client_of
from tests.conftest import Caller, closing, work
from tests.exports.walking import yes

Linked = tuple[Caller, Division]


@pytest.fixture
def seen(linked: Linked) -> tuple[Client, StoredClosing]:
    """A closing of yesterday that was in Exact, and that the reseller took out and set aside; another one stands."""
    till, division = linked
    today = timezone.localdate()
    for number, day in ((1042, today - timedelta(days=1)), (1043, today - timedelta(days=2))):
        answer = till.post("closings", closing(number))
        assert answer.status_code == 201, answer.content
        StoredClosing.objects.filter(pk=answer.json()["id"]).update(business_date=day)
    Till.objects.update(paired_at=timezone.now())
    work(division)
    stored = StoredClosing.objects.get(number=1042)
    client = english_client_of(ResellerAdminFactory(reseller=stored.tenant.reseller))
    yes(client, "take-out", stored, why="typed by hand")
    work(division)
    stored.refresh_from_db()
    assert stored.state == "archived"
    return client, stored


def text_of(page: Any) -> str:
    """What a page says, without its tags and with plain spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())).replace("\xa0", " ")


def test_shop__says_what_is_in_no_book(seen: tuple[Client, StoredClosing]) -> None:
    client, stored = seen
    said = text_of(client.get(reverse("console_shop", args=[stored.establishment_id])))
    assert "1 closing set aside, 1,400.00 €" in said
    assert "Everything is in Exact" not in said
    assert "Last closing: Z 1043" in said


def test_day__has_a_word_of_its_own_with_the_amount(seen: tuple[Client, StoredClosing]) -> None:
    client, stored = seen
    page = client.get(
        reverse("console_shop", args=[stored.establishment_id]), {"month": f"{stored.business_date:%Y-%m}"}
    )
    found = re.search(
        rf'<td class="is-(\w+)"[^>]*><a[^>]*date={stored.business_date}"[^>]*title="([^"]*)"', page.content.decode()
    )
    assert found is not None
    assert (found[1], "1 closing set aside" in found[2]) == ("aside", True)
    mapped = client.get(reverse("console_shops")).content.decode()
    assert re.search(r'<td class="is-aside"', mapped)


def test_night__counts_it_apart_and_still_adds_up(seen: tuple[Client, StoredClosing]) -> None:
    client, stored = seen
    page = client.get(reverse("admin:index"), {"day": stored.business_date.isoformat()})
    counts = {figure.column: figure.count for figure, _title in page.context["figures"]}
    assert (counts["received"], counts["archived"], counts["aside"]) == (1, 0, 1)
    assert sum(count for column, count in counts.items() if column != "received") == counts["received"]
    for figure, _title in page.context["figures"]:
        assert len(client.get(figure.address).context["cl"].result_list) == figure.count, figure
    assert [block.column for block in page.context["columns"][-1].blocks] == ["aside"]


def test_list__calls_it_set_aside(seen: tuple[Client, StoredClosing]) -> None:
    client, stored = seen
    page = reverse("admin:exports_storedclosing_changelist")
    assert "set aside" in text_of(client.get(page))
    listed = {state: [*client.get(page, {"state": state}).context["cl"].result_list] for state in ("archived", "aside")}
    assert listed == {"archived": [], "aside": [stored]}
    rows = b"".join(client.get(page, {"as": "csv"})).decode()  # type: ignore[arg-type]
    assert "set aside" in rows


def test_shop__with_nothing_else_does_not_await_its_first_closing(seen: tuple[Client, StoredClosing]) -> None:
    client, stored = seen
    StoredClosing.objects.exclude(pk=stored.pk).update(business_date=stored.business_date - timedelta(days=200))
    said = text_of(client.get(reverse("console_shop", args=[stored.establishment_id])))
    assert "set aside" in said
