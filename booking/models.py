"""How an establishment's closings are booked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from postgres.guards import Audited, NeverEmptied, OnlyAddedTo, SameTenant
from postgres.seen import SeenByTenant
from tenants.models import Establishment, Tenant, User


class Mapping(models.Model):
    """How an establishment's closings are booked: what its tills say, and what people set over it.

    `parameters` is the till's document of `PUT /parameters`; `overrides` has the shape of `booking.mapping.Overrides`.
    `former_slots`: what the till said last of a slot at a rate that it has no more (`booking.former_slots`).
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="mappings", editable=False)
    establishment = models.OneToOneField(Establishment, models.PROTECT, related_name="mapping")
    parameters = models.JSONField(_("from the till"), default=dict, blank=True, editable=False)
    overrides = models.JSONField(_("set by people"), default=dict, blank=True)
    former_slots = models.JSONField(default=list, db_default=[], editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        constraints = [
            SameTenant("establishment"),
            Audited(silent=["updated_at", "former_slots"]),
            SeenByTenant(shop=True, written_by=()),
        ]

    def __str__(self) -> str:
        return str(self.establishment)


class AskedMeans(models.Model):
    """A means of payment that came with a closing and that nobody had said where to book: the one question about it.

    It is open as long as the mapping has no answer (`booking.questions.open_questions`).
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", editable=False)
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="asked_means")
    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=20)
    label = models.CharField(_("label"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["establishment", "code"], name="booking_means_asked_once"),
            SameTenant("establishment"),
            SeenByTenant(shop=True, written_by=()),
        ]

    def __str__(self) -> str:
        return self.label or self.code


class MappingEvent(models.Model):
    """One change of a mapping: who, when, from what to what."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    mapping = models.ForeignKey(Mapping, models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at"]
        constraints = [
            OnlyAddedTo(),
            NeverEmptied(),
            SeenByTenant(written_by=()),
        ]
