"""Who sees to a closing: taking it, handing it to a colleague, letting it go; never over another's head."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from exact.models import Finding
from exports.models import Assignment, ClosingState, StoredClosing
from tenants.membership import OPEN
from tenants.models import Membership, Role, User
from tenants.rights import RESELLER_ROLES
from tenants.scope import visible_to

# In these states there is something to see to. An exported closing is seen to only while it differs in Exact.
SEEN_TO = (
    ClosingState.HELD,
    ClosingState.FAILED,
    ClosingState.WAITING,
    ClosingState.READY,
    ClosingState.EXPORTING,
)
OPEN_ONES = Assignment.objects.filter(ended_at=None)


@dataclass(frozen=True, slots=True)
class TakenByAnother(Exception):
    """By now another person sees to the closing than the one whom the page showed."""

    assignment: Assignment


class NothingToSeeTo(Exception):
    """The closing stands in Exact, or is archived."""


class NoColleague(Exception):
    """The person does not see the closing, or is none to whom it may be handed."""


def open_assignment(closing: StoredClosing) -> Assignment | None:
    """Who sees to a closing now."""
    return OPEN_ONES.filter(closing=closing).select_related("person").first()


def assignments_of(closings: Collection[UUID]) -> dict[UUID, Assignment]:
    """Who sees to which of these closings now."""
    rows = OPEN_ONES.filter(closing__in=closings).select_related("person")
    return {it.closing_id: it for it in rows}


def who_sees_to(closing: str) -> Subquery:
    """The name, or else the address, of who sees to the closing that rows of any table have by that path."""
    name = Coalesce(NullIf("person__name", Value("")), "person__email", output_field=CharField())
    return Subquery(OPEN_ONES.filter(closing=OuterRef(closing)).values(named=name)[:1])


def may_be_seen_to(closing: StoredClosing) -> bool:
    """Whether there is anything left that a person could see to."""
    if closing.state != ClosingState.EXPORTED:
        return closing.state in SEEN_TO
    return Finding.objects.filter(posting__closing_id=closing.pk, settled_at=None).exists()


def colleagues_of(user: User, closing: StoredClosing) -> QuerySet[User]:
    """The people to whom `user` may hand a closing; each of them may see the closing and see to it.

    For a reseller's people: their colleagues and the customer's accountants; for support: support as well. A member
    (accountant, merchant) is offered nobody.
    """
    accountants = Membership.objects.filter(OPEN, tenant=closing.tenant_id, role=Role.ACCOUNTANT, user=OuterRef("pk"))
    here = Q(reseller=closing.tenant.reseller_id, role__in=RESELLER_ROLES) | Q(Exists(accountants))
    if user.is_support:
        here |= Q(role=Role.SUPPORT)
    rows = visible_to(user, User.objects.filter(here, suspended_at=None)).exclude(pk=user.pk)
    return rows.order_by("name", "email")


def take(closing: StoredClosing, person: User, *, by: User, instead_of: int | None) -> bool:
    """Let `person` see to a closing, instead of who sees to it now. Asked twice, it does nothing more.

    `instead_of`: the id of the assignment that the page showed; None where it showed nobody. Raises `TakenByAnother`
    and `NothingToSeeTo`. False: that person sees to it already.
    """
    with transaction.atomic():
        # The closing's row is locked, as a trigger ends the assignment when the closing is exported or archived.
        row = StoredClosing.objects.select_for_update(of=("self",), no_key=True).only("state").get(pk=closing.pk)
        now = OPEN_ONES.select_related("person").filter(closing=closing).first()
        if now is not None and now.person_id == person.pk:
            return False
        if now is not None and now.pk != instead_of:
            raise TakenByAnother(now)
        if not may_be_seen_to(row):
            raise NothingToSeeTo
        if now is not None:
            end(now, by=by)
        Assignment.objects.create(tenant_id=closing.tenant_id, closing=closing, person=person, by=by)
    return True


def hand(closing: StoredClosing, to: int, *, user: User, by: User, instead_of: int | None) -> tuple[User, bool]:
    """Hand a closing to a colleague of `user`, by its key; False when that one saw to it already. Raises `NoColleague`,
    and what `take` does."""
    person = colleagues_of(user, closing).filter(pk=to).first()
    if person is None:
        raise NoColleague
    return person, take(closing, person, by=by, instead_of=instead_of)


def end(assignment: Assignment, *, by: User) -> None:
    """End an assignment by a person's word. Does nothing to one that has ended."""
    Assignment.objects.filter(pk=assignment.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
