"""A customer is handed over to another reseller: when, by whom, to whom, and what goes along (docs/decisions/0060)."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from postgres.guards import Audited, Moves, NeverEmptied, OnlyAddedTo, OnlyMasked, Unchanging
from postgres.seen import OF_RESELLER, OF_TENANT, OF_TENANTS, Seen
from postgres.viewer import CUSTOMER, MEMBERS, RESELLER, TILL
from tenants.one_line import WHY_MAX

# Sub-selects for the policies of other tables. The policy of hand-overs applies inside them: everybody sees those of
# the customers they look after, and a reseller also those that it made itself.
FORMER_RESELLERS = "SELECT reseller_id FROM tenants_handover"
GIVEN_AWAY = "SELECT tenant_id FROM tenants_handover WHERE tenant_id NOT IN (SELECT id FROM tenants_tenant)"
TAKEN_OVER = "SELECT tenant_id FROM tenants_handover WHERE reseller_id <> {reseller}"


class HandOver(models.Model):
    """`reseller` handed the customer over to the reseller `to`. The row is the act: a trigger makes the customer `to`'s
    with it, and no other statement may (`tenants_hand_over.sql`).

    Names are of that day, as the two resellers do not see each other; `by_name` is Clyo's or that of the person's
    reseller.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="+", editable=False, verbose_name=_("customer")
    )
    reseller = models.ForeignKey("tenants.Reseller", models.PROTECT, related_name="+", verbose_name=_("handed over by"))
    to = models.ForeignKey("tenants.Reseller", models.PROTECT, related_name="+", verbose_name=_("handed over to"))
    from_name = models.CharField(_("handed over by"), max_length=120)
    to_name = models.CharField(_("handed over to"), max_length=120)
    by = models.ForeignKey("tenants.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    by_name = models.CharField(_("by"), max_length=120)
    why = models.CharField(_("why"), max_length=WHY_MAX)
    notes_go_along = models.BooleanField(_("internal notes go along"), default=False)
    at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reseller=F("to")), name="tenants_handover_to_another"),
            models.CheckConstraint(condition=~Q(why=""), name="tenants_handover_says_why"),
            OnlyAddedTo("DELETE"),
            OnlyMasked("why"),
            NeverEmptied(),
            Audited(silent=["at"]),
            Seen(
                reads={
                    RESELLER: f"reseller_id = {{reseller}} OR {OF_RESELLER}",
                    **dict.fromkeys((CUSTOMER, TILL), OF_TENANT),
                    **dict.fromkeys(MEMBERS, OF_TENANTS),
                },
                writes={},
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_name} → {self.to_name}"


class OfferOutcome(models.TextChoices):
    """What became of an offer; empty while it is open."""

    TAKEN = "taken", _("taken")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("not answered in time")
    OVERTAKEN = "overtaken", _("handed over otherwise meanwhile")


OF_GIVER = f"reseller_id = {{reseller}} AND {OF_RESELLER}"


class HandOverOffer(models.Model):
    """A reseller offers a customer to the administrator of another, by an e-mail address; one at a time, for a week.

    Whether the address is anybody's, this row does not know: `OfferReceived` does, which its giver does not see. A
    worker looks once, at `looked_for_at`, so that an address given to somebody later receives nothing.
    """

    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, related_name="+", verbose_name=_("customer"))
    reseller = models.ForeignKey("tenants.Reseller", models.PROTECT, related_name="+", verbose_name=_("offered by"))
    email = models.EmailField(_("offered to"))
    by = models.ForeignKey("tenants.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    why = models.CharField(_("why"), max_length=WHY_MAX)
    notes_go_along = models.BooleanField(_("internal notes go along"), default=False)
    at = models.DateTimeField(_("when"), db_default=Now())
    expires_at = models.DateTimeField(_("until"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=OfferOutcome.choices, blank=True, default="")
    looked_for_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.ForeignKey("tenants.User", models.PROTECT, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("customer offered")
        verbose_name_plural = _("customers offered")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["tenant"], condition=Q(outcome=""), name="tenants_offer_one_open"),
            models.CheckConstraint(condition=Q(outcome__in=["", *OfferOutcome]), name="tenants_offer_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="tenants_offer_ended_says_how",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="tenants_offer_says_why"),
            Moves("outcome", {"": OfferOutcome.values}),
            Unchanging(
                *("tenant_id", "reseller_id", "email", "by_id", "why", "notes_go_along", "at", "expires_at"),
                once=["looked_for_at", "ended_at", "ended_by_id"],
                masked=["email", "why"],
            ),
            OnlyAddedTo("DELETE"),
            NeverEmptied(),
            Audited(silent=["at", "looked_for_at"], secret=["email"]),
            Seen(
                reads={RESELLER: f"{OF_GIVER} OR id IN (SELECT offer_id FROM tenants_offerreceived)"},  # noqa: S608
                writes={RESELLER: OF_GIVER},
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenant} → {self.email}"


class OfferReceived(models.Model):
    """Whose the address of an offer is: an administrator of another `reseller`, found by a worker. None for any other
    address, and the giver learns neither."""

    offer = models.OneToOneField(HandOverOffer, models.PROTECT, primary_key=True, related_name="received")
    person = models.ForeignKey("tenants.User", models.PROTECT, related_name="+")
    reseller = models.ForeignKey("tenants.Reseller", models.PROTECT, related_name="+", db_index=False)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            Unchanging("offer_id", "person_id", "reseller_id"),
            OnlyAddedTo("DELETE"),
            NeverEmptied(),
            Seen(reads={RESELLER: "person_id = {person}"}, writes={}),
        ]
