"""People who log in to the console."""

import threading
from collections.abc import Collection
from typing import Any, ClassVar

import django_otp
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from postgres.guards import Audited
from postgres.seen import ALL, Seen
from postgres.viewer import CUSTOMER, DOOR, EVERYTHING, MEMBERS, RESELLER, TILL, Viewer, serving, viewer
from tenants.hand_over import FORMER_RESELLERS
from tenants.membership import OPEN, Membership
from tenants.rights import MEMBER_ROLES, RESELLER_ROLES, Role, role_allows


class Letters(models.TextChoices):
    """When a person is written to about what waits for a person."""

    DAILY = "daily", _("each morning, when there is something new")
    AT_ONCE = "at_once", _("each morning, and at once what fails or differs in Exact")
    NEVER = "never", _("never")


# Histories name people of support, of the reseller and of the same customer, so everybody reads these rows. Support
# that works in another's view still reads and changes its own account (`OWN`).
OF_SUPPORT = "role = 'support'"
OWN = "id = {behind} AND {behind} <> {person}"
# People whose memberships the reader sees: the policy of memberships applies inside the sub-select.
OF_SAME_CUSTOMER = "id IN (SELECT user_id FROM tenants_membership)"
OF_OWN_RESELLERS = "reseller_id IN (SELECT reseller_id FROM tenants_tenant)"
# People of a former reseller are named in the history of a customer that was handed over (`User.__str__`).
OF_FORMER_RESELLERS = f"reseller_id IN ({FORMER_RESELLERS})"
OF_HISTORIES = f"{OF_SAME_CUSTOMER} OR {OF_FORMER_RESELLERS} OR {OF_SUPPORT}"
READ_BY = {
    DOOR: ALL,
    **dict.fromkeys((CUSTOMER, RESELLER, TILL), f"reseller_id = {{reseller}} OR {OF_HISTORIES}"),
    **dict.fromkeys(MEMBERS, f"id = {{person}} OR {OF_OWN_RESELLERS} OR {OF_HISTORIES}"),
}
# A reseller changes its own people only: a member may look after another's customers too.
WRITTEN_BY = {
    DOOR: ALL,
    RESELLER: f"reseller_id = {{reseller}} OR {OWN}",
    **dict.fromkeys(MEMBERS, f"id = {{person}} OR {OWN}"),
}


class UserAccounts(BaseUserManager["User"]):
    """Finds and makes users by e-mail address; addresses differing only in case are one."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.password = make_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A support user: there is no role above it."""
        return self.create_user(email, password, role=Role.SUPPORT, **fields)


class User(AbstractBaseUser):
    """A person of support (every customer), of one reseller (its customers), or a member: of the customers it was
    invited to look after, whoever sold them their tills (`Membership`).
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    reseller = models.ForeignKey(
        "tenants.Reseller", models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("reseller")
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="fr", db_default="fr")
    letters = models.CharField(
        _("letters"), max_length=10, choices=Letters.choices, default=Letters.DAILY, db_default=Letters.DAILY
    )
    suspended_at = models.DateTimeField(_("suspended since"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    # The one customer the person looks at in a request, of those it may see (`tenants.chosen`); None is all of them.
    chosen_customer: int | None = None

    objects = UserAccounts()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="tenants_user_one_per_email",
                violation_error_message=_("A user with this e-mail address already exists. Choose another address."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=RESELLER_ROLES, reseller__isnull=False)
                | (~Q(role__in=RESELLER_ROLES) & Q(reseller=None)),
                name="tenants_user_belongs_where_its_role_says",
                violation_error_message=_("A reseller's people belong to a reseller, and nobody else does."),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="tenants_user_role_known"),
            models.UniqueConstraint(fields=["id", "role"], name="tenants_user_with_role"),
            models.CheckConstraint(condition=Q(letters__in=Letters.values), name="tenants_user_letters_known"),
            Audited(silent=["last_login"], secret=["password"]),
            Seen(reads=READ_BY, writes=WRITTEN_BY),
        ]

    def __str__(self) -> str:
        """What the person is called. A reseller that reads what another's people did with a customer before it was
        handed over reads that reseller's name (docs/decisions/0060)."""
        served = viewer()
        if served.role == RESELLER and self.reseller_id not in (None, served.reseller):
            return str(self.reseller)
        return self.name or self.email

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """Whether an address is taken is asked of all people, whoever asks."""
        with serving(EVERYTHING):
            super().validate_unique(exclude)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        with serving(EVERYTHING):
            super().validate_constraints(exclude)

    def get_full_name(self) -> str:
        """What the console's frame calls the person."""
        return str(self)

    @property
    def is_support(self) -> bool:
        return self.role == Role.SUPPORT

    @property
    def is_member(self) -> bool:
        """Whether the person sees customers one by one."""
        return self.role in MEMBER_ROLES

    @cached_property
    def leave_by_customer(self) -> dict[int, bool]:
        """A member's customers by id, and whether entries may be replaced there; neither those that are suspended nor
        those of a suspended reseller. Read once for each instance: a request has its own."""
        if not self.is_member:
            return {}
        rows = Membership.objects.filter(OPEN, user=self).order_by("tenant_id")
        return dict(rows.values_list("tenant_id", "may_replace"))

    @cached_property
    def has_device(self) -> bool:
        """Whether the person has a second factor that was confirmed. Read once for each instance."""
        return bool(django_otp.user_has_device(self))

    def may_replace(self, tenant_id: int) -> bool:
        """Whether the person may replace entries of a customer it sees: an accountant by the reseller's leave only."""
        if not self.is_member:
            return self.has_perm("exports.replace_storedclosing")
        return self.role == Role.ACCOUNTANT and self.is_active and self.leave_by_customer.get(tenant_id, False)

    @property
    def is_active(self) -> bool:  # type: ignore[override] # a column in Django, an answer here
        """Whether the person may act now. Read on every request, so a suspension takes effect on the next one.

        A member whose customers are all suspended may log in, and sees none of them.
        """
        return all(row is None or row.suspended_at is None for row in (self, self.reseller))

    @property
    def is_staff(self) -> bool:
        """Everybody who can log in uses the console."""
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        """Nobody passes the role's permissions by."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Whether the person may `perm` ("tenants.view_till"): the role decides, whatever the row.

        Only the leave to replace entries is one of each customer: asked with a row that has its tenant, of that one,
        asked without, of any.
        """
        if not self.is_active or not role_allows(self.role, perm):
            return False
        if perm == "exports.replace_storedclosing" and self.is_member:
            tenant_id = getattr(obj, "tenant_id", None)
            return any(self.leave_by_customer.values()) if tenant_id is None else self.may_replace(tenant_id)
        return True

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active


def language_of(address: str) -> str:
    """The language of a letter to an e-mail address: its person's own, else French; never that of who caused it."""
    known = User.objects.filter(email__iexact=address).values_list("language", flat=True).first()
    return known or settings.LANGUAGE_CODE


def call_address(address: str) -> str:
    """An e-mail address as its reader may read it: one of a former reseller's people is called by that reseller's name
    for the new one, as the person is (`User.__str__`). One query for all addresses that a request shows."""
    served = viewer()
    if served.role != RESELLER or "@" not in address:
        return address
    if _known.to is not served:
        theirs = User.objects.filter(reseller__isnull=False).exclude(reseller=served.reseller)
        _known.called = {email.lower(): name for email, name in theirs.values_list("email", "reseller__name")}
        _known.to = served
    return _known.called.get(address.lower(), address)


class _Known(threading.local):
    """What the people of former resellers are called, by their addresses, for the viewer `to` of this thread."""

    to: Viewer | None = None
    called: dict[str, str] = {}


_known = _Known()


def is_of_another_reseller(address: str, reseller_id: int) -> bool:
    """Whether an e-mail address is of the people of another reseller than this: a customer's former one, say. What is
    written about a customer is not for them."""
    people = User.objects.filter(email__iexact=address, reseller__isnull=False)
    return people.exclude(reseller=reseller_id).exists()


def of_another_reseller(address: str, reseller: str) -> Q:
    """The same as a condition for a query, by the paths to the address and to the reseller."""
    people = User.objects.filter(email__iexact=OuterRef(address), reseller__isnull=False)
    return Q(Exists(people.exclude(reseller=OuterRef(reseller))))
