"""Whether an establishment's closings go to Exact, and the links by which people set that up."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exact.models.app import CUSTOMER, Connection
from exact.models.company import Division
from postgres.guards import Audited, NeverEmptied, OnlyAddedTo, SameTenant
from postgres.seen import SeenByTenant
from postgres.viewer import MERCHANT
from tenants.models import Establishment, Tenant, User
from tenants.put_off import PUT_OFF_COLUMNS, PutOff


class Activation(PutOff):
    """Whether an establishment's closings go to Exact, and into which division.

    Active with problems: something was right at the activation and no longer is; new closings are held with them.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="activations", editable=False)
    establishment = models.OneToOneField(
        Establishment, models.PROTECT, related_name="activation", verbose_name=_("establishment")
    )
    division = models.ForeignKey(Division, models.PROTECT, related_name="activations", verbose_name=_("division"))
    active = models.BooleanField(_("active"), default=False)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    activated_at = models.DateTimeField(_("activated"), null=True)

    class Meta:
        verbose_name = _("activation")
        verbose_name_plural = _("activations")
        constraints = [
            SameTenant("establishment"),
            SameTenant("division"),
            Audited(silent=["checked_at", "activated_at", *PUT_OFF_COLUMNS]),
            SeenByTenant(shop=True, written_by=()),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} → {self.division.label}"

    @property
    def sound(self) -> bool:
        """Whether closings go to Exact now."""
        return self.active and not self.problems


class ActivationChange(models.TextChoices):
    """What may happen to an activation."""

    ACTIVATED = "activated", _("switched on")
    REFUSED = "refused", _("refused by the checks")
    BROKEN = "broken", _("no longer sound")
    MENDED = "mended", _("sound again")
    SWITCHED_OFF = "off", _("switched off")
    DISCONNECTED = "disconnected", _("disconnected from Exact")


class ActivationEvent(models.Model):
    """One change of an activation: what, when, into which division, who or by which way."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="activation_events")
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    way = models.CharField(_("by"), max_length=10, help_text="till, link, console or nightly")
    change = models.CharField(_("what"), max_length=20, choices=ActivationChange.choices)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            SameTenant("establishment"),
            SameTenant("division"),
            OnlyAddedTo(),
            NeverEmptied(),
            SeenByTenant(shop=True, written_by=()),
        ]

    def __str__(self) -> str:
        return self.get_change_display()


class LinkStep(models.TextChoices):
    """How far the holder of an activation link has come."""

    INTRODUCTION = "introduction", _("not begun")
    LOGIN = "login", _("logging in at Exact")
    DIVISION = "division", _("choosing the company")
    CHECKS = "checks", _("settings being checked")
    START = "start", _("choosing the first day")
    DONE = "done", pgettext_lazy("a step", "finished")


class LinkWay(models.TextChoices):
    """How a link came to whoever uses it; it lives by that (`exact.activation.links.LIVES`)."""

    TILL = "till", _("shown by the till")
    SHOWN = "shown", _("shown in the console, to pass on")
    MAILED = "mailed", _("sent by e-mail")
    ASKED_AGAIN = "again", _("sent by e-mail, asked for on the page of one that was over")


BY_MAIL = (LinkWay.MAILED, LinkWay.ASKED_AGAIN)


class ActivationLink(PutOff):
    """One way to the activation pages of one establishment: a secret address that ends, or is revoked.

    Any browser may begin with it until somebody has given the consent (`used_at`); from then on it is that browser's.
    `asked_again_at`: whoever holds it when it is over asked for a new one, which a worker mails.

    Secrets are stored as digests only. A form carries the `steps_made` it was shown with, so that a
    second click, an old page or another tab makes no step twice. `companies` is what the Exact user may enter, as read
    at the log-in, and `more_companies` whether that is not all: others join it as they are searched for. `progress` is
    how far the checks have read.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", editable=False, verbose_name=CUSTOMER)
    establishment = models.ForeignKey(
        Establishment, models.PROTECT, related_name="activation_links", verbose_name=_("establishment")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    browser_digest = models.CharField(max_length=64, blank=True, editable=False)
    state_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("made by"))
    way = models.CharField(
        _("given"), max_length=10, choices=LinkWay.choices, default=LinkWay.TILL, db_default=LinkWay.TILL
    )
    mailed_to = models.EmailField(_("sent to"), blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    opened_at = models.DateTimeField(_("first opened"), null=True, editable=False)
    used_at = models.DateTimeField(_("log-in given"), null=True, editable=False)
    revoked_at = models.DateTimeField(pgettext_lazy("date", "withdrawn"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("withdrawn by"), editable=False
    )
    asked_again_at = models.DateTimeField(null=True, editable=False)
    step = models.CharField(_("step"), max_length=20, choices=LinkStep.choices, default=LinkStep.INTRODUCTION)
    steps_made = models.PositiveIntegerField(default=0)
    connection = models.ForeignKey(Connection, models.PROTECT, null=True, related_name="+")
    companies = models.JSONField(default=list)
    more_companies = models.BooleanField(default=False, db_default=False)
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    checking_since = models.DateTimeField(null=True)
    check_after = models.DateTimeField(null=True)
    progress = models.JSONField(default=list)
    trouble = models.CharField(_("trouble"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("activation link")
        verbose_name_plural = _("activation links")
        indexes = [
            models.Index(fields=["check_after"], condition=Q(step="checks"), name="exact_link_checks_due"),
            models.Index(fields=["establishment", "-created_at"], name="exact_link_newest"),
            models.Index(
                fields=["asked_again_at"], condition=Q(asked_again_at__isnull=False), name="exact_link_asked_again"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(step__in=["introduction", "login"]) | Q(connection__isnull=False),
                name="exact_link_beyond_login_has_connection",
            ),
            models.CheckConstraint(
                condition=~Q(step__in=["checks", "start", "done"]) | Q(division__isnull=False),
                name="exact_link_checked_has_division",
            ),
            models.CheckConstraint(condition=Q(way__in=LinkWay.values), name="exact_link_way_known"),
            models.CheckConstraint(
                condition=Q(way__in=BY_MAIL) & ~Q(mailed_to="") | ~Q(way__in=BY_MAIL) & Q(mailed_to=""),
                name="exact_link_mailed_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(expires_at__lte=F("revoked_at")), name="exact_link_revoked_is_over"
            ),
            SameTenant("establishment"),
            SameTenant("connection"),
            SameTenant("division"),
            SeenByTenant(shop=True, written_by=(MERCHANT,)),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} – {self.get_step_display()}"
