"""Switching an establishment's activation on and off, after every setting was checked against the company."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from booking.mapping import booking_plan
from booking.models import Mapping
from exact.api.clients import division_client
from exact.company.catalogue import Read, keep_third_parties, read_catalogue
from exact.company.companies import companies_of, tie
from exact.models import (
    Activation,
    ActivationChange,
    ActivationEvent,
    CatalogueItem,
    CatalogueKind,
    Connection,
    Division,
)
from exact.settings.checks import Check, check_mapping, problems_of
from exact.signals import may_go_on
from ledger.problem import Problem
from tenants.models import Establishment, User

# The period is checked for each closing by its own date, so a period that ends makes no activation unsound.
OF_THE_DAY = frozenset({"period_unknown", "period_closed"})


def choose_division(establishment: Establishment, connection: Connection, code: int) -> Activation:
    """Tie an establishment to one company of a connection of its own tenant. Not yet active. Raises `CompanyTaken`."""
    assert connection.tenant_id == establishment.tenant_id, "a connection serves its own tenant only"
    company = next(it for it in companies_of(connection).companies if it.code == code)
    division = tie(connection, company)
    activation, _ = Activation.objects.update_or_create(
        establishment=establishment,
        defaults={"tenant_id": establishment.tenant_id, "division": division, "active": False},
    )
    return activation


def activate(activation: Activation) -> list[Problem]:
    """Read the company's catalogue, check every setting, and switch the activation on if all are right.

    Returns the problems.

    Raises any `ExactError`; the activation then stays as it was.
    """
    refresh_catalogue(activation.division, for_establishment=activation.establishment)
    checks = decide(activation.establishment, activation.division, way="console")
    activation.refresh_from_db()
    return problems_of(checks)


def refresh_catalogue(
    division: Division,
    *,
    for_establishment: Establishment | None = None,
    for_people: bool = True,
    seen: Callable[[Read], None] = lambda _read: None,
) -> None:
    """Read a division's master data again, with the third parties its establishments name. Counts in its budget."""
    with division_client(division, for_people=for_people) as client:
        read_catalogue(division, client, third_parties=_third_parties(division, for_establishment), seen=seen)


def is_on_into(establishment: Establishment, division: Division) -> bool:
    """Whether an establishment is activated into this division already: then its first day is not asked for again."""
    return Activation.objects.filter(establishment=establishment, division=division, active=True).exists()


def decide(establishment: Establishment, division: Division, *, way: str, actor: User | None = None) -> list[Check]:
    """Check an establishment against a division's cached catalogue, and activate it if all settings are right.

    If not: an activation into another division stays on there; one into this division holds new closings.
    """
    checks = check_establishment(establishment, division)
    problems = [problem.to_document() for problem in problems_of(checks)]
    with transaction.atomic():
        before = Activation.objects.select_for_update(of=("self",)).filter(establishment=establishment).first()
        if before is not None and problems and before.active and before.division_id != division.pk:
            return checks
        Activation.objects.update_or_create(
            establishment=establishment,
            defaults={
                "tenant_id": establishment.tenant_id,
                "division": division,
                "active": not problems or (before is not None and before.active),
                "problems": problems,
                "checked_at": Now(),
                "activated_at": None if problems else Now(),
            },
        )
        change = ActivationChange.REFUSED if problems else ActivationChange.ACTIVATED
        _note(establishment, division, change, way=way, actor=actor, problems=problems)
        _tell(division)
    return checks


def recheck(establishment: Establishment, *, way: str) -> Activation | None:
    """Check again whether an active activation is still sound, by the cached catalogue. Makes no call.

    New problems hold new closings; without problems the held closings can go again.
    """
    with transaction.atomic():
        activation = (
            Activation.objects.select_for_update(of=("self",))
            .select_related("division")
            .filter(establishment=establishment)
            .first()
        )
        if activation is None or not activation.active:
            return activation
        found = problems_of(check_establishment(establishment, activation.division))
        problems = [it.to_document() for it in found if it.code not in OF_THE_DAY]
        changed = problems != activation.problems
        activation.problems = problems
        Activation.objects.filter(pk=activation.pk).update(problems=problems, checked_at=Now())
        if changed:
            change = ActivationChange.BROKEN if problems else ActivationChange.MENDED
            _note(establishment, activation.division, change, way=way, problems=problems)
            _tell(activation.division)
    return activation


def switch_off(establishment: Establishment, *, way: str, actor: User | None = None) -> None:
    """Send no more closings of an establishment. Waiting ones go on waiting, and go after a new activation."""
    with transaction.atomic():
        activation = Activation.objects.select_for_update(of=("self",)).filter(establishment=establishment).first()
        if activation is None or not (activation.active or activation.problems):
            return
        activation.active, activation.problems, activation.activated_at = False, [], None
        activation.save(update_fields=["active", "problems", "activated_at"])
        _note(establishment, activation.division, ActivationChange.SWITCHED_OFF, way=way, actor=actor)
        _tell(activation.division)


def _note(
    establishment: Establishment,
    division: Division,
    change: ActivationChange,
    *,
    way: str,
    actor: User | None = None,
    problems: Iterable[dict[str, object]] = (),
) -> None:
    ActivationEvent.objects.create(
        tenant_id=establishment.tenant_id,
        establishment=establishment,
        division=division,
        change=change,
        way=way,
        actor=actor,
        problems=[*problems],
    )


def _tell(division: Division) -> None:
    transaction.on_commit(lambda: may_go_on.send(Division, division_id=division.pk), robust=True)


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
    with division_client(division) as client:
        return keep_third_parties(division, client, new)


def check_establishment(establishment: Establishment, division: Division) -> list[Check]:
    """Every setting of an establishment against a division, active there or not, by the cached catalogue."""
    mapping, _ = Mapping.objects.get_or_create(
        establishment=establishment, defaults={"tenant_id": establishment.tenant_id}
    )
    return check_mapping(mapping, division)


def _third_parties(division: Division, establishment: Establishment | None) -> Iterable[str]:
    mappings = Mapping.objects.filter(establishment__activation__division=division)
    if establishment is not None:
        mappings = mappings | Mapping.objects.filter(establishment=establishment)
    for mapping in mappings:
        plan = booking_plan(mapping, journal_accounts={})
        yield from {plan.third_party, *plan.named_customers.values()} - {""}
