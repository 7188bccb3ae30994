"""Our registrations at Exact Online, and the consents of its users."""

from __future__ import annotations

import re

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from postgres.guards import Audited
from postgres.secret_text import SecretText
from postgres.seen import READ_BY_ALL, Seen, SeenByTenant
from tenants.models import Tenant
from tenants.put_off import PUT_OFF_COLUMNS, PutOff

CUSTOMER = _("customer")
PAGE_MAX = 500
# What a person's browser is led to is encrypted, but for a program on this very machine, such as the simulator.
LINKABLE_HOST = r"^(https://[^/@\s]+|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?)(/\S*)?$"


def _of_this_host(pattern: str) -> Q:
    """A pattern is empty, or an address below a host to lead to that names a company and one of its entries."""
    root = Concat(Func(F("base_url"), Value("/"), function="RTRIM"), Value("/"))
    one_entry = Q(**{f"{pattern}__contains": "{entry_id}"}) | Q(**{f"{pattern}__contains": "{entry_number}"})
    company = Q(**{f"{pattern}__startswith": root, f"{pattern}__contains": "{division}"})
    return Q(**{pattern: ""}) | (Q(base_url__regex=LINKABLE_HOST) & company & one_entry)


class ExactApp(models.Model):
    """Our registration at Exact, one per country: an account of one country is not reached through another's host.

    `sales_page` and `receipts_page` are the addresses of an entry's page in Exact Online, as support taught them
    (`exact.web`): with `{division}`, `{entry_id}` and `{entry_number}`. Empty: not taught.
    """

    country = models.CharField(_("country"), max_length=2, unique=True, help_text=_("ISO code, e.g. FR"))
    base_url = models.URLField(_("host"), help_text=_("e.g. https://start.exactonline.fr"))
    client_id = models.CharField(_("client id"), max_length=120)
    client_secret = SecretText(_("client secret"), editable=False)
    minute_limit = models.PositiveIntegerField(_("calls a minute and company"), default=60)
    day_limit = models.PositiveIntegerField(_("calls a day and company"), default=5000)
    sales_page = models.CharField(
        _("page of a sales entry"), max_length=PAGE_MAX, blank=True, db_default="", default=""
    )
    receipts_page = models.CharField(
        _("page of a receipts entry"), max_length=PAGE_MAX, blank=True, db_default="", default=""
    )

    class Meta:
        verbose_name = _("app registration")
        verbose_name_plural = _("app registrations")
        constraints = [
            models.CheckConstraint(condition=_of_this_host("sales_page"), name="exact_exactapp_sales_page_of_host"),
            models.CheckConstraint(
                condition=_of_this_host("receipts_page"), name="exact_exactapp_receipts_page_of_host"
            ),
            Audited(secret=["client_secret"]),
            Seen(reads=READ_BY_ALL, writes={}),
        ]

    def __str__(self) -> str:
        return f"Exact Online {self.country}"

    @property
    def is_linkable(self) -> bool:
        """Whether a person's browser may be led to the host."""
        return re.match(LINKABLE_HOST, self.base_url) is not None


class ConnectionState(models.TextChoices):
    """Whether a customer's consent can be used: until it ends, or the customer takes it back."""

    ACTIVE = "active", _("active")
    RECONNECT_REQUIRED = "reconnect_required", _("reconnect required")
    DISCONNECTED = "disconnected", _("disconnected")


# Left out of the audit: they change every ten minutes and are secret.
TOKEN_COLUMNS = ("access_token", "refresh_token", "access_issued_at", "access_expires_at")


class Connection(PutOff):
    """One Exact user's consent for one tenant. The row is locked while its tokens are renewed."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="connections", verbose_name=CUSTOMER)
    app = models.ForeignKey(ExactApp, models.PROTECT, verbose_name=_("app registration"))
    state = models.CharField(_("state"), max_length=20, choices=ConnectionState.choices, default=ConnectionState.ACTIVE)
    access_token = SecretText(editable=False, default="")
    refresh_token = SecretText(editable=False, default="")
    access_issued_at = models.DateTimeField(_("token issued"), null=True, editable=False)
    access_expires_at = models.DateTimeField(_("token expires"), null=True, editable=False)
    user_name = models.CharField(_("Exact user"), max_length=120, blank=True)
    user_language = models.CharField(_("language"), max_length=10, blank=True)
    user_id = models.CharField(max_length=40, blank=True, editable=False, db_default="", help_text="Exact's own id.")
    user_email = models.EmailField(_("e-mail address"), blank=True, db_default="")
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    doubted_at = models.DateTimeField(
        _("in doubt since"),
        null=True,
        editable=False,
        help_text="When Exact refused an access token without refusing its renewal.",
    )
    told_at = models.DateTimeField(_("told by e-mail"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(fields=["id", "tenant"], name="exact_connection_with_tenant"),
            models.CheckConstraint(
                condition=Q(doubted_at=None) | Q(state=ConnectionState.ACTIVE),
                name="exact_connection_doubted_is_active",
            ),
            models.CheckConstraint(
                condition=~Q(state=ConnectionState.ACTIVE) | ~Q(refresh_token__isnull=True),
                name="exact_connection_active_has_token",
            ),
            models.UniqueConstraint(
                fields=["tenant", "app", "user_id"],
                condition=~Q(user_id=""),
                name="exact_connection_one_per_exact_user",
            ),
            Audited(silent=[*TOKEN_COLUMNS, "doubted_at", "told_at", *PUT_OFF_COLUMNS]),
            SeenByTenant(),
        ]

    def __str__(self) -> str:
        return f"{self.tenant} – {self.user_name or _('not linked yet')}"
