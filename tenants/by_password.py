"""Who somebody is: by address and password, and in each request again by the session."""

from django.contrib.auth.backends import ModelBackend

from tenants.models import User


class ByPassword(ModelBackend):
    """Django's own, but a request's person comes with whom it belongs to, whose suspension each request asks about."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; None when they may not act any more."""
        known = User.objects.select_related("reseller").filter(pk=user_id).first()
        return known if known is not None and self.user_can_authenticate(known) else None
