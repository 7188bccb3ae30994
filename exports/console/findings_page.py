"""The console's page of differences from Exact: compare now, accept, or replace an entry after a dry run."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from exact.lane.states import is_replaceable
from exact.models import Finding, FindingKind
from exact.web.links import entry_link
from exports.console.accept_page import accept_or_ask
from exports.console.compared import companies, compared, compared_words
from exports.console.replace_page import REPLACE, replace_page
from exports.console.ways_out import ACCEPT
from exports.models import StoredClosing
from exports.nudge import nudge_reconcile
from exports.words.closing_words import name_of
from exports.words.finding_words import said_of_finding, worth_of
from exports.words.money import euros
from tenants.acting import person_behind
from tenants.console import OwnAutocompleteFilter, ReadOnlyAdmin
from tenants.models import User
from tenants.scope import visible_to
from tenants.viewpoint import Scope

COMPARED_NOW_MAX = 100
MENU_COUNTS_TO = 100
COUNTED = "open_findings_counted"
LABELS = {FindingKind.MISSING: "danger", FindingKind.CHANGED: "warning", FindingKind.DOUBLED: "danger"}


def open_findings(user: User | AnonymousUser) -> int:
    """How many differences that nobody settled a person may see."""
    return visible_to(user, Finding.objects.filter(settled_at=None)).count()


def menu_count(request: HttpRequest) -> str:
    """The number beside the menu's entry, at most "99+"; "" when there is none. Every page asks: no more is read, and
    nothing where the page counted them itself."""
    count: int | None = getattr(request, COUNTED, None)
    if count is None:
        rows = visible_to(request.user, Finding.objects.filter(settled_at=None)).order_by()
        count = len(rows.values_list("pk", flat=True)[:MENU_COUNTS_TO])
    return f"{MENU_COUNTS_TO - 1}+" if count >= MENU_COUNTS_TO else str(count or "")


def tell_menu(request: HttpRequest, count: int) -> None:
    """Tell the menu of this page how many differences there are, as the page has counted them."""
    setattr(request, COUNTED, count)


class OpenFilter(admin.SimpleListFilter):
    """Open findings, unless somebody asks for the settled ones."""

    title = _("settlement")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("settled ones")), ("all", _("all of them"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Without a choice the open ones are shown, where Django says "All"."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _now("open ones")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        wanted = {"yes": queryset.exclude(settled_at=None), "all": queryset}
        return wanted.get(self.value() or "", queryset.filter(settled_at=None))


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    """What a nightly comparison found; each row leads to its closing and to the dry run of a replacement."""

    list_display = ["closing", "establishment", "kind_label", "differences", "amount", "found", "replace_link"]
    short_row = ("establishment", "kind_label", "amount")
    only_links = frozenset({"replace_link"})
    raw_values: ClassVar = {"amount": lambda it: worth_of(it.posting)}
    list_display_links = ["kind_label"]  # the first column leads to the closing
    list_filter = [
        OpenFilter,
        "kind",
        ("tenant", OwnAutocompleteFilter),
        ("posting__establishment", OwnAutocompleteFilter),
    ]
    lookups = frozenset({"settled", "kind__exact", "tenant__id__exact", "posting__establishment__id__exact"})
    list_select_related = ["posting__establishment", "posting__division__app", "tenant", "settled_by"]
    list_before_template = "exports/findings_before.html"
    search_fields = ["posting__reference", "tenant__name__plain_contains"]
    search_help_text = _("Reference of an entry, or name of a customer")
    fields = [
        "closing",
        "kind",
        "differences",
        "found_at",
        "settled_at",
        "settled_by",
        "settlement",
        "settled_why",
        "replace_link",
    ]
    readonly_fields = fields
    actions = ["accept", "compare_now"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Finding]:
        rows: QuerySet[Finding] = super().get_queryset(request)
        return rows.defer("posting__division__app__client_secret")

    def get_urls(self) -> list[URLPattern]:
        wrapped = self.admin_site.admin_view
        own = [
            path("replace/<uuid:posting_id>/", wrapped(self.replace_view), name="exact_finding_replace"),
            path("compare/", wrapped(self.compare_view), name="exact_finding_compare"),
        ]
        return [*own, *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Who may not replace an entry is offered no link to it; how it was settled is said where some are."""
        columns = [*super().get_list_display(request)]
        if not request.user.has_perm(REPLACE) and not request.user.has_perm(ACCEPT.permission):
            columns.remove("replace_link")
        return [*columns, "settlement_label"] if "settled" in request.GET else columns

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with what was compared and when above it."""
        assert isinstance(request.user, User)
        looked_at = compared(Scope(user=request.user))
        shown = {
            "compared": looked_at,
            "compared_words": compared_words(looked_at),
            "may_compare": self.has_compare_permission(request),
        }
        answer: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **shown})
        if rows := getattr(answer, "context_data", {}).get("cl"):
            for finding in rows.result_list:
                _note_rights(finding, request.user)
        return answer

    def lay_beside(self, request: HttpRequest, rows: Sequence[Finding]) -> None:
        closings_beside([*rows])

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Finding | None:
        finding: Finding | None = super().get_object(request, object_id, from_field)
        if finding is not None:
            _note_rights(finding, request.user)
        return finding

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """On POST, ask for a comparison of every company the person may see, longest ago first."""
        if request.method == "POST":
            if not self.has_compare_permission(request):
                raise PermissionDenied
            assert isinstance(request.user, User)
            due = companies(Scope(user=request.user)).order_by(F("reconciled_at").asc(nulls_first=True))
            for division_id in due.values_list("pk", flat=True)[:COMPARED_NOW_MAX]:
                nudge_reconcile(division_id)
            self.message_user(request, _now("The comparison runs. Reload this page in a minute."), messages.SUCCESS)
        return redirect("admin:exact_finding_changelist")

    @display(description=_("closing"))
    def closing(self, finding: Finding) -> SafeString:
        posting = finding.posting
        address = reverse("admin:exports_storedclosing_change", args=[posting.closing_id])
        name = name_of(finding.closing) if hasattr(finding, "closing") else posting.reference
        return format_html('<a href="{}">{}</a><br>{}', address, name, entry_link(posting) or posting.reference)

    @display(description=_("establishment"))
    def establishment(self, finding: Finding) -> SafeString:
        return format_html("{}<br>{}", finding.posting.establishment, finding.tenant)

    @display(description=_("found"), ordering="found_at")
    def found(self, finding: Finding) -> str:
        return date_format(timezone.localtime(finding.found_at), "SHORT_DATETIME_FORMAT")

    @display(description=_("amount"))
    def amount(self, finding: Finding) -> str:
        return euros(worth_of(finding.posting))

    @display(description=_("finding"), ordering="kind", label=LABELS)
    def kind_label(self, finding: Finding) -> tuple[str, str]:
        return finding.kind, str(FindingKind(finding.kind).label)

    @display(description=_("differences"))
    def differences(self, finding: Finding) -> str:
        return said_of_finding(finding)

    @display(description=_("settled"), ordering="settled_at")
    def settlement_label(self, finding: Finding) -> str:
        who = f" ({finding.settled_by})" if finding.settled_by else ""
        why = f" – {finding.settled_why}" if finding.settled_why else ""
        return f"{finding.get_settlement_display()}{who}{why}" if finding.settled_at else ""

    @display(description=_("What to do"))
    def replace_link(self, finding: Finding) -> str:
        """The links to the replacement, where the person may replace entries of this customer (`User.may_replace`), and
        to the page that accepts the difference."""
        if finding.settled_at is not None:
            return ""
        found = []
        if getattr(finding, "may_replace", False) and is_replaceable(finding.posting):
            found.append((reverse("admin:exact_finding_replace", args=[finding.posting_id]), _now("Compare")))
        if getattr(finding, "may_accept", False):
            page = reverse("console_way", args=[ACCEPT.name])
            found.append((f"{page}?closing={finding.posting.closing_id}", _now("Accept")))
        return format_html_join(SafeString("<br>"), '<a class="console-nowrap" href="{}">{}</a>', found)

    @admin.action(description=_("Accept as it is…"), permissions=["settle"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Finding]) -> HttpResponse | None:
        """Ask first: the page that follows shows them and asks why."""
        actor = person_behind(request)
        assert actor is not None, "who may is somebody"
        rows = (
            queryset.filter(settled_at=None)
            .select_related("posting__establishment", "posting__division__app", "tenant")
            .order_by("pk")
        )
        done = accept_or_ask(request, [*rows], actor=actor)
        if isinstance(done, HttpResponse):
            return done
        for finding in done:
            self.log_change(request, finding, _now("accepted as it is"))
        words = ngettext("{count} difference accepted.", "{count} differences accepted.", len(done))
        self.message_user(request, words.format(count=len(done)), messages.SUCCESS)
        return None

    @admin.action(description=_("Compare with Exact now"), permissions=["compare"])
    def compare_now(self, request: HttpRequest, queryset: QuerySet[Finding]) -> None:
        for division_id in {*queryset.values_list("posting__division", flat=True)}:
            nudge_reconcile(division_id)
        self.message_user(request, _now("The comparison runs. Reload this page in a minute."), messages.SUCCESS)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ACCEPT.permission)

    def has_compare_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("exact.compare_finding")

    def replace_view(self, request: HttpRequest, posting_id: UUID) -> HttpResponse:
        return replace_page(request, posting_id)


def _note_rights(finding: Any, user: Any) -> None:
    """Put beside a difference what this person may do about it."""
    finding.may_replace = user.has_perm(REPLACE, finding)
    finding.may_accept = user.has_perm(ACCEPT.permission, finding)


def closings_beside(findings: list[Finding]) -> None:
    """Put each finding's closing beside it (`finding.closing`), all in one query."""
    rows = StoredClosing.objects.only("number", "business_date").in_bulk([it.posting.closing_id for it in findings])
    for finding in findings:
        finding.closing = rows[finding.posting.closing_id]  # type: ignore[attr-defined]
