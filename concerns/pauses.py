"""Why nothing is sent to a company now, in words."""

from django.utils.translation import gettext_lazy as _

PAUSES = {
    "rate_limited": _("Exact's call limit is reached; it goes on by itself."),
    "reconnect_required": _("The customer must link Exact Online again."),
    "unavailable": _("Exact does not answer; it tries again by itself."),
    "settling": _("An outcome is unknown; it is looked up in Exact before anything is sent."),
    "refused": _("Exact refused a call nobody expected; support looks."),
}
