"""How people are told who sees to a closing."""

from collections.abc import Iterable
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


def say_assignments(found: Iterable[Assignment], *, of: int) -> str:
    """Who sees to some of `of` closings: "Camille sees to it", or "Camille, Marc: 3 of 12"; "" when nobody does."""
    rows = [*found]
    if not rows:
        return ""
    people = {it.person_id: str(it.person) for it in rows}
    names, count = ", ".join(sorted(people.values())), len(people)
    if len(rows) >= of:
        return ngettext("{names} sees to it", "{names} see to it", count).format(names=names)
    words = ngettext("{names} sees to {count} of {all}", "{names} see to {count} of {all}", count)
    return words.format(names=names, count=len(rows), all=of)
