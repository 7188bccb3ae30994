"""Why Exact could not be asked for what a person wanted to see or do."""

from django.utils.translation import gettext as _

from exact.api.errors import ExactError


def say_not_asked(error: ExactError) -> str:
    """What to do about it, in a sentence: log in at Exact again, or try again later."""
    if error.link_lost:
        return _("The link to Exact is lost, so nothing was done: the customer must log in at Exact again.")
    return _("Exact could not be asked, so nothing was done. Try again in a few minutes.")
