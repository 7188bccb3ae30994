"""The condition of shops: one word, one sentence and one link for each, for pages, the API and letters.

A shop's condition is that of its most urgent concern (`concerns.found`). Of failed, held and differing things a list of
shops needs the number only, so the database counts these; every other condition comes from the concern itself. If
nothing is wrong, the shop's own facts say how far it has come.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from concerns.books import differing, differing_by_shop
from concerns.closings import failed_and_held, failed_and_held_by_shop
from concerns.concern import Concern, Condition, ShopCondition
from concerns.found import MENDED_BY_MERCHANTS, SOURCES, Source, concerns_of
from exact.models import Activation
from exports.console import links
from exports.coverage.aside import Aside, asides_lately, say_aside
from exports.coverage.closed import ranges_of, span_of, spans_of
from exports.coverage.latest import last_day_of_shop
from exports.coverage.stopped import UNDER_WAY
from exports.models import OrderKind, Replacement, StoredClosing
from tenants.models import Establishment, Role, Till, User
from tenants.scope import visible_to
from tenants.viewpoint import Scope

__all__ = ["Condition", "ShopCondition", "condition_of", "conditions_of", "with_facts"]

ByShop = Callable[[Scope], Iterator[tuple[int, ShopCondition]]]
COUNTED: dict[Source, ByShop] = {failed_and_held: failed_and_held_by_shop, differing: differing_by_shop}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionWithConcerns:
    """The condition of one shop, and all of its concerns, the most urgent first; `counted`: as in `counted_by_shop`."""

    shown: ShopCondition
    concerns: list[Concern]
    counted: Mapping[Condition, int]


def conditions_of(
    user: User, shops: Iterable[Establishment], waits: Mapping[int, ShopCondition] | None = None
) -> dict[int, ShopCondition]:
    """The condition of each of these establishments, by id, in a fixed number of queries for any number of them.

    Those that the user may not see are left out. Words are in the active language. `waits`: the result of `what_waits`
    for this user, if the caller has it already.
    """
    keys = [shop.pk for shop in shops]
    return say_conditions(user, [*_select_with_facts(user, keys)] if keys else [], waits)


def say_conditions(
    user: User,
    shops: Sequence[Establishment],
    waits: Mapping[int, ShopCondition] | None = None,
    asides: Mapping[int, Aside] | None = None,
) -> dict[int, ShopCondition]:
    """The same, for who has read establishments that the user may see, `with_facts`; `asides`: as `asides_lately`."""
    if not shops:
        return {}
    asides = asides_lately([shop.pk for shop in shops]) if asides is None else asides
    found = {shop.pk: _say_how_far(shop, asides.get(shop.pk)) for shop in shops}
    known = what_waits(Scope(user=user, shops=[*found])) if waits is None else waits
    for shop, waiting in known.items():
        if shop in found and waiting.condition.urgency < found[shop].condition.urgency:
            found[shop] = waiting
    return {shop: _lead_merchant(shop, it) for shop, it in found.items()} if user.role == Role.MERCHANT else found


def _lead_merchant(shop: int, shown: ShopCondition) -> ShopCondition:
    """For a merchant, link a condition that they cannot mend to the page that shows it."""
    if shown.condition in MENDED_BY_MERCHANTS:
        return shown
    return replace(shown, mend=_("See the closings"), address=links.closings(establishment=shop))


def condition_of(user: User, shop: Establishment) -> ConditionWithConcerns | None:
    """The condition of one establishment, with all of its concerns; None when the user may not see it."""
    seen = _select_with_facts(user, [shop.pk]).first()
    return None if seen is None else say_condition(user, seen)


def say_condition(user: User, shop: Establishment) -> ConditionWithConcerns:
    """The same, for who has read an establishment that the user may see, `with_facts`."""
    scope = Scope(user=user, shops=[shop.pk])
    concerns, counted = concerns_of(scope), counted_by_shop(scope)
    waits = shops_in_trouble(counted, concerns).get(shop.pk)
    how_far = _say_how_far(shop, asides_lately([shop.pk]).get(shop.pk))
    shown = waits if waits and waits.condition.urgency < how_far.condition.urgency else how_far
    counts = {stands.condition: stands.count for _shop, stands in counted}
    return ConditionWithConcerns(shown=shown, concerns=concerns, counted=counts)


def what_waits(scope: Scope) -> dict[int, ShopCondition]:
    """The condition of each shop in which something needs a person, by id, the most urgent first.

    Closings and entries are counted only, so it may be asked of thousands of shops.
    """
    return _take_most_urgent(_list_conditions(scope))


def counted_by_shop(scope: Scope) -> list[tuple[int, ShopCondition]]:
    """The numbers of what failed, is held or differs in each shop, by id, counted by the database."""
    return [row for by_shop in COUNTED.values() for row in by_shop(scope)]


def shops_in_trouble(
    counted: Iterable[tuple[int, ShopCondition]], concerns: Iterable[Concern]
) -> dict[int, ShopCondition]:
    """The same as `what_waits`, for a caller who has the scope's `concerns` and `counted_by_shop` already."""
    others = (it for it in concerns if it.condition not in (Condition.FAILED, Condition.HELD, Condition.DIFFERS))
    return _take_most_urgent((*counted, *(row for it in others for row in _spread(it))))


def _take_most_urgent(conditions: Iterable[tuple[int, ShopCondition]]) -> dict[int, ShopCondition]:
    found: dict[int, ShopCondition] = {}
    for shop, shown in conditions:
        if shop not in found or shown.condition.urgency < found[shop].condition.urgency:
            found[shop] = shown
    return dict(sorted(found.items(), key=lambda it: it[1].condition.urgency))


def _list_conditions(scope: Scope) -> Iterator[tuple[int, ShopCondition]]:
    for source in SOURCES:
        if by_shop := COUNTED.get(source):
            yield from by_shop(scope)
            continue
        for it in source(scope):
            yield from _spread(it)


def _spread(concern: Concern) -> Iterator[tuple[int, ShopCondition]]:
    shown = ShopCondition(condition=concern.condition, words=concern.said, mend=concern.mend, address=concern.address)
    yield from ((shop, shown) for shop in concern.shops)


def _select_with_facts(user: User, keys: list[int]) -> QuerySet[Establishment]:
    rows = visible_to(user, Establishment.objects.filter(pk__in=keys))
    return with_facts(rows.select_related("tenant__reseller"))


def with_facts(shops: QuerySet[Establishment]) -> QuerySet[Establishment]:
    """These establishments with what says how far each is. To be read with `select_related("tenant__reseller")`."""
    own = StoredClosing.objects.filter(establishment=OuterRef("pk"))
    tills = Till.objects.filter(establishment=OuterRef("pk"), ended_at=None, suspended_at=None, paired_at__isnull=False)
    active = Activation.objects.filter(establishment=OuterRef("pk"))
    orders = Replacement.objects.filter(kind=OrderKind.SET_ASIDE, done_at=None)
    leaving = orders.filter(closing__establishment=OuterRef("pk"))
    moving = own.filter(~Exists(orders.filter(closing=OuterRef("pk"))), state__in=UNDER_WAY)
    return shops.annotate(
        paired=Exists(tills),
        linked=Exists(active),
        active=Exists(active.filter(active=True)),
        compared_at=Subquery(active.values("division__reconciled_at")[:1]),
        moving=Exists(moving),
        leaving=Exists(leaving),
        last_day=last_day_of_shop(),
        closed=ranges_of("pk"),
    )


def _say_how_far(shop: Establishment, aside: Aside | None) -> ShopCondition:
    """The condition of a shop in which nothing is wrong: how far it has come. Load it with its facts.

    `aside`: what was set aside in it lately.
    """
    set_up = _("Open the set-up"), links.set_up(shop)
    suspended = shop.suspended_at or shop.tenant.suspended_at or shop.tenant.reseller.suspended_at
    facts: Any = shop  # with the annotations
    if suspended:
        day = date_format(timezone.localtime(suspended), "SHORT_DATE_FORMAT")
        edit = _("See the establishment"), links.shop(shop.pk)
        return _say(Condition.SUSPENDED, _("Suspended since {day}: nothing is expected.").format(day=day), *edit)
    if shop.ended_on is not None and shop.has_ended:
        day = date_format(shop.ended_on, "SHORT_DATE_FORMAT")
        words = _("Another company's since {day}: nothing is expected any more.").format(day=day)
        return _say(Condition.TAKEN_OVER, words, _("See the establishment"), links.shop(shop.pk))
    if not facts.paired and facts.last_day is None:
        return _say(Condition.SETTING_UP, _("No till is paired yet."), *set_up)
    if not facts.linked:
        return _say(Condition.SETTING_UP, _("Not linked to Exact yet."), *set_up)
    if not facts.active:
        return _say(Condition.SWITCHED_OFF, _("The export to Exact is switched off."), *set_up)
    if facts.last_day is None and aside is None:
        return _say(Condition.SETTING_UP, _("Everything is ready; the first closing is awaited."), *set_up)
    return _say_of_closings(shop, aside)


def _say_of_closings(shop: Establishment, aside: Aside | None) -> ShopCondition:
    """The condition of a linked shop in which nothing is wrong and whose closings came."""
    facts: Any = shop  # with the annotations
    closings = _("See the closings"), links.closings(establishment=shop.pk)
    day = date_format(facts.last_day, "SHORT_DATE_FORMAT") if facts.last_day else ""
    if facts.moving:
        return _say(
            Condition.MOVING, _("Closings are on their way to Exact, the last of {day}.").format(day=day), *closings
        )
    if facts.leaving:
        words = _("Entries are being taken out of Exact; then their closings are set aside.")
        return _say(Condition.LEAVING, words, *closings)
    if span := span_of(timezone.localdate(timezone=shop.zone), spans_of(facts.closed)):
        until = date_format(span.last_day, "SHORT_DATE_FORMAT")
        words = _("Closed until {day}: no closing is expected before it opens again.").format(day=until)
        return _say(Condition.CLOSED, words, _("See the closed days"), links.closed_days(shop.pk))
    if aside is not None:
        listed = _("See what was set aside"), links.closings(state="aside", establishment=shop.pk)
        return _say(Condition.ASIDE, f"{say_aside(aside)} {_say_compared(facts.compared_at)}", *listed)
    words = _("Everything is in Exact, the last closing is of {day}.").format(day=day)
    return _say(Condition.WELL, f"{words} {_say_compared(facts.compared_at)}", *closings)


def _say_compared(at: datetime | None) -> str:
    if at is None:
        return _("Not compared with Exact yet: that is done every night.")
    return _("Compared with Exact on {at}.").format(at=date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT"))


def _say(condition: Condition, words: str, mend: str, address: str) -> ShopCondition:
    return ShopCondition(condition=condition, words=words, mend=mend, address=address)
