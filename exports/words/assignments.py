"""How people are told who sees to a closing."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exports.models import Assignment


def say_assignment(it: Assignment) -> str:
    """ "Camille sees to it since 09:12": today by the hour, else with the day."""
    return _("{name} sees to it since {since}").format(name=it.person, since=say_since(it.since))


def say_since(moment: datetime) -> str:
    """A moment of today by the hour, another with its day."""
    at = timezone.localtime(moment)
    return date_format(at, "TIME_FORMAT" if at.date() == timezone.localdate() else "SHORT_DATETIME_FORMAT")


def say_seen_to(names: Collection[str], *, of: int) -> str:
    """Who sees to `of` closings: "Camille sees to it", or "Camille, Marc see to 3 of 12"; "" when nobody does.

    `names` has one name for each closing that somebody sees to."""
    people = sorted({*names})
    told, count = ", ".join(people), len(people)
    if not people:
        return ""
    if len(names) >= of:
        return ngettext("{names} sees to it", "{names} see to it", count).format(names=told)
    words = ngettext("{names} sees to {count} of {all}", "{names} see to {count} of {all}", count)
    return words.format(names=told, count=len(names), all=of)


def say_reseller_sees_to_it() -> str:
    """For a reader who cannot mend it."""
    return _("Your reseller sees to it. Nothing is lost meanwhile.")
