"""What goes wrong in the last nights: done in the simulated Exact as people would, found by the product by itself."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx
from django.utils import timezone

from exact.lane.records import settle_time
from exact.models import Activation, Connection, ConnectionState, Division, Finding, Posting, PostingState
from exports.models import ClosingState, StoredClosing
from exports.nudge import nudge_reconcile
from tools.demo.cast import Customer, Shop, Story, every_shop
from tools.demo.customers import named
from tools.stack.processes import ProgramFailed

TIMEOUT_S = 90
LOOK_AGAIN_AFTER_S = 0.5
COMPARE_AGAIN_AFTER_S = 3
DELETED_DAYS_AGO = 3


class Exact:
    """The simulated Exact's control address: what people do there."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/_control", timeout=30)

    def do(self, path: str, **body: Any) -> None:
        """Post a JSON body to a control address of the simulator. Raises `httpx.HTTPStatusError` when it refuses."""
        self._http.post(path, json=body).raise_for_status()


def act_in_exact(exact_url: str, today: date) -> None:
    """Close a month, take a consent back, change an entry and delete another."""
    exact = Exact(exact_url)
    yesterday = today - timedelta(days=1)
    for customer, shop in every_shop():
        match shop.story:
            case Story.FAILED:
                period = {"year": yesterday.year, "period": yesterday.month, "status": "closed"}
                exact.do("/periods", division=customer.division, journal="70", **period)
            case Story.CONSENT_LOST:
                exact.do("/consents/withdraw", client_id="demo-client", user=customer.owner_email)
                _let_a_day_pass(customer)
            case Story.CHANGED:
                entry = _entry_of(shop, yesterday, "sales")
                exact.do("/bookkeeper", division=customer.division, act="edit", entry_id=entry, edit="amount")
            case Story.DELETED:
                entry = _entry_of(shop, yesterday - timedelta(days=DELETED_DAYS_AGO), "receipts")
                exact.do("/bookkeeper", division=customer.division, act="delete", entry_id=entry)


def wait_until_they_show() -> None:
    """Wait until the product has found all of it. Raises `ProgramFailed`."""
    _wait(_something_failed, "Exact refused nothing")
    _wait(_consent_is_lost, "nobody noticed that a consent is gone")
    begun = time.monotonic()
    while not _differences_are_found():
        if time.monotonic() - begun > TIMEOUT_S:
            raise ProgramFailed("the comparison found no difference")
        _compare()
        time.sleep(COMPARE_AGAIN_AFTER_S)


def _let_a_day_pass(customer: Customer) -> None:
    """The one thing that is written by hand: the log-in lies a day back, else its token is too young to be renewed."""
    connection = Connection.objects.get(tenant=named(customer))
    a_day_ago = timezone.now() - timedelta(days=1)
    connection.access_issued_at, connection.access_expires_at = a_day_ago, a_day_ago + timedelta(minutes=10)
    connection.save(update_fields=["access_issued_at", "access_expires_at"])


def _entry_of(shop: Shop, day: date, kind: str) -> str:
    """The newest entry of a shop until a day, by its id in Exact."""
    closing = (
        StoredClosing.objects.filter(establishment__code=shop.code, business_date__lte=day, state=ClosingState.EXPORTED)
        .order_by("-business_date")
        .first()
    )
    assert closing is not None, "the shop's history is in the books by now"
    posting = Posting.objects.get(closing_id=closing.pk, entry_kind=kind, state=PostingState.POSTED)
    return str(posting.entry_id)


def _something_failed() -> bool:
    return StoredClosing.objects.filter(state=ClosingState.FAILED).exists()


def _consent_is_lost() -> bool:
    return Connection.objects.filter(state=ConnectionState.RECONNECT_REQUIRED).exists()


def _differences_are_found() -> bool:
    wanted = [shop.code for _customer, shop in every_shop() if shop.story in (Story.CHANGED, Story.DELETED)]
    found = Finding.objects.filter(settled_at=None, posting__establishment__code__in=wanted)
    compared = Division.objects.filter(reconciled_at=None, connection__state=ConnectionState.ACTIVE)
    return found.count() == len(wanted) and not compared.exists()


def _compare() -> None:
    """As the night does it, and as a person who presses « Comparer maintenant »."""
    young = Posting.objects.filter(state=PostingState.POSTED, posted_at__gt=timezone.now() - settle_time())
    if not young.exists():
        for division in Activation.objects.filter(active=True).values_list("division", flat=True).distinct():
            nudge_reconcile(division)


def _wait(until: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not until():
        if time.monotonic() > deadline:
            raise ProgramFailed(otherwise)
        time.sleep(LOOK_AGAIN_AFTER_S)
