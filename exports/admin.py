"""The console's closings: their state, what holds them, their entries, what Exact said, and sending them again."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from exact.models import Posting, PostingEvent, PostingState
from exact.states import NEEDS_A_PERSON
from exports import findings_console  # noqa: F401 - registers its page
from exports.accept import reconsider
from exports.models import Export, ExportEvent, ExportState
from exports.money import euros
from exports.problems import SENTENCES, sentence
from exports.replace import REPLACEABLE
from exports.repost import CannotRepost, repost
from exports.runs import console  # noqa: F401 - registers the export on demand
from tenants.console import OwnRelatedFilter, ReadOnlyAdmin
from tenants.models import User

LABELS = {
    ExportState.HELD: "warning",
    ExportState.FAILED: "danger",
    ExportState.EXPORTED: "success",
    ExportState.EXPORTING: "info",
    ExportState.READY: "info",
    ExportState.WAITING: "default",
    ExportState.ARCHIVED: "default",
}
# Why a state changed, as the verbs write it down; what a person or Exact said is shown as it is.
REASONS = {
    "received": _("received from the till"),
    "activated": _("the export to Exact was activated"),
    "settings changed": _("the settings changed"),
    "third party found in Exact": _("the third party was found in Exact"),
    "console": _("sent again from the console"),
    "booked as it is": _("support decided to book it as it is"),
}
KINDS = {"general": _("General"), "station": _("Station"), "drawer": _("Drawer")}


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """One row a closing; its page tells its story."""

    list_display = ["title", "establishment", "business_date", "turnover", "state_label", "first_problem", "entries"]
    list_filter = ["state", ("establishment", OwnRelatedFilter), "business_date"]
    lookups = frozenset(
        {"state__exact", "establishment__id__exact", "business_date__gte", "business_date__lt", "business_date__isnull"}
    )
    list_select_related = ["establishment"]
    search_fields = ["number", "establishment__code", "establishment__name", "tenant__name"]
    fields = ["summary", "problem_list", "booked", "story", "sent"]
    readonly_fields = fields
    actions = ["send_again", "book_as_it_is"]
    ordering = ["-business_date", "-closed_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        return super().get_queryset(request).defer("document")

    @display(description=_("closing"), ordering="number")
    def title(self, export: Export) -> str:
        return f"Z {export.number} · {KINDS[export.kind]}"

    @display(description=_("turnover"), ordering="gross")
    def turnover(self, export: Export) -> str:
        return euros(export.gross)

    @display(description=_("state"), ordering="state", label=LABELS)
    def state_label(self, export: Export) -> tuple[str, str]:
        return export.state, export.get_state_display()

    @display(description=_("what to do"))
    def first_problem(self, export: Export) -> str:
        blocking = [problem for problem in export.problems if problem["blocking"]]
        if blocking:
            return sentence(blocking[0])
        if export.state != ExportState.FAILED:
            return ""
        stuck = Posting.objects.filter(closing_id=export.pk, state__in=NEEDS_A_PERSON).order_by("-created_at").first()
        return " ".join(said_of(stuck)) if stuck else ""

    @display(description=_("entries in Exact"))
    def entries(self, export: Export) -> str:
        postings = Posting.objects.filter(closing_id=export.pk, exact_entry_number__isnull=False).order_by("turn")
        return ", ".join(str(posting.exact_entry_number) for posting in postings)

    @display(description=_("closing"))
    def summary(self, export: Export) -> SafeString:
        return render_to_string("exports/closing_summary.html", {"export": export, "kind": KINDS[export.kind]})

    @display(description=_("problems"))
    def problem_list(self, export: Export) -> SafeString:
        problems = [{"sentence": sentence(problem), **problem} for problem in export.problems]
        return render_to_string("exports/closing_problems.html", {"problems": problems})

    @display(description=_("entries"))
    def booked(self, export: Export) -> SafeString:
        postings = [
            {
                "posting": posting,
                "said": said_of(posting),
                "lines": [line_of(line) for line in posting.entry["lines"]],
                "replaceable": posting.state in REPLACEABLE and not posting.reverses_id,
            }
            for posting in Posting.objects.filter(closing_id=export.pk).select_related("division").order_by("turn")
        ]
        return render_to_string("exports/closing_entries.html", {"postings": postings})

    @display(description=_("what happened"))
    def story(self, export: Export) -> SafeString:
        events: list[tuple[datetime, str, ExportEvent | PostingEvent, str]] = [
            (event.at, str(ExportState(event.after).label), event, reason(event.why))
            for event in export.events.select_related("actor")
        ]
        moves = PostingEvent.objects.filter(posting__closing_id=export.pk).select_related("posting", "actor")
        for move in moves:
            state = PostingState(move.after).label
            words = " ".join([*map(sentence, move.reasons), reason(move.why)])
            events.append((move.at, f"{move.posting.reference} : {state}", move, words.strip()))
        return render_to_string("exports/closing_story.html", {"events": sorted(events, key=lambda event: event[0])})

    @display(description=_("what the till sent"))
    def sent(self, export: Export) -> SafeString:
        return render_to_string("exports/closing_sent.html", {"document": export.document})

    @admin.action(description=_("Send again"), permissions=["repost"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Export]) -> None:
        """Send failed closings again; look again at held and waiting ones."""
        done = 0
        for export in queryset:
            try:
                repost(export.pk, actor=request.user if isinstance(request.user, User) else None, why="console")
            except CannotRepost as refusal:
                reason = _now(SENTENCES[refusal.code])
                self.message_user(request, f"Z {export.number} : {reason}", messages.WARNING)
            else:
                done += 1
        if done:
            self.message_user(request, _now("{count} closings looked at again.").format(count=done), messages.SUCCESS)

    @admin.action(description=_("Book as it is"), permissions=["book_as_it_is"])
    def book_as_it_is(self, request: HttpRequest, queryset: QuerySet[Export]) -> None:
        """Support looked: what was found between this closing and its neighbours no longer holds it."""
        for export in queryset.filter(state=ExportState.HELD):
            actor = request.user if isinstance(request.user, User) else None
            looked_at = reconsider(export.pk, actor=actor, why="booked as it is", accept_problems=True)
            words = f"{export} : {looked_at.get_state_display()}"
            self.message_user(request, words, messages.INFO)

    def has_book_as_it_is_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_support", False))

    def has_repost_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("exports.change_export")


def said_of(posting: Posting) -> list[str]:
    """What is wrong with a posting: Exact's own sentences, and ours."""
    return [*posting.messages, *map(sentence, posting.problems)]


def reason(why: str) -> str:
    """The words for a stored reason."""
    return str(REASONS.get(why, why))


def line_of(line: dict[str, Any]) -> dict[str, Any]:
    """A stored line with its debit and credit as people write them."""
    amount = Decimal(line["amount"])
    return {**line, "debit": euros(amount) if amount > 0 else "", "credit": euros(-amount) if amount < 0 else ""}
