"""Authentication of people: by address and password, and in each request by the session."""

import functools
import operator
from typing import Any

import django_otp
from django.contrib.auth.backends import ModelBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from tenants.membership import OPEN
from tenants.models import Membership, User


class ByPassword(ModelBackend):
    """Django's own back end, but the person of a session is read in one query with what each request asks of it: its
    reseller and whether that is suspended, its customers, whether it has a second factor."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; None when they may not act any more."""
        found = _everybody().filter(pk=user_id).first()
        if found is None or not self.user_can_authenticate(found):
            return None
        person: User = found
        person.leave_by_customer = {it["tenant"]: it["may_replace"] for it in found.leave}
        person.has_device = found.device
        return person


@functools.cache
def _everybody() -> "QuerySet[Any]":
    """The query of all people, composed once; each request filters it to one person."""
    open_ones = Membership.objects.filter(OPEN, user=OuterRef("pk")).order_by("tenant_id")
    leave = ArraySubquery(open_ones.values(leave=JSONObject(tenant="tenant_id", may_replace="may_replace")))
    devices = (Exists(kind.objects.filter(user=OuterRef("pk"), confirmed=True)) for kind in django_otp.device_classes())
    device = functools.reduce(operator.or_, devices)
    return User.objects.select_related("reseller").annotate(leave=leave, device=device)
