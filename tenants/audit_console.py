"""The console's page of every change: who, what, before and after. Nobody edits it, here or in the database."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from tenants.change_words import differences, kind_of, name_of, who_did, with_beside
from tenants.console import DaysFilter, OwnAutocompleteFilter, ReadOnlyAdmin
from tenants.models import Change, Operation

SHOWN_MAX = 12
LABELS = {Operation.INSERT: "success", Operation.UPDATE: "info", Operation.DELETE: "danger"}


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """Who changed what, from the audit's rows; nobody can change these."""

    list_display = ["when", "who", "kind", "named", "operation_label", "difference", "tenant"]
    short_row = ("who", "kind", "named", "operation_label")
    list_filter = ["operation", ("tenant", OwnAutocompleteFilter), ("at", DaysFilter)]
    lookups = frozenset({"operation__exact", "tenant__id__exact", "at_from", "at_to"})
    list_select_related = ["actor__reseller", "seen_as__reseller", "tenant"]
    search_fields = ["label__plain_contains"]
    search_help_text = _("Name of the customer, establishment, till or person that was changed")
    fields = ["when", "who", "kind", "named", "done", "tenant", "reseller", "difference"]
    sortable_by: list[str] = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        return with_beside(super().get_queryset(request))

    @admin.display(description=_("when"))
    def when(self, change: Change) -> str:
        return date_format(localtime(change.at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("who"))
    def who(self, change: Change) -> str:
        return who_did(change)

    @admin.display(description=_("kind"))
    def kind(self, change: Change) -> str:
        return kind_of(change)

    @admin.display(description=_("what"))
    def named(self, change: Change) -> str:
        return name_of(change)

    @admin.display(description=_("operation"))
    def done(self, change: Change) -> str:
        return change.get_operation_display()

    @display(description=_("operation"), label=LABELS)
    def operation_label(self, change: Change) -> tuple[str, str]:
        return change.operation, change.get_operation_display()

    @admin.display(description=_("before → after"))
    def difference(self, change: Change) -> SafeString:
        rows = [*differences(change)]
        more = SafeString(" …" if len(rows) > SHOWN_MAX else "")
        return format_html_join(SafeString("<br>"), "<b>{}</b> {}", rows[:SHOWN_MAX]) + more

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenants.view_change")
