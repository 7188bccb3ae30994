"""The console's "Export vers comptabilité": ask, preview, follow, read the report, download again; and its settings."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import action, display

from on_demand.ask_page import asked_page, start_exports
from on_demand.claim import cancel
from on_demand.forms import AskForm, BookYearForm, FileSettingsForm, MonthlyExportForm
from on_demand.link import file_answer, zip_answer
from on_demand.log_in import awaited_by
from on_demand.models import (
    BookYear,
    ExportPart,
    ExportSet,
    FileSettings,
    MonthlyExport,
    OnDemandExport,
    OnDemandFormat,
)
from on_demand.place_words import place_of
from on_demand.places import PART
from on_demand.report import Report
from on_demand.together import Together
from on_demand.verdict import WORDS, Verdict, verdict_of, with_verdicts
from tenants.console import OwnAutocompleteFilter, ReadOnlyAdmin, ScopedAdmin
from tenants.models import User
from tenants.scope import visible_to

LABELS = {
    Verdict.QUEUED: "default",
    Verdict.RUNNING: "info",
    Verdict.CANCELLED: "default",
    Verdict.FAILED: "danger",
    Verdict.DIFFERS: "warning",
    Verdict.UNREAD: "warning",
    Verdict.LEFT_OUT: "warning",
    Verdict.DONE: "success",
}


@admin.register(OnDemandExport)
class OnDemandExportAdmin(ReadOnlyAdmin):
    """The history is the list; an export's page follows it and is its report."""

    list_display = ["title", "period", "place", "state_label", "asked", "who", "file_name"]
    short_row = ("period", "place", "state_label")
    list_filter = ["state", "format", ("establishment", OwnAutocompleteFilter), ("tenant", OwnAutocompleteFilter)]
    lookups = frozenset({"state__exact", "format__exact", "establishment__id__exact", "tenant__id__exact"})
    list_select_related = ["tenant", "establishment", "asked_by", "asked_by_till__establishment"]
    search_fields = [
        "tenant__name__plain_contains",
        "establishment__code",
        "establishment__name__plain_contains",
        "file_name",
    ]
    search_help_text = _("Code or name of an establishment, name of a customer, or name of a file")
    actions_list = ["new_export"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnDemandExport]:
        rows = super().get_queryset(request)
        rows = rows.prefetch_related("shops__establishment")
        return with_verdicts(rows).defer("sheet", "sheet_csv", "comparison", "problems", "takings", "read_back")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("new/", view(self.new_view), name="on_demand_ondemandexport_new"),
            path("together/<uuid:set_id>/", view(self.together_view), name="on_demand_exportset"),
            path("together/<uuid:set_id>/zip/", view(self.zip_view), name="on_demand_exportset_zip"),
            path("<uuid:export_id>/file/", view(self.file_view), name="on_demand_ondemandexport_file"),
            path("<uuid:export_id>/sheet/", view(self.sheet_view), name="on_demand_ondemandexport_sheet"),
            path("<uuid:export_id>/sheet.csv", view(self.sheet_csv_view), name="on_demand_ondemandexport_sheet_csv"),
            path(
                "<uuid:export_id>/cancel/", view(require_POST(self.cancel_view)), name="on_demand_ondemandexport_cancel"
            ),
            *super().get_urls(),
        ]

    @action(description=_("Export to accounting"), url_path="ask", icon="file_export")
    def new_export(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:on_demand_ondemandexport_new")

    @display(description=_("format"), ordering="format")
    def title(self, export: OnDemandExport) -> str:
        return export.get_format_display()

    @display(description=_("period"), ordering="first_date")
    def period(self, export: OnDemandExport) -> str:
        days = [date_format(day, "SHORT_DATE_FORMAT") for day in (export.first_date, export.last_date)]
        return days[0] if days[0] == days[1] else " – ".join(days)

    @display(description=_("establishment"), ordering="establishment")
    def place(self, export: OnDemandExport) -> str:
        return place_of(export)

    @display(description=_("state"), ordering="state", label=LABELS)
    def state_label(self, export: OnDemandExport) -> tuple[str, str]:
        verdict = verdict_of(export)
        return verdict, str(WORDS[verdict])

    @display(description=_("asked"), ordering="asked_at")
    def asked(self, export: OnDemandExport) -> str:
        return date_format(timezone.localtime(export.asked_at), "SHORT_DATETIME_FORMAT")

    @display(description=_("asked by"))
    def who(self, export: OnDemandExport) -> str:
        return Report(export).who

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows the form, and with a full form what the exports would do; POST starts them."""
        if not self._may_ask(request):
            raise PermissionDenied
        if request.method == "POST":
            form = AskForm(request.POST, user=_person(request))
            if form.is_valid() and (started := start_exports(request, form.exports())):
                return redirect(started)
        else:
            form = AskForm(request.GET, user=_person(request))
        if PART in request.GET:
            return HttpResponse(form.places.found_alone)
        asked = ("show" in request.GET and not form.places.sought) or request.method == "POST"
        if not asked:
            form.errors.clear()  # an empty form that was only opened shows no errors
        context = asked_page(_person(request), form, shown=asked and form.is_valid())
        return self._page(request, "new", title=_now("Export to accounting"), form=form, **context)

    def together_view(self, request: HttpRequest, set_id: UUID) -> HttpResponse:
        """Exports that were asked for together; only those of customers the person sees."""
        together = _find_set(request, set_id)
        return self._page(request, "together", title=together.title, together=together)

    def zip_view(self, request: HttpRequest, set_id: UUID) -> HttpResponse | FileResponse:
        return zip_answer(_find_set(request, set_id))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        export = self.get_object(request, object_id)
        if export is None:
            missing: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return missing
        together = ExportPart.objects.filter(export=export).values_list("together", flat=True).first()
        told = {"report": Report(export), "may_cancel": may_cancel(request, export), "together": together}
        awaited = awaited_by(export, _person(request))
        return self._page(request, "export", title=str(export), export=export, awaited=awaited, **told)

    def file_view(self, request: HttpRequest, export_id: UUID) -> Any:
        return file_answer(self._find_export(request, export_id))

    def sheet_view(self, request: HttpRequest, export_id: UUID) -> HttpResponse:
        export = self._find_export(request, export_id)
        if export.sheet is None:
            raise Http404
        context = {"export": export, "report": Report(export)}
        return TemplateResponse(request, "on_demand/sheet.html", context)

    def sheet_csv_view(self, request: HttpRequest, export_id: UUID) -> HttpResponse:
        export = self._find_export(request, export_id)
        if export.sheet_csv is None:
            raise Http404
        name = f"{export.file_name.rpartition('.')[0]}-controle.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return HttpResponse(bytes(export.sheet_csv), content_type="text/csv; charset=utf-8", headers=headers)

    def cancel_view(self, request: HttpRequest, export_id: UUID) -> HttpResponse:
        export = self._find_export(request, export_id)
        if not may_cancel(request, export):
            raise PermissionDenied
        if cancel(export.pk):
            self.message_user(request, _now("The export was cancelled."), messages.SUCCESS)
            self.log_change(request, export, _now("cancelled"))
        return redirect("admin:on_demand_ondemandexport_change", export.pk)

    def _may_ask(self, request: HttpRequest) -> bool:
        return request.user.has_perm("on_demand.add_ondemandexport")

    def _find_export(self, request: HttpRequest, export_id: UUID) -> OnDemandExport:
        """An export that the user may see. Raises `Http404` for any other."""
        export: OnDemandExport | None = (
            self.get_queryset(request).select_related("content").filter(pk=export_id).first()
        )
        if export is None:
            raise Http404
        return export

    def _page(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        return TemplateResponse(
            request,
            f"on_demand/{template}.html",
            {**self.admin_site.each_context(request), "opts": self.opts, **context},
        )


def may_cancel(request: HttpRequest, export: OnDemandExport) -> bool:
    """Whether the user may stop an export: who may ask for exports; of one to Exact only who may send there."""
    action = "send" if export.format == OnDemandFormat.EXACT else "add"
    return request.user.has_perm(f"on_demand.{action}_ondemandexport")


@admin.register(FileSettings)
class FileSettingsAdmin(ScopedAdmin):
    """How a customer's files are written: of all its establishments, or of one."""

    adding = _("Add file settings")
    form = FileSettingsForm
    list_display = ["tenant", "establishment", "updated_at"]
    list_filter = [("tenant", OwnAutocompleteFilter)]
    list_select_related = ["tenant", "establishment"]
    lookups = frozenset({"tenant__id__exact"})
    search_fields = ["tenant__name__plain_contains", "establishment__code"]
    search_help_text = _("Code of an establishment, or name of a customer")
    autocomplete_fields = ["tenant", "establishment"]
    fieldsets = [
        (None, {"fields": ["tenant", "establishment"]}),
        (_("Codes and names"), {"fields": ["journals", "third_parties", "accounts"]}),
        ("FEC", {"fields": ["last_month", "draft"]}),
        ("Ciel, Sage 50", {"fields": ["ciel_decimal_sign", "ciel_charset"]}),
        (
            "Sage 100",
            {"fields": ["sage_label_width", "sage_text_separator", "sage_text_charset", "sage_text_headings"]},
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: FileSettings | None = None) -> list[str]:
        """The customer and the establishment of existing settings cannot be changed."""
        return ["tenant", "establishment"] if obj else []


@admin.register(BookYear)
class BookYearAdmin(ScopedAdmin):
    """Fiscal years of customers that are no twelve months, or do not end when the others do."""

    adding = _("Add a fiscal year")
    form = BookYearForm
    list_display = ["tenant", "first_day", "last_day"]
    list_filter = [("tenant", OwnAutocompleteFilter)]
    list_select_related = ["tenant"]
    lookups = frozenset({"tenant__id__exact"})
    search_fields = ["tenant__name__plain_contains"]
    search_help_text = _("Name of a customer")
    autocomplete_fields = ["tenant"]

    def get_readonly_fields(self, request: HttpRequest, obj: BookYear | None = None) -> list[str]:
        """The customer of an existing year cannot be changed."""
        return ["tenant"] if obj else []


@admin.register(MonthlyExport)
class MonthlyExportAdmin(ScopedAdmin):
    """Of which customers and establishments the file of last month goes by mail, and on which day."""

    adding = _("Add a monthly export")
    form = MonthlyExportForm
    list_display = ["tenant", "establishment", "day", "format", "to", "active", "exported_month"]
    list_filter = ["active", ("tenant", OwnAutocompleteFilter)]
    list_select_related = ["establishment", "tenant"]
    lookups = frozenset({"active__exact", "tenant__id__exact"})
    search_fields = [
        "tenant__name__plain_contains",
        "establishment__code",
        "establishment__name__plain_contains",
        "email",
    ]
    search_help_text = _("Code or name of an establishment, name of a customer, or mail address")
    autocomplete_fields = ["tenant", "establishment"]

    @admin.display(description=_("e-mail"), ordering="email")
    def to(self, order: MonthlyExport) -> str:
        """To whom it goes, as the reader may read it."""
        return order.addressee

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **more: Any) -> Any:
        """Offer files only to a user who may not send to Exact."""
        if db_field.name == "format" and not request.user.has_perm("on_demand.send_ondemandexport"):
            more["choices"] = [it for it in OnDemandFormat.choices if it[0] != OnDemandFormat.EXACT]
        return super().formfield_for_choice_field(db_field, request, **more)

    def get_readonly_fields(self, request: HttpRequest, obj: MonthlyExport | None = None) -> list[str]:
        """The customer and the establishment of an existing order cannot be changed."""
        return ["tenant", "establishment"] if obj else []


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _find_set(request: HttpRequest, set_id: UUID) -> Together:
    """A set of which the person may see at least one customer. Raises `Http404` for any other."""
    person = _person(request)
    if not person.has_perm("on_demand.view_ondemandexport"):
        raise PermissionDenied
    found = visible_to(person, ExportSet.objects.filter(pk=set_id)).first()
    if found is None:
        raise Http404
    return Together(found, person)
