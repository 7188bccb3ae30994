"""Telling apart the two establishments of a take-over, which have one name: taken over by or from whom, since when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exports.console import links
from tenants.models import Establishment, TakeOver, User
from tenants.scope import visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """One end of a take-over: in words, with the day; the other establishment only where the reader sees it."""

    took: TakeOver
    words: str
    day: date
    is_former: bool
    other: Establishment | None

    @property
    def address(self) -> str:
        """The other establishment's page; "" where the reader may not see it."""
        return links.shop(self.other.pk) if self.other else ""


def successions_of(user: User, shops: Collection[Establishment]) -> dict[int, Succession]:
    """The take-overs in force of these establishments, which the person may see, by id. Two queries.

    For one that took another over and was itself taken over since, the latter.
    """
    keys = {shop.pk for shop in shops}
    in_force = TakeOver.objects.filter(Q(former__in=keys) | Q(successor__in=keys), ended_on__isnull=False)
    rows = [*visible_to(user, in_force).order_by("ended_on")]
    ends = {pk for it in rows for pk in (it.former_id, it.successor_id)}
    seen = {it.pk: it for it in visible_to(user, Establishment.objects.filter(pk__in=ends).select_related("tenant"))}
    found: dict[int, Succession] = {}
    for it in rows:
        if it.successor_id in keys:
            found[it.successor_id] = _tell(it, seen.get(it.former_id), is_former=False)
        if it.former_id in keys:
            found[it.former_id] = _tell(it, seen.get(it.successor_id), is_former=True)
    return found


def _tell(took: TakeOver, other: Establishment | None, *, is_former: bool) -> Succession:
    assert took.ended_on is not None, "in force"
    day = date_format(took.ended_on, "SHORT_DATE_FORMAT")
    name = other.tenant.name if other else _("another company")
    words = _("taken over by {company} on {day}") if is_former else _("taken over from {company} on {day}")
    return Succession(
        took=took, words=words.format(company=name, day=day), day=took.ended_on, is_former=is_former, other=other
    )
