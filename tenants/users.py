"""People who log in to the console."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from postgres.guards import Audited
from postgres.seen import ALL, OF_RESELLER, Seen
from postgres.viewer import CUSTOMER, DOOR, EVERYTHING, RESELLER, TILL, serving


class Role(models.TextChoices):
    """What a person may do, and of whom they see anything: of all, of a reseller, or of one customer."""

    SUPPORT = "support", _("Support")
    RESELLER_ADMIN = "reseller_admin", _("Reseller administrator")
    RESELLER_STAFF = "reseller_staff", _("Reseller staff")
    ACCOUNTANT = "accountant", _("Accountant (reads one customer)")


class Letters(models.TextChoices):
    """When a person is written to about what waits for a person."""

    DAILY = "daily", _("each morning, when there is something new")
    AT_ONCE = "at_once", _("each morning, and at once what fails or differs in Exact")
    NEVER = "never", _("never")


RESELLER_ROLES = (Role.RESELLER_ADMIN, Role.RESELLER_STAFF)

# What each role may do with a row it can see; which rows it sees is `tenants.scope`'s answer alone.
ROLE_ACTIONS: dict[str, frozenset[str]] = {
    Role.SUPPORT: frozenset({"view", "add", "change", "repost", "bookasis", "restart", "takeown", "invite", "hijack"}),
    Role.RESELLER_ADMIN: frozenset({"view", "add", "change", "repost", "bookasis", "restart", "invite"}),
    Role.RESELLER_STAFF: frozenset({"view", "add", "change", "repost"}),
    Role.ACCOUNTANT: frozenset({"view"}),
}
SUPPORT_ONLY_MODELS = frozenset({"tenants.reseller", "exact.exactapp"})
# Users and the audit are for those who may invite people; keys, raw pushes and notes
# of those who look after a customer concern no accountant.
INVITING_ONLY_MODELS = frozenset({"tenants.user", "tenants.lookthrough", "tenants.change"})
NOT_FOR_ACCOUNTANTS = frozenset({"clyo_ingest.tillkey", "clyo_ingest.push", "tenants.note"})


# Support is named in everybody's histories; and who looks through another's eyes keeps the own account.
OF_SUPPORT = "reseller_id IS NULL AND tenant_id IS NULL"
OWN = "id = {behind} AND {behind} <> {person}"
READ_BY = {
    DOOR: ALL,
    RESELLER: f"reseller_id = {{reseller}} OR {OF_RESELLER} OR {OF_SUPPORT}",
    **dict.fromkeys((CUSTOMER, TILL), f"tenant_id = {{tenant}} OR reseller_id = {{reseller}} OR {OF_SUPPORT}"),
}
WRITTEN_BY = {
    DOOR: ALL,
    RESELLER: f"reseller_id = {{reseller}} OR {OF_RESELLER} OR {OWN}",
    CUSTOMER: f"id = {{person}} AND tenant_id = {{tenant}} OR {OWN}",
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
    """A person of support (every customer), of one reseller (its customers), or an accountant of one customer."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    reseller = models.ForeignKey(
        "tenants.Reseller", models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("reseller")
    )
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, null=True, blank=True, related_name="accountants", verbose_name=_("customer")
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="fr", db_default="fr")
    letters = models.CharField(
        _("letters"), max_length=10, choices=Letters.choices, default=Letters.DAILY, db_default=Letters.DAILY
    )
    suspended_at = models.DateTimeField(_("suspended since"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

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
                condition=Q(role=Role.SUPPORT, reseller=None, tenant=None)
                | Q(role__in=RESELLER_ROLES, reseller__isnull=False, tenant=None)
                | Q(role=Role.ACCOUNTANT, reseller=None, tenant__isnull=False),
                name="tenants_user_belongs_where_its_role_says",
                violation_error_message=_(
                    "A reseller's people belong to a reseller, an accountant to a customer, support to neither."
                ),
            ),
            models.CheckConstraint(condition=Q(letters__in=Letters.values), name="tenants_user_letters_known"),
            Audited(silent=["last_login"], secret=["password"]),
            Seen(reads=READ_BY, writes=WRITTEN_BY),
        ]

    def __str__(self) -> str:
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
    def is_active(self) -> bool:  # type: ignore[override] # a column in Django, an answer here
        """Whether the person may act now. Read on every request, so a suspension takes effect on the next one."""
        above = [self, self.reseller, self.tenant, self.tenant.reseller if self.tenant else None]
        return all(row is None or row.suspended_at is None for row in above)

    @property
    def is_staff(self) -> bool:
        """Everybody who can log in uses the console."""
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        """Nobody passes the role's permissions by."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Whether the role allows `perm` ("tenants.view_till"), whatever the row."""
        if not self.is_active:
            return False
        app, _dot, codename = perm.partition(".")
        action, _underscore, model = codename.partition("_")
        label = f"{app}.{model}"
        if app not in settings.OUR_APPS:  # a library's own rows (devices, locks) belong to nobody's console
            return False
        if label in SUPPORT_ONLY_MODELS and not self.is_support:
            return False
        actions = ROLE_ACTIONS[self.role]
        if label in INVITING_ONLY_MODELS and "invite" not in actions:
            return False
        if label in NOT_FOR_ACCOUNTANTS and self.role == Role.ACCOUNTANT:
            return False
        return action in actions

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active


def language_of(address: str) -> str:
    """The language of a letter to an e-mail address: its person's own, else French; never that of who caused it."""
    known = User.objects.filter(email__iexact=address).values_list("language", flat=True).first()
    return known or settings.LANGUAGE_CODE
