"""Accepting differences from Exact: they are shown once more, a reason is asked, and it is stored with the person."""

from collections.abc import Sequence

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from exact.books.reconcile import accept_finding
from exact.models import Finding, FindingKind
from exports.console.way_looks import digest_of_findings
from exports.words.finding_words import said_of_finding, worth_of
from exports.words.money import euros
from tenants.models import WHY_MAX, User


def ask_to_accept(
    request: HttpRequest, findings: Sequence[Finding], *, changed: bool = False, why_missing: bool = False
) -> HttpResponse:
    """The page that shows these differences and asks for the reason. Its form posts the list's action again."""
    rows = [
        {
            "finding": it,
            "kind": FindingKind(it.kind).label,
            "amount": euros(worth_of(it.posting)),
            "said": said_of_finding(it),
        }
        for it in findings
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Accept as it is"),
        "rows": rows,
        "total": len(rows),
        "chosen": ACTION_CHECKBOX_NAME,
        "shown": digest_of_findings(findings),
        "changed": changed,
        "why_missing": why_missing,
    }
    return TemplateResponse(request, "exports/accept_findings.html", context)


def accept_or_ask(request: HttpRequest, findings: Sequence[Finding], *, actor: User) -> list[Finding] | HttpResponse:
    """The accepted differences, once the form brought a reason and what was shown; else the page that asks."""
    if not request.POST.get("confirm"):
        return ask_to_accept(request, findings)
    if request.POST.get("shown") != digest_of_findings(findings):
        return ask_to_accept(request, findings, changed=True)
    why = request.POST.get("why", "").strip()[:WHY_MAX]
    if not why:
        return ask_to_accept(request, findings, why_missing=True)
    return [it for it in findings if accept_finding(it, actor=actor, why=why)]
