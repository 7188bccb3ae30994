"""Somebody is invited: as a colleague, or to look after customers.

Who is known already by its address, to whichever reseller, gets the further customers beside those it has; who invites
learns nothing of the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from postgres.viewer import EVERYTHING, serving
from tenants.invite import invite
from tenants.models import Membership, Reseller, Role, Tenant, User
from tenants.rights import MEMBER_ROLES

# Sent in the transaction in which accesses end, with `ended`: these, each with its person. A room above stops what it
# sends those people of those customers, and says how much that was.
access_ended = Signal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Who is invited as what. `reseller` for its own people, else `customers`, all of which `by` looks after."""

    by: User
    email: str
    name: str
    role: str
    language: str
    reseller: Reseller | None = None
    customers: tuple[Tenant, ...] = ()
    may_replace: bool = False


class IsSomebodyElse(Exception):
    """The address is of a person with another role, which an invitation does not change."""


class IsThereAlready(Exception):
    """Nothing is new: a colleague is one already, a person looks after all these customers."""


def invite_person(invitation: Invitation) -> User:
    """The invited person, who is written to when the transaction ends. Raises `IsSomebodyElse` and `IsThereAlready`."""
    with transaction.atomic(), serving(EVERYTHING):
        person, is_new = _find_or_make(invitation)
        begun = [it for it in invitation.customers if _begin(person, it, invitation)]
        if not is_new and not begun:
            raise IsThereAlready
        by = invitation.by
        who = f"{by} ({by.reseller})" if by.reseller else f"{by} (Clyo)"
        transaction.on_commit(partial(invite, person, by=who, customers=begun))
    return person


def end_memberships(memberships: Iterable[Membership]) -> tuple[int, int]:
    """Take customers away from people, who keep all others; those that are over stay so.

    Returns how many accesses ended, and how much that went to their people by itself ended with them.
    """
    keys = [it.pk for it in memberships]
    with transaction.atomic():
        open_ones = Membership.objects.filter(pk__in=keys, ended_at=None).select_related("user")
        ended = [*open_ones.select_for_update(of=("self",))]
        Membership.objects.filter(pk__in=[it.pk for it in ended]).update(ended_at=timezone.now())
        stopped = sum(int(count or 0) for _who, count in access_ended.send(Membership, ended=ended))
    return len(ended), stopped


def _find_or_make(invitation: Invitation) -> tuple[User, bool]:
    """The person of the address, locked, and whether it is new. Of two that invite it at once one makes it."""
    fields = {"name": invitation.name, "role": invitation.role, "language": invitation.language}
    fresh = User(email=User.objects.normalize_email(invitation.email), reseller=invitation.reseller, **fields)
    fresh.password = make_password(None)
    User.objects.bulk_create([fresh], ignore_conflicts=True)
    person = User.objects.select_for_update(of=("self",)).get(email__iexact=invitation.email)
    if person.password == fresh.password:
        return person, True
    if person.role != invitation.role or (person.role not in MEMBER_ROLES and person.reseller != invitation.reseller):
        raise IsSomebodyElse
    return person, False


def _begin(person: User, customer: Tenant, invitation: Invitation) -> bool:
    """Whether the person looks after the customer from now on, and did not before."""
    facts = {"invited_by": invitation.by, "may_replace": invitation.may_replace and person.role == Role.ACCOUNTANT}
    row, is_new = Membership.objects.get_or_create(user=person, tenant=customer, defaults=facts | {"role": person.role})
    if is_new or row.ended_at is None:
        return is_new
    Membership.objects.filter(pk=row.pk).update(ended_at=None, **facts)
    return True
