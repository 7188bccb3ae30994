"""Who looks after which customer without being its reseller's: accountants, and the restaurant's own people."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postgres.guards import Audited, SameAs, Unchanging
from postgres.seen import ALL, OF_RESELLER, OF_TENANT, OF_TENANTS, Seen
from postgres.viewer import CUSTOMER, DOOR, MEMBERS, RESELLER, TILL
from tenants.rights import MEMBER_ROLES, Role

READ_BY = {
    DOOR: ALL,
    RESELLER: OF_RESELLER,
    **dict.fromkeys((CUSTOMER, TILL), OF_TENANT),
    **dict.fromkeys(MEMBERS, f"user_id = {{person}} OR {OF_TENANTS}"),
}


# Neither over, nor hidden for now: of a customer and a reseller that are not suspended.
OPEN = Q(ended_at=None, tenant__suspended_at=None, tenant__reseller__suspended_at=None)


class Membership(models.Model):
    """A person may look after a customer, as its role says, from the invitation on until somebody ends that.

    Ended it stays: histories name whoever did something. Invited again it goes on. `role` is the person's own: the
    database takes no other, and none of a reseller's people or of support.
    """

    user = models.ForeignKey(
        "tenants.User", models.PROTECT, related_name="memberships", editable=False, verbose_name=_("person")
    )
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="memberships", editable=False, verbose_name=_("customer")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, editable=False)
    may_replace = models.BooleanField(
        _("may replace entries"),
        default=False,
        help_text=_("Whether an accountant may replace entries in Exact by itself; else the reseller does."),
    )
    invited_by = models.ForeignKey(
        "tenants.User", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    class Meta:
        verbose_name = _("access to a customer")
        verbose_name_plural = _("accesses to customers")
        ordering = ["user__email", "tenant__name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "tenant"], name="tenants_membership_once"),
            models.CheckConstraint(condition=Q(role__in=MEMBER_ROLES), name="tenants_membership_of_members_only"),
            models.CheckConstraint(
                condition=Q(may_replace=False) | Q(role=Role.ACCOUNTANT),
                name="tenants_membership_only_accountants_replace",
            ),
            SameAs("user", "role"),
            Unchanging("user_id", "tenant_id"),
            Audited(),
            Seen(reads=READ_BY, writes={RESELLER: OF_RESELLER}),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.tenant}"
