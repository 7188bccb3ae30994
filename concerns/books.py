"""Where Exact's books differ from what was posted, and companies that were not compared."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerns.concern import Concern, Condition, Item, ShopCondition, key_of, owner_of
from concerns.shops_behind import shops_behind
from exact.models import Finding
from exports.console import links
from exports.console.compared import late_companies
from exports.models import StoredClosing
from exports.way.assign import who_sees_to
from exports.words.assignments import say_reseller_sees_to_it, say_seen_to
from exports.words.closing_words import name_of
from exports.words.finding_words import advice_of, said_of_finding, title_of, worth_of
from tenants.viewpoint import Scope


def differing(scope: Scope) -> Iterator[Concern]:
    """Open findings: one concern for each kind of them in each establishment."""
    rows = scope.rows(Finding.objects.filter(settled_at=None), shop="posting__establishment")
    rows = rows.select_related("posting__establishment__tenant").order_by("-found_at", "pk")
    rows = rows.annotate(seen_by=who_sees_to("posting__closing_id"))
    together: defaultdict[tuple[int, str], list[Finding]] = defaultdict(list)
    for finding in rows[: scope.read_max]:
        together[finding.posting.establishment_id, finding.kind].append(finding)
    ids = [it.posting.closing_id for findings in together.values() for it in findings]
    closings = StoredClosing.objects.only("number", "kind", "business_date").in_bulk(ids)
    for (shop, kind), findings in together.items():
        first = findings[0]
        said = f"{title_of(kind)} ({said_of_finding(first)})." if len(findings) == 1 else f"{title_of(kind)}."
        names = [name for it in findings if (name := getattr(it, "seen_by", None))]
        one = reverse("admin:exports_storedclosing_change", args=[first.posting.closing_id])
        yield Concern(
            condition=Condition.DIFFERS,
            **owner_of(first.posting.establishment),
            words=f"{said} {advice_of(kind)}",
            mend=_("See what to do"),
            address=one if len(findings) == 1 else links.findings(establishment=shop, kind=kind),
            seen_to=say_seen_to(names, of=len(findings)),
            items=tuple(_item(it, closings[it.posting.closing_id]) for it in findings),
        )


def differing_by_shop(scope: Scope) -> Iterator[tuple[int, ShopCondition]]:
    """The same entries, counted in each establishment."""
    rows = scope.rows(Finding.objects.filter(settled_at=None), shop="posting__establishment").order_by()
    counted_rows = rows.values_list("posting__establishment").annotate(n=Count("*"))
    elsewhere = "" if scope.user.has_perm("exact.view_finding") else f" {say_reseller_sees_to_it()}"
    for shop, count in counted_rows:
        words = ngettext("{count} entry differs in Exact", "{count} entries differ in Exact", count)
        yield (
            shop,
            ShopCondition(
                condition=Condition.DIFFERS,
                words=f"{words.format(count=count)}.{elsewhere}",
                mend=_("See the differences"),
                address=links.findings(establishment=shop),
                count=count,
            ),
        )


def _item(finding: Finding, closing: StoredClosing) -> Item:
    entry = _("entry {number}").format(number=finding.posting.entry_number or finding.posting.reference)
    label = f"{name_of(closing)}, {entry}"
    return Item(key=key_of(Condition.DIFFERS, finding.pk, finding.kind), label=label, amount=worth_of(finding.posting))


def not_compared(scope: Scope) -> Iterator[Concern]:
    """Linked companies with entries that the nightly comparison did not reach since yesterday."""
    late = [*late_companies(scope)[: scope.read_max]]
    shops = shops_behind(scope, "division", [it.pk for it in late])
    for division in late:
        read_at = division.reconciled_at
        since = (
            _("Not compared with Exact since {at}.").format(at=date_format(read_at, "SHORT_DATETIME_FORMAT"))
            if read_at
            else _("Never compared with Exact yet.")
        )
        yield Concern(
            condition=Condition.NOT_COMPARED,
            customer=division.tenant.name,
            shops=shops[division.pk],
            words=f"{since} {_('It is tried every night; compare now, or see why Exact does not answer.')}",
            mend=_("Open the differences"),
            address=links.findings(),
            items=(Item(key=key_of(Condition.NOT_COMPARED, division.pk), label=division.label),),
        )
