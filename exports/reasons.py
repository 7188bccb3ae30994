"""Why a state changed: the verbs write a short word down, people read a sentence."""

from django.utils.translation import gettext_lazy as _

# What a person or Exact said is shown as it is.
REASONS = {
    "received": _("received from the till"),
    "activated": _("the export to Exact was activated"),
    "settings changed": _("the settings changed"),
    "third party found in Exact": _("the third party was found in Exact"),
    "console": _("sent again from the console"),
    "switched off": _("the export to Exact was switched off"),
    "booked as it is": _("support decided to book it as it is"),
}


def reason(why: str) -> str:
    """The words for a stored reason."""
    return str(REASONS.get(why, why))
