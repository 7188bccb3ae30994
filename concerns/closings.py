"""Closings that are not in the books: failed, held, not sent for hours, waiting for an activation."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.former_slots import key_of as key_of_slot
from concerns.concern import (
    Concern,
    Condition,
    Item,
    Question,
    QuestionKind,
    ShopCondition,
    counted,
    key_of,
    owner_of,
)
from exact.activation.new_log_in import mailed_links, say_mailed
from exact.api.consent import consent_of
from exact.lane.pauses import why_paused
from exact.models import OPEN, Activation, Lane, Posting
from exports.console import links
from exports.console.causes import TO_MEND, Cause, causes_of
from exports.coverage.stopped import STOPPED
from exports.models import ClosingState, StoredClosing
from exports.words.assignments import say_reseller_sees_to_it
from exports.words.closing_words import name_of
from ledger.money import BOOKS
from tenants.models import Establishment
from tenants.viewpoint import Scope

# How long closings may be unsent before people are told: Exact is away for an hour now and then, and lanes go on.
STUCK_AFTER = timedelta(hours=6)
# How many closings the button of a concern sends again at once; more are chosen in the list.
SENT_AGAIN_MAX = 50


def failed_and_held(scope: Scope) -> Iterator[Concern]:
    """What a person must mend before it can be booked: one concern for each cause in each establishment."""
    for cause in causes_of(scope.rows(StoredClosing.objects.all()), each_shop=True, read_max=scope.read_max):
        kind = Condition.FAILED if cause.state == ClosingState.FAILED else Condition.HELD
        first, mends = cause.closings[0], cause.may_be_mended_by(scope.user)
        elsewhere = "" if mends or not cause.mend_address else say_reseller_sees_to_it()
        yield Concern(
            condition=kind,
            customer=first.tenant.name,
            shop=str(first.establishment),
            shops=frozenset(cause.establishments),
            words=" ".join(filter(None, (cause.title, cause.elsewhere_words, elsewhere))),
            mend=cause.mend_words if mends else _("See the closings") if elsewhere else _("See what to do"),
            address=cause.mend_address if mends else cause.closings_address,
            way=cause.nearest_way(scope.user),
            again=_list_to_send_again(cause),
            question=_find_question(cause),
            seen_to=cause.seen_to,
            items=tuple(
                Item(
                    key=key_of(kind, it.pk, cause.key),
                    label=name_of(it),
                    amount=None if it.pk in cause.elsewhere else _amount(it),
                )
                for it in cause.closings
            ),
        )


def _list_to_send_again(cause: Cause) -> tuple[UUID, ...]:
    few = len(cause.closing_ids) <= SENT_AGAIN_MAX
    return tuple(cause.closing_ids) if few and cause.goes_when_sent_again else ()


def _find_question(cause: Cause) -> Question | None:
    """The question whose answer, given from a letter, would mend a cause of one establishment; None if none does."""
    [shop, *others] = cause.establishments
    if others:
        return None
    if cause.code == "means_unmapped":
        return Question(kind=QuestionKind.MEANS, shop=shop, about=cause.facts["means"])
    if cause.code in ("slot_unmapped", "slot_rate_mismatch"):
        about = key_of_slot(int(cause.facts["slot"]), cause.facts["rate"])
        return Question(kind=QuestionKind.SLOT, shop=shop, about=about)
    return None


def failed_and_held_by_shop(scope: Scope) -> Iterator[tuple[int, ShopCondition]]:
    """The same closings, counted in each establishment."""
    rows = scope.rows(StoredClosing.objects.filter(state__in=TO_MEND)).order_by().values_list("establishment", "state")
    elsewhere = "" if scope.user.has_perm("exports.repost_storedclosing") else f" {say_reseller_sees_to_it()}"
    for shop, state, count, first in rows.annotate(n=Count("*"), first=Min("business_date")):
        failed = state == ClosingState.FAILED
        yield (
            shop,
            ShopCondition(
                condition=Condition.FAILED if failed else Condition.HELD,
                words=(_say_failed if failed else _say_held)(count, date_format(first, "SHORT_DATE_FORMAT"))
                + elsewhere,
                mend=_("See the closings"),
                address=links.closings(state=state, establishment=shop),
                count=count,
            ),
        )


def _say_failed(count: int, day: str) -> str:
    words = ngettext("{count} closing failed, of {day}.", "{count} closings failed, the first of {day}.", count)
    return words.format(count=count, day=day)


def _say_held(count: int, day: str) -> str:
    words = ngettext("{count} closing is held, of {day}.", "{count} closings are held, the first of {day}.", count)
    return words.format(count=count, day=day)


def _amount(closing: StoredClosing) -> Decimal | None:
    """A closing's gross for the sum of a concern; None in a currency that is not the books'."""
    return closing.gross if closing.currency == BOOKS else None


def stuck(scope: Scope) -> Iterator[Concern]:
    """Ready or exporting closings whose entries could not be sent for hours, for whatever reason."""
    moving = StoredClosing.objects.filter(
        pk=OuterRef("closing_id"), state__in=[ClosingState.READY, ClosingState.EXPORTING]
    )
    late = Posting.objects.filter(Exists(moving), state__in=OPEN, created_at__lt=timezone.now() - STUCK_AFTER)
    by_shop = scope.rows(late).order_by().values_list("establishment", "division")
    counts = [*by_shop.annotate(n=Count("closing_id", distinct=True))[: scope.read_max]]
    shops = _shops(shop for shop, _division, _n in counts)
    why = _say_why_nothing_is_sent({shop: division for shop, division, _n in counts})
    for shop, division, count in counts:
        yield Concern(
            condition=Condition.NOT_SENT,
            **owner_of(shops[shop]),
            words=_("Not in Exact after {hours} hours. {why}").format(
                hours=int(STUCK_AFTER / timedelta(hours=1)), why=why[shop][0]
            ),
            mend=_("See the closings"),
            address=links.closings(state=why[shop][1], establishment=shop),
            items=(Item(key=key_of(Condition.NOT_SENT, shop, division), label=counted(Condition.NOT_SENT, count)),),
        )


def _say_why_nothing_is_sent(divisions: dict[int, int]) -> dict[int, tuple[str, str]]:
    """Why nothing is sent, for establishments with their companies; and under which state the closings are listed."""
    lanes = Lane.objects.select_related("division__connection").in_bulk([*divisions.values()])
    active = Activation.objects.filter(active=True, establishment__in=divisions)
    switched_on = {*active.values_list("establishment", flat=True)}
    whys = {}
    for shop, division in divisions.items():
        lane = lanes.get(division)
        why = (why_paused(lane) if lane else "") or _("Support must look at the sending queue.")
        stopped = lane is not None and shop in switched_on and not consent_of(lane.division.connection).usable
        said = why if shop in switched_on else _("The export to Exact is switched off.")
        whys[shop] = said, STOPPED if stopped else "moving"
    return whys


def waiting(scope: Scope) -> Iterator[Concern]:
    """Establishments whose closings wait because the export was never switched on, or is off again."""
    rows = scope.rows(StoredClosing.objects.filter(state=ClosingState.WAITING))
    counted_rows = rows.order_by().values_list("establishment")
    found = [*counted_rows.annotate(n=Count("*"), gross=Sum("gross"), first=Min("business_date"))[: scope.read_max]]
    shops = _shops(shop for shop, *_rest in found)
    mailed, may_send = mailed_links(shops), scope.user.has_perm("tenants.change_establishment")
    for shop, count, gross, first in found:
        since = _("The export to Exact is not active; closings wait since {day}.").format(
            day=date_format(first, "SHORT_DATE_FORMAT")
        )
        yield Concern(
            condition=Condition.WAITING,
            **owner_of(shops[shop]),
            words=f"{since} {say_mailed(mailed[shop], may_send=may_send) if shop in mailed else _('Send the link.')}",
            mend=_("Open the set-up"),
            address=links.set_up(shops[shop]),
            items=(Item(key=key_of(Condition.WAITING, shop), label=counted(Condition.WAITING, count), amount=gross),),
        )


def _shops(ids: Iterator[int]) -> dict[int, Establishment]:
    return Establishment.objects.select_related("tenant").in_bulk([*ids])
