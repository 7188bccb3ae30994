"""Switching an establishment's export to Exact on and off, after every setting was checked against the company."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from exact.catalogue import Catalogue, keep_third_parties, read_catalogue
from exact.client import ExactClient, shared_http
from exact.connection import ConnectionTokens
from exact.lease import lane_budget
from exact.mapping import Overrides, booking_plan
from exact.models import Activation, CatalogueItem, CatalogueKind, Connection, Division, Lane, Mapping
from exact.preflight import check_plan_in_exact
from ledger.plan import BookingPlan
from ledger.problem import Problem
from tenants.models import Establishment

REGULAR_COMPANY = 0  # of hrm/Divisions; 1 is archived


def divisions_of(connection: Connection) -> list[dict[str, object]]:
    """The companies the linked user may enter: code and name, those in use only (rules.md §3.9)."""
    client = ExactClient(
        base_url=connection.app.base_url,
        division=_current_division(connection),
        tokens=ConnectionTokens(connection.pk, shared_http()),
        budget=lane_budget(Lane(), connection.app, for_people=True),
        http=shared_http(),
    )
    rows = client.rows("hrm/Divisions", select="Code,Description,Status,BlockingStatus")
    return [
        {"code": row["Code"], "name": row["Description"]}
        for row in rows
        if row["Status"] == REGULAR_COMPANY and not row["BlockingStatus"]
    ]


def _current_division(connection: Connection) -> int:
    """A company to ask from; never one to post into: it changes with every click of the user."""
    tokens = ConnectionTokens(connection.pk, shared_http())
    budget = lane_budget(Lane(), connection.app, for_people=True)
    client = ExactClient(
        base_url=connection.app.base_url, division=None, tokens=tokens, budget=budget, http=shared_http()
    )
    me = next(client.rows("/api/v1/current/Me", select="CurrentDivision,FullName,LanguageCode"))
    Connection.objects.filter(pk=connection.pk).update(
        user_name=(me["FullName"] or "")[:120], user_language=me["LanguageCode"] or ""
    )
    return int(me["CurrentDivision"])


def choose_division(establishment: Establishment, connection: Connection, code: int) -> Activation:
    """Tie an establishment to one company of a connection of its own tenant. Not yet active."""
    assert connection.tenant_id == establishment.tenant_id, "a connection serves its own tenant only"
    name = next(str(row["name"]) for row in divisions_of(connection) if row["code"] == code)
    with transaction.atomic():
        division, _ = Division.objects.update_or_create(
            app=connection.app,
            code=code,
            tenant_id=establishment.tenant_id,
            defaults={"connection": connection, "name": name},
        )
        Lane.objects.get_or_create(division=division, defaults={"tenant_id": division.tenant_id})
        activation, _ = Activation.objects.update_or_create(
            establishment=establishment,
            defaults={"tenant_id": establishment.tenant_id, "division": division, "active": False},
        )
    return activation


def activate(activation: Activation) -> list[Problem]:
    """Read the company's catalogue, check every setting, and switch the export on if all hold. Returns what does not.

    Raises any `ExactError`; the activation then stays as it was.
    """
    mapping, _ = Mapping.objects.get_or_create(
        establishment=activation.establishment, defaults={"tenant_id": activation.tenant_id}
    )
    refresh_catalogue(activation.division)
    problems = check_settings(activation.division, mapping)
    now = timezone.now()
    Activation.objects.filter(pk=activation.pk).update(
        active=not problems,
        problems=[problem.to_document() for problem in problems],
        checked_at=now,
        activated_at=None if problems else now,
    )
    activation.refresh_from_db()
    return problems


def refresh_catalogue(division: Division) -> None:
    """Read a division's master data again, with the third parties its establishments name. Counts in its budget."""
    with budgeted_client(division, for_people=True) as client:
        read_catalogue(division, client, third_parties=_third_parties(division))


@contextmanager
def budgeted_client(division: Division, *, for_people: bool) -> Iterator[ExactClient]:
    """A client that puts its counts on disk; `for_people` it may use the share of the budget kept for them."""
    lane, _ = Lane.objects.get_or_create(division=division, defaults={"tenant_id": division.tenant_id})
    budget = lane_budget(lane, division.app, for_people=for_people)
    try:
        yield ExactClient(
            base_url=division.app.base_url,
            division=division.code,
            tokens=ConnectionTokens(division.connection_id, shared_http()),
            budget=budget,
            http=shared_http(),
        )
    finally:
        Lane.objects.filter(pk=lane.pk).update(
            minute=budget.minute, minute_calls=budget.minute_calls, day=budget.day, day_calls=budget.day_calls
        )


def learn_third_parties(division: Division, codes: set[str]) -> bool:
    """Look third parties up by code and keep what is found. A code Exact does not know is asked once a day.

    Returns whether any was found. Raises any `ExactError`.
    """
    day_ago = timezone.now() - timedelta(days=1)
    asked = CatalogueItem.objects.filter(division=division, kind=CatalogueKind.ASKED_FOR, code__in=codes)
    asked.filter(read_at__lt=day_ago).delete()
    new = codes - {*asked.values_list("code", flat=True)}
    if not new:
        return False
    with budgeted_client(division, for_people=True) as client:
        return keep_third_parties(division, client, new)


def check_settings(division: Division, mapping: Mapping) -> list[Problem]:
    """All that an establishment's mapping says and this division would refuse."""
    return check_plan_in_exact(
        plan_in(division, mapping),
        Catalogue(division),
        payment_condition=Overrides.model_validate(mapping.overrides).payment_condition,
        day=timezone.localdate(),
    )


def plan_in(division: Division | None, mapping: Mapping) -> BookingPlan:
    """The booking plan, with the journals' own accounts as the division has them."""
    return booking_plan(mapping, journal_accounts=division.journal_accounts if division else {})


def _third_parties(division: Division) -> Iterable[str]:
    for mapping in Mapping.objects.filter(establishment__activation__division=division):
        plan = booking_plan(mapping, journal_accounts={})
        yield from {plan.third_party, *plan.named_customers.values()} - {""}
