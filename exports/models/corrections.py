"""Which closings are booked otherwise than today's settings would book them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exports.models.closings import StoredClosing
from postgres.guards import SameTenant
from postgres.seen import SeenByTenant
from tenants.models import Establishment, Tenant
from tenants.put_off import PutOff


class SettingsLook(PutOff):
    """How far an establishment's closings were held against its settings, newest first.

    `since`: when the settings that were compared were last changed. `reached`: the closing compared last. Done when no
    older one is left.
    """

    establishment = models.OneToOneField(Establishment, models.PROTECT, primary_key=True, related_name="settings_look")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", editable=False)
    since = models.DateTimeField()
    reached = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [SameTenant("establishment"), SeenByTenant(shop=True)]


class Overtaken(models.Model):
    """A closing that is booked otherwise than today's settings would book it, as they were changed since.

    `moves` are what its correction would move, place by place (`exports.reposts.moves.Move`); `day` is the day its
    entries are dated.
    """

    closing = models.OneToOneField(StoredClosing, models.PROTECT, primary_key=True, related_name="overtaken")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+")
    day = models.DateField(_("dated"))
    moves = models.JSONField()
    found_at = models.DateTimeField(_("found"), auto_now=True)

    class Meta:
        constraints = [SameTenant("closing"), SameTenant("establishment"), SeenByTenant(shop=True)]

    def __str__(self) -> str:
        return str(self.closing)
