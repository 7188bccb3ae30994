"""The console's page of a refused push that corrects a closing: both side by side, the difference marked, why, yes."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clyo_ingest.corrections import former_of, take_corrected
from clyo_ingest.models import Push
from clyo_ingest.restarts import CannotTake, closing_of
from exports.console.ways_out import Offered, Stand, hang_here
from exports.models import StoredClosing
from exports.reposts.replace import CannotReplace
from exports.way.set_aside import CannotSetAside
from exports.words.money import in_currency
from exports.words.problems import sentence
from ledger.closing import Closing as Facts
from ledger.figures import Figures
from ledger.problem import Problem
from tenants.acting import person_behind
from tenants.models import WHY_MAX, User

CORRECT = "clyo_ingest.correct_push"


def correct_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show both versions; on POST with a reason (`why`), take the refused one as the corrected version."""
    user, push = request.user, model_admin.get_object(request, unquote(object_id))
    if not isinstance(user, User) or not user.has_perm(CORRECT):
        raise PermissionDenied
    if push is None:
        raise Http404
    try:
        former = former_of(push)
    except CannotTake:
        messages.warning(request, _("There is nothing to take here any more."))
        return redirect("admin:clyo_ingest_push_change", push.pk)
    why = request.POST.get("why", "").strip()[:WHY_MAX]
    if request.method == "POST" and why:
        return _take(request, push, former, why)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Corrected version of a closing"),
        "subtitle": f"{former} · {former.establishment}",
        "former": former,
        "push": push,
        "rows": [*_compare(former, closing_of(push).canonical())],
        "why_missing": request.method == "POST",
        "back": reverse("admin:exports_storedclosing_change", args=[former.pk]),
    }
    return TemplateResponse(request, "clyo_ingest/correct.html", context)


def _take(request: HttpRequest, push: Push, former: StoredClosing, why: str) -> HttpResponse:
    person = person_behind(request)
    assert person is not None, "who may is somebody"
    try:
        received = take_corrected(push, why=why, by=person)
    except CannotTake:
        messages.warning(request, _("The former version is on its way to Exact. Try again in a few minutes."))
        return redirect("admin:exports_storedclosing_change", former.pk)
    except (CannotReplace, CannotSetAside) as refusal:
        messages.warning(request, sentence(Problem(code=refusal.code).to_document()))
    else:
        messages.success(request, _("Taken as the corrected version; the former one is set aside."))
        return redirect("admin:exports_storedclosing_change", received.stored.pk)
    made = Push.objects.select_related("made").get(pk=push.pk)
    return redirect("admin:exports_storedclosing_change", made.made.pk if hasattr(made, "made") else former.pk)


def _compare(former: StoredClosing, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Row by row what both say: day, turnover per rate, each means of payment, tickets."""
    before, after = Facts.from_document(former.document), Facts.from_document(document)
    sides = [_facts_of(before), _facts_of(after)]
    for label in dict.fromkeys([*sides[0], *sides[1]]):
        one, other = (side.get(label, "–") for side in sides)
        yield {"label": label, "former": one, "corrected": other, "differs": one != other}


def _facts_of(facts: Facts) -> dict[str, str]:
    figures, labels = Figures.of([facts]), {it.means: it.label or it.means for it in facts.payments}
    told = {
        _("Business date"): date_format(facts.business_date, "SHORT_DATE_FORMAT"),
        _("Turnover"): in_currency(facts.turnover, facts.currency),
    }
    for rate, sums in figures.rates.items():
        name = _("VAT of {rate} %").format(rate=f"{rate.normalize():f}".replace(".", ","))
        told[name] = in_currency(sums.tax, facts.currency)
    told |= {labels[means]: in_currency(amount, facts.currency) for means, amount in figures.means.items()}
    tickets = " · ".join(f"{it.station} : {it.first}–{it.last}" for it in facts.tickets)
    return told | {_("Tickets"): tickets or "–"}


def corrections_of(stand: Stand, user: User) -> Iterator[Offered]:
    """The refused pushes that say something else under this closing's number, each a way out."""
    if not user.has_perm(CORRECT):
        return
    refused = Push.objects.filter(closing=stand.closing.pk, answer_status=409, made=None)
    for push in refused.order_by("-received_at")[:3]:
        at = date_format(push.received_at, "SHORT_DATETIME_FORMAT")
        yield Offered(
            name="correct",
            label=_("Look at what was refused on {at}…").format(at=at),
            explanation=_("The till sent this number again with other figures: it may be the corrected version."),
            address=reverse("admin:clyo_ingest_push_correct", args=[push.pk]),
            needs_reason=True,
        )


def hang() -> None:
    """Offer it on the closings' pages, whose room does not know this one."""
    hang_here(corrections_of)
