"""Who somebody is: by address and password, and in each request again by the session."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from tenants.membership import OPEN
from tenants.models import Membership, User


class ByPassword(ModelBackend):
    """Django's own, but a request's person comes with whom it belongs to, whose suspension each request asks about."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, with its customers; None when they may not act any more."""
        open_ones = Membership.objects.filter(OPEN, user=OuterRef("pk")).order_by("tenant_id")
        leave = ArraySubquery(open_ones.values(leave=JSONObject(tenant="tenant_id", may_replace="may_replace")))
        known = User.objects.select_related("reseller").annotate(leave=leave).filter(pk=user_id).first()
        if known is None or not self.user_can_authenticate(known):
            return None
        known.leave_by_customer = {it["tenant"]: it["may_replace"] for it in known.leave}
        return known
