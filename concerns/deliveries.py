"""Exports that failed, and reports that could not be mailed."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerns.concern import Concern, Condition, Item, key_of
from exports.words.problems import sentence
from on_demand.models import MailState, OnDemandExport, OnDemandState
from tenants.users import of_another_reseller
from tenants.viewpoint import Scope

TOLD_FOR = timedelta(days=14)


def undelivered(scope: Scope) -> Iterator[Concern]:
    """Exports to accounting of two weeks that failed, or whose mail the server refused; not that to a former reseller's
    people."""
    since = timezone.now() - TOLD_FOR
    refused = Q(mail_state=MailState.REFUSED) & ~of_another_reseller("email", "tenant__reseller")
    rows = OnDemandExport.objects.filter(Q(state=OnDemandState.FAILED) | refused, finished_at__gt=since)
    rows = scope.rows(rows).select_related("tenant", "establishment").defer("sheet_csv", "sheet", "comparison")
    for export in rows.order_by("-asked_at", "pk")[: scope.read_max]:
        yield Concern(
            condition=Condition.UNDELIVERED,
            customer=export.tenant.name,
            shop=str(export.establishment or ""),
            shops=frozenset([export.establishment_id] if export.establishment_id else []),
            words=_words(export),
            mend=_("Open the export"),
            address=reverse("admin:on_demand_ondemandexport_change", args=[export.pk]),
            items=(
                Item(key=key_of(Condition.UNDELIVERED, export.pk, export.state, export.mail_state), label=str(export)),
            ),
        )


def _words(export: OnDemandExport) -> str:
    if export.state == OnDemandState.FAILED:
        why = " ".join(sentence(problem) for problem in export.problems)
        return _("The export failed. {why}").format(why=why).strip()
    return _("Its mail to {address} was not taken: {why}. Correct the address, or download the file.").format(
        address=export.email, why=export.mail_detail.rstrip(".")
    )
