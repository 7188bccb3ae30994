"""The console's closings: their state, what holds them, their entries, what Exact said, and sending them again."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from exact.lane.states import OVER
from exact.models import IN_TURN, Finding, Posting
from exact.web.addresses import with_pages
from exact.web.links import entry_links
from exports.console import findings_page  # noqa: F401 - registers its page
from exports.console.assignment_page import seen_to_context
from exports.console.closing_filters import ProblemFilter, ResellerFilter, SeenToFilter, StateFilter, find
from exports.console.closing_notes import notes_on_closing
from exports.console.closing_page import GOES, closing_context, gaps_of
from exports.console.repost_page import ask_to_repost
from exports.console.state_shown import name_state
from exports.console.way_page import ask_way
from exports.console.ways_out import BOOK_AS_IT_IS, ways_of
from exports.coverage.stopped import STOPPED, UNDER_WAY, stopped_shops
from exports.models import ClosingState, Replacement, StoredClosing
from exports.way.assign import assignments_of
from exports.way.decide import GAP_WORD
from exports.words.assignments import say_since
from exports.words.closing_words import closing_words
from exports.words.finding_words import said_of_finding, title_of
from exports.words.money import in_currency
from exports.words.problems import said_of, sentence
from ledger.kinds import ClosingKind
from tenants.console import AmountFilter, OwnAutocompleteFilter, ReadOnlyAdmin
from tenants.list_head import ListTab
from tenants.models import User

LABELS = {
    "differs": "danger",
    STOPPED: "danger",
    ClosingState.HELD: "warning",
    ClosingState.FAILED: "danger",
    ClosingState.EXPORTED: "success",
    ClosingState.EXPORTING: "info",
    ClosingState.READY: "info",
    ClosingState.WAITING: "default",
    ClosingState.ARCHIVED: "default",
    "aside": "primary",
}


@admin.register(StoredClosing)
class StoredClosingAdmin(ReadOnlyAdmin):
    """One row a closing; its page tells its story."""

    list_display = ["title", "establishment", "day", "turnover", "state_label", "outcome", "seen_to_by"]
    list_filter = [
        StateFilter,
        ResellerFilter,
        ("tenant", OwnAutocompleteFilter),
        ("establishment", OwnAutocompleteFilter),
        ("till", OwnAutocompleteFilter),
        ("business_date", RangeDateFilter),
        SeenToFilter,
        ProblemFilter,
        ("gross", AmountFilter),
    ]
    lookups = frozenset(
        {
            *(
                "state",
                "seen_to",
                "reseller",
                "problem",
                "tenant__id__exact",
                "establishment__id__exact",
                "till__id__exact",
            ),
            *("business_date_from", "business_date_to", "gross_from", "gross_to"),
        }
    )
    list_select_related = ["establishment"]
    search_fields = ["number"]
    search_help_text = _("Number, ticket, reference, entry in Exact, day, turnover, establishment, customer")
    tabs = (
        ListTab(title=_("All"), asks={}),
        ListTab(title=_("To be looked at"), asks={"state": "attention"}),
        ListTab(title=_("Held"), asks={"state": "held"}),
        ListTab(title=_("Failed"), asks={"state": "failed"}),
        ListTab(title=_("Differs in Exact"), asks={"state": "differs"}),
        ListTab(title=_("Mine"), asks={"seen_to": "me"}),
        ListTab(title=_("Nobody's"), asks={"state": "attention", "seen_to": "nobody"}),
    )
    raw_values: ClassVar = {"day": lambda it: it.business_date, "turnover": lambda it: it.gross}
    actions = ["send_again", "book_as_it_is"]
    ordering = ["-business_date", "-closed_at", "pk"]
    short_row = ("establishment", "day", "turnover", "state_label")
    sortable_by: list[str] = []  # the index serves one order; a million rows are not sorted for a click

    def get_queryset(self, request: HttpRequest) -> QuerySet[StoredClosing]:
        return super().get_queryset(request).defer("document")

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return self.ordering

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[StoredClosing], search_term: str
    ) -> tuple[QuerySet[StoredClosing], bool]:
        return (find(queryset, search_term) if search_term.strip() else queryset), False

    def lay_beside(self, request: HttpRequest, rows: Sequence[StoredClosing]) -> None:
        entries_beside([*rows])
        assigned = assignments_of([it.pk for it in rows])
        stopped = stopped_shops({it.establishment_id for it in rows if it.state in UNDER_WAY})
        for it in rows:
            it.stopped = it.state in UNDER_WAY and it.establishment_id in stopped  # type: ignore[attr-defined]
            it.assignment = assigned.get(it.pk)  # type: ignore[attr-defined]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A closing's page tells its story; nothing on it is edited."""
        closing = self.get_object(request, unquote(object_id))
        if closing is None or not self.has_view_permission(request, closing):
            missing: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return missing
        assert isinstance(request.user, User)
        user, shown = request.user, closing_context(closing)
        context = {
            **self.admin_site.each_context(request),
            **shown,
            "ways": ways_of(closing, user, shown["postings"]),
            "may_replace": user.has_perm("exports.replace_storedclosing", closing),
            "may_see_findings": user.has_perm("exact.view_finding"),
            "seen_to": seen_to_context(closing, user),
            "notes": notes_on_closing(closing, user),
            "opts": self.opts,
            "title": str(closing),
            "subtitle": str(closing.establishment),
            "gross": in_currency(closing.gross, closing.currency),
        }
        return TemplateResponse(request, "exports/closing.html", context)

    @display(description=_("closing"))
    def title(self, closing: StoredClosing) -> str:
        return f"{closing} · {closing_words(ClosingKind(closing.kind))}"

    @display(description=_("business date"))
    def day(self, closing: StoredClosing) -> str:
        return date_format(closing.business_date, "SHORT_DATE_FORMAT")

    @display(description=_("turnover"))
    def turnover(self, closing: StoredClosing) -> str:
        return in_currency(closing.gross, closing.currency)

    @display(description=_("state"), label=LABELS)
    def state_label(self, closing: StoredClosing) -> tuple[str, str]:
        return name_state(
            closing,
            findings=getattr(closing, "findings", ()),
            order=getattr(closing, "order", ""),
            stopped=getattr(closing, "stopped", False),
        )

    @display(description=_("in Exact, or what to do"))
    def outcome(self, closing: StoredClosing) -> str:
        """Two lines of what to do; the whole sentence is under the pointer, and on the closing's page."""
        postings = getattr(closing, "postings", ())
        goes = closing.state in GOES
        blocking = [problem for problem in closing.problems if problem["blocking"] and not goes]
        said = [words for posting in postings for words in said_of(posting)]
        words = sentence(blocking[0]) if blocking else " ".join(said) if closing.state == ClosingState.FAILED else ""
        if found := getattr(closing, "findings", ()):
            words = f"{title_of(found[0].kind)} – {said_of_finding(found[0])}"
        if getattr(closing, "stopped", False):
            words = _now("It goes by itself after the new log-in.")
        if words:
            return format_html('<span class="console-clamp" title="{}">{}</span>', words, words)
        own = (it for it in postings if it.reverses_id is None)
        said = [entry_links(own), *getattr(closing, "gaps", ())]
        return format_html_join(SafeString("<br>"), "{}", ((it,) for it in said))

    @display(description=_("who sees to it"))
    def seen_to_by(self, closing: StoredClosing) -> str:
        it = getattr(closing, "assignment", None)
        since = say_since(it.since) if it else ""
        return format_html('<span title="{}">{}</span>', _now("since {at}").format(at=since), it.person) if it else ""

    @admin.action(description=_("Send again…"), permissions=["repost"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[StoredClosing]) -> HttpResponse:
        """Ask first: the page that follows shows what will be posted where."""
        return ask_to_repost(request, queryset)

    @admin.action(description=_("Book as it is…"), permissions=["bookasis"])
    def book_as_it_is(self, request: HttpRequest, queryset: QuerySet[StoredClosing]) -> HttpResponse:
        """Ask first: the page that follows shows the entries."""
        return ask_way(request, BOOK_AS_IT_IS, queryset)

    def has_bookasis_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("exports.bookasis_storedclosing")

    def has_repost_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("exports.repost_storedclosing")


def entries_beside(closings: list[StoredClosing]) -> None:
    """Put on each closing its postings (`closing.postings`), what the comparison with Exact found of them
    (`closing.findings`), what a person ordered (`closing.order`) and the gaps that were booked (`closing.gaps`): at
    most four queries for all of them."""
    of_each: dict[UUID, list[Posting]] = defaultdict(list)
    rows = Posting.objects.filter(closing_id__in=[closing.pk for closing in closings]).exclude(state__in=OVER)
    for posting in with_pages(rows).defer("entry").order_by(*IN_TURN):
        of_each[posting.closing_id].append(posting)
    open_ones = Finding.objects.filter(posting__closing_id__in=of_each, settled_at=None).select_related("posting")
    found: dict[UUID, list[Finding]] = defaultdict(list)
    for finding in open_ones.order_by("found_at"):
        found[finding.posting.closing_id].append(finding)
    for closing in closings:
        closing.postings = of_each[closing.pk]  # type: ignore[attr-defined]
        closing.findings = found[closing.pk]  # type: ignore[attr-defined]
    _lay_orders_beside([it for it in closings if it.state == ClosingState.EXPORTING])
    _lay_gaps_beside([it for it in closings if it.state in GOES and GAP_WORD in it.accepted_problems])


def _lay_orders_beside(closings: list[StoredClosing]) -> None:
    open_ones = Replacement.objects.filter(closing__in=closings, done_at=None) if closings else ()
    kinds = {it.closing_id: it.kind for it in open_ones}
    for closing in closings:
        closing.order = kinds.get(closing.pk, "")  # type: ignore[attr-defined]


def _lay_gaps_beside(closings: list[StoredClosing]) -> None:
    booked: dict[UUID, list[Posting]] = defaultdict(list)
    for posting in Posting.objects.filter(closing_id__in=[it.pk for it in closings]) if closings else ():
        booked[posting.closing_id].append(posting)
    for closing in closings:
        closing.gaps = gaps_of(booked[closing.pk])  # type: ignore[attr-defined]
