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
from tenants.viewpoint import Scope

TOLD_FOR = timedelta(days=14)


def undelivered(scope: Scope) -> Iterator[Concern]:
    """Exports to accounting of two weeks that failed, or whose mail the server refused."""
    since = timezone.now() - TOLD_FOR
    rows = OnDemandExport.objects.filter(
        Q(state=OnDemandState.FAILED) | Q(mail_state=MailState.REFUSED), finished_at__gt=since
    )
    rows = scope.rows(rows).select_related("tenant", "establishment").defer("sheet_csv", "sheet", "comparison")
    for run in rows.order_by("-asked_at", "pk")[: scope.read_max]:
        yield Concern(
            condition=Condition.UNDELIVERED,
            customer=run.tenant.name,
            shop=str(run.establishment or ""),
            shops=frozenset([run.establishment_id] if run.establishment_id else []),
            words=_words(run),
            mend=_("Open the export"),
            address=reverse("admin:on_demand_ondemandexport_change", args=[run.pk]),
            items=(Item(key=key_of(Condition.UNDELIVERED, run.pk, run.state, run.mail_state), label=str(run)),),
        )


def _words(run: OnDemandExport) -> str:
    if run.state == OnDemandState.FAILED:
        why = " ".join(sentence(problem) for problem in run.problems)
        return _("The export failed. {why}").format(why=why).strip()
    return _("Its mail to {address} was not taken: {why}. Correct the address, or download the file.").format(
        address=run.email, why=run.mail_detail.rstrip(".")
    )
