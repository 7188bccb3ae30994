"""Tills that sent less than they should: numbers that never arrived, a day without a closing, none at all."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerns.concern import Concern, Condition, Item, Question, QuestionKind, key_of, owner_of
from exports.console import links
from exports.console.ways_out import NEVER_MADE
from exports.coverage.closed import closed_between
from exports.coverage.missing import missing_before
from exports.coverage.silent import Silence, expected_tills, missed_and_awaited
from exports.models import StoredClosing
from tenants.models import Role, Till
from tenants.viewpoint import Scope

# How long after its pairing a till is told of that sent nothing: before that its shop may have been closed.
NEVER_SENT_AFTER = timedelta(days=2)


def missing(scope: Scope) -> Iterator[Concern]:
    """Numbers that a till's sequence says exist and that never arrived."""
    noted = scope.rows(StoredClosing.objects.exclude(problems=[]).filter(problems__contains=[{"code": "number_gap"}]))
    newest = noted.order_by("-business_date", "-closed_at").values_list("pk", flat=True)[: scope.read_max]
    gaps = missing_before(StoredClosing.objects.filter(pk__in=[*newest]))
    tills = Till.objects.select_related("establishment__tenant").in_bulk([gap.till_id for gap in gaps])
    for gap in gaps:
        till = tills[gap.till_id]
        words = ngettext(
            "Never arrived from {till}. Have the till push it again; if never made, say so.",
            "{count} numbers never arrived from {till}. Have the till push them again; if never made, say so.",
            gap.count,
        )
        may_settle = scope.user.has_perm(NEVER_MADE.permission)
        yield Concern(
            condition=Condition.MISSING,
            **owner_of(till.establishment),
            words=words.format(till=till.name, count=gap.count),
            mend=_("See the closing after it"),
            address=links.closing(gap.before),
            way=(_("Never made…"), links.way(NEVER_MADE.name, gap.before)) if may_settle else None,
            # By its last number: missing closings arrive from the first one on, so the key stays the same meanwhile.
            items=(Item(key=key_of(Condition.MISSING, gap.till_id, gap.kind, gap.scope, gap.last), label=gap.name),),
        )


def silent(scope: Scope) -> Iterator[Concern]:
    """Tills that stopped: they should have made a closing by yesterday, and did not."""
    yesterday = timezone.localdate() - timedelta(days=1)
    for it in stopped_by(scope, yesterday)[0]:
        yield Concern(
            condition=Condition.SILENT,
            **owner_of(it.till.establishment),
            words=say_silence(it, to_merchant=scope.user.role == Role.MERCHANT),
            mend=_("Closed that day?"),
            address=links.closed_day(it.till.establishment_id, it.since),
            items=(Item(key=key_of(Condition.SILENT, it.till.pk, it.last), label=it.till.name),),
            question=Question(kind=QuestionKind.CLOSED, shop=it.till.establishment_id, about=it.since.isoformat()),
        )


def stopped_by(scope: Scope, day: date, at_most: int | None = None) -> tuple[list[Silence], list[Silence]]:
    """The tills that are missed by a day, and those that are awaited; read once for a scope, `at_most` of each."""
    key = ("stopped_by", day)
    if key not in scope.kept:
        missed, awaited = missed_and_awaited(scope.rows(Till.objects.all()), day, at_most=at_most or scope.read_max)
        yesterday = timezone.localdate() - timedelta(days=1)
        if day > yesterday:
            missed += stopped_by(scope, yesterday)[0]
        scope.kept[key] = missed, awaited
    found: tuple[list[Silence], list[Silence]] = scope.kept[key]
    return found


def say_silence(it: Silence, *, to_merchant: bool = False) -> str:
    """Since when a till is silent, and what to do: for who looks after the shop, or for the merchant in it."""
    words = _("The last closing is of {last}; one was expected on {since}. Ask the shop, or say that it was closed.")
    if to_merchant:
        words = _(
            "The last closing is of {last}; one was expected on {since}. Close the till, or say that you were closed, "
            "or call your reseller."
        )
    return words.format(
        last=date_format(it.last, "SHORT_DATE_FORMAT"), since=date_format(it.since, "SHORT_DATE_FORMAT")
    )


def never_sent(scope: Scope) -> Iterator[Concern]:
    """Tills that were paired days ago and never sent a closing."""
    heard = StoredClosing.objects.filter(till=OuterRef("pk"))
    paired = expected_tills(Till.objects.filter(paired_at__lt=timezone.now() - NEVER_SENT_AFTER))
    today = timezone.localdate()
    paired = paired.exclude(closed_between("establishment", today - NEVER_SENT_AFTER, today - timedelta(days=1)))
    rows = scope.rows(paired.filter(~Exists(heard))).select_related("establishment__tenant")
    for till in rows.order_by("paired_at", "pk")[: scope.read_max]:
        day = date_format(timezone.localtime(till.paired_at), "SHORT_DATE_FORMAT")
        words = _("Paired on {day}, and has never sent a closing. Ask the shop, or suspend the till.")
        yield Concern(
            condition=Condition.NEVER_SENT,
            **owner_of(till.establishment),
            words=words.format(day=day),
            mend=_("See the establishment"),
            address=links.shop(till.establishment_id),
            items=(Item(key=key_of(Condition.NEVER_SENT, till.pk), label=till.name),),
        )
