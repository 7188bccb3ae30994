"""The console's "Export vers comptabilité": ask, preview, follow, read the report, download again; and its settings."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import action, display

from on_demand.ask import ask_for_run
from on_demand.asked_days import PRESETS, month_days, months_until, preset_days
from on_demand.bridge_words import bridge_rows
from on_demand.claim import cancel
from on_demand.forms import BookYearForm, FileSettingsForm, MonthlyExportForm, RunForm
from on_demand.link import file_answer
from on_demand.models import BookYear, FileSettings, MonthlyExport, OnDemandExport, OnDemandFormat
from on_demand.preview import preview
from on_demand.report import Report
from on_demand.verdict import WORDS, Verdict, verdict_of, with_verdicts
from tenants.acting import person_behind
from tenants.console import OwnAutocompleteFilter, ReadOnlyAdmin, ScopedAdmin
from tenants.models import User

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
    """The history is the list; a run's page follows it and is its report."""

    list_display = ["title", "period", "place", "state_label", "asked_at", "who", "file_name"]
    list_filter = ["state", "format", ("establishment", OwnAutocompleteFilter), ("tenant", OwnAutocompleteFilter)]
    lookups = frozenset({"state__exact", "format__exact", "establishment__id__exact", "tenant__id__exact"})
    list_select_related = ["tenant", "establishment", "asked_by", "asked_by_till__establishment"]
    search_fields = ["tenant__name", "establishment__code", "establishment__name", "file_name"]
    actions_list = ["new_run"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnDemandExport]:
        rows = super().get_queryset(request)
        return with_verdicts(rows).defer("sheet", "sheet_csv", "comparison", "problems", "takings", "read_back")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("new/", view(self.new_view), name="on_demand_ondemandexport_new"),
            path("<uuid:run_id>/file/", view(self.file_view), name="on_demand_ondemandexport_file"),
            path("<uuid:run_id>/sheet/", view(self.sheet_view), name="on_demand_ondemandexport_sheet"),
            path("<uuid:run_id>/sheet.csv", view(self.sheet_csv_view), name="on_demand_ondemandexport_sheet_csv"),
            path("<uuid:run_id>/cancel/", view(require_POST(self.cancel_view)), name="on_demand_ondemandexport_cancel"),
            *super().get_urls(),
        ]

    @action(description=_("Export to accounting"), url_path="ask", icon="file_export")
    def new_run(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:on_demand_ondemandexport_new")

    @display(description=_("format"), ordering="format")
    def title(self, run: OnDemandExport) -> str:
        return run.get_format_display()

    @display(description=_("period"), ordering="first_date")
    def period(self, run: OnDemandExport) -> str:
        days = [date_format(day, "SHORT_DATE_FORMAT") for day in (run.first_date, run.last_date)]
        return days[0] if days[0] == days[1] else " – ".join(days)

    @display(description=_("establishment"), ordering="establishment")
    def place(self, run: OnDemandExport) -> str:
        return str(run.establishment or _now("{customer}: all establishments").format(customer=run.tenant))

    @display(description=_("state"), ordering="state", label=LABELS)
    def state_label(self, run: OnDemandExport) -> tuple[str, str]:
        verdict = verdict_of(run)
        return verdict, str(WORDS[verdict])

    @display(description=_("asked by"))
    def who(self, run: OnDemandExport) -> str:
        return Report(run).who

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows the form, and with a full form what the run would do; POST starts it."""
        user = _person(request)
        if not self._may_ask(request):
            raise PermissionDenied
        if request.method == "POST":
            form = RunForm(request.POST, user=user)
            if form.is_valid():
                run = form.run()
                started = ask_for_run(
                    run.tenant,
                    establishment=run.establishment,
                    first=run.first_date,
                    last=run.last_date,
                    format=OnDemandFormat(run.format),
                    email=run.email,
                    again=run.again,
                    language=getattr(request, "LANGUAGE_CODE", "fr"),
                    by=person_behind(request),
                )
                return redirect("admin:on_demand_ondemandexport_change", started.pk)
        else:
            form = RunForm(_fill_in_preset(request.GET), user=user)
        shown = preview(form.run()) if "show" in request.GET and form.is_valid() else None
        if not ("show" in request.GET or request.method == "POST"):
            form.errors.clear()  # a form nobody has filled in yet has no mistakes
        return self._page(
            request,
            "new",
            title=_now("Export to accounting"),
            form=form,
            presets=PRESETS.items(),
            months=months_until(timezone.localdate()),
            preview=shown,
            bridge=[*bridge_rows(shown.bridge)] if shown else [],
            run=form.run() if shown else None,
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        if run is None:
            missing: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return missing
        told = {"report": Report(run), "may_cancel": may_cancel(request, run)}
        return self._page(request, "run", title=str(run), run=run, **told)

    def file_view(self, request: HttpRequest, run_id: UUID) -> Any:
        return file_answer(self._run(request, run_id))

    def sheet_view(self, request: HttpRequest, run_id: UUID) -> HttpResponse:
        run = self._run(request, run_id)
        if run.sheet is None:
            raise Http404
        context = {"run": run, "report": Report(run)}
        return TemplateResponse(request, "on_demand/sheet.html", context)

    def sheet_csv_view(self, request: HttpRequest, run_id: UUID) -> HttpResponse:
        run = self._run(request, run_id)
        if run.sheet_csv is None:
            raise Http404
        name = f"{run.file_name.rpartition('.')[0]}-controle.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return HttpResponse(bytes(run.sheet_csv), content_type="text/csv; charset=utf-8", headers=headers)

    def cancel_view(self, request: HttpRequest, run_id: UUID) -> HttpResponse:
        run = self._run(request, run_id)
        if not may_cancel(request, run):
            raise PermissionDenied
        if cancel(run.pk):
            self.message_user(request, _now("The export was cancelled."), messages.SUCCESS)
            self.log_change(request, run, _now("cancelled"))
        return redirect("admin:on_demand_ondemandexport_change", run.pk)

    def _may_ask(self, request: HttpRequest) -> bool:
        return request.user.has_perm("on_demand.add_ondemandexport")

    def _run(self, request: HttpRequest, run_id: UUID) -> OnDemandExport:
        """A run the user may see; any other is not there."""
        run: OnDemandExport | None = self.get_queryset(request).select_related("content").filter(pk=run_id).first()
        if run is None:
            raise Http404
        return run

    def _page(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        return TemplateResponse(
            request,
            f"on_demand/{template}.html",
            {**self.admin_site.each_context(request), "opts": self.opts, **context},
        )


def may_cancel(request: HttpRequest, run: OnDemandExport) -> bool:
    """Who asks for exports may stop one; one to Exact only who sends there."""
    action = "send" if run.format == OnDemandFormat.EXACT else "add"
    return request.user.has_perm(f"on_demand.{action}_ondemandexport")


@admin.register(FileSettings)
class FileSettingsAdmin(ScopedAdmin):
    """How a customer's files are written: of all its establishments, or of one."""

    form = FileSettingsForm
    list_display = ["tenant", "establishment", "updated_at"]
    list_filter = [("tenant", OwnAutocompleteFilter)]
    list_select_related = ["tenant", "establishment"]
    lookups = frozenset({"tenant__id__exact"})
    search_fields = ["tenant__name", "establishment__code"]
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
        """Settings stay with whom they were made for."""
        return ["tenant", "establishment"] if obj else []


@admin.register(BookYear)
class BookYearAdmin(ScopedAdmin):
    """Fiscal years of customers that are no twelve months, or do not end when the others do."""

    form = BookYearForm
    list_display = ["tenant", "first_day", "last_day"]
    list_filter = [("tenant", OwnAutocompleteFilter)]
    list_select_related = ["tenant"]
    lookups = frozenset({"tenant__id__exact"})
    search_fields = ["tenant__name"]
    autocomplete_fields = ["tenant"]

    def get_readonly_fields(self, request: HttpRequest, obj: BookYear | None = None) -> list[str]:
        """A year stays its customer's."""
        return ["tenant"] if obj else []


@admin.register(MonthlyExport)
class MonthlyExportAdmin(ScopedAdmin):
    """Which establishments get the file of last month by mail, and on which day."""

    form = MonthlyExportForm
    list_display = ["establishment", "day", "format", "email", "active", "exported_month"]
    list_filter = ["active", ("tenant", OwnAutocompleteFilter)]
    list_select_related = ["establishment", "tenant"]
    lookups = frozenset({"active__exact", "tenant__id__exact"})
    search_fields = ["establishment__code", "establishment__name", "email"]
    autocomplete_fields = ["establishment"]

    def get_readonly_fields(self, request: HttpRequest, obj: MonthlyExport | None = None) -> list[str]:
        return ["establishment"] if obj else []

    def save_model(self, request: HttpRequest, obj: MonthlyExport, form: object, change: bool) -> None:
        obj.tenant_id = obj.establishment.tenant_id
        super().save_model(request, obj, form, change)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _fill_in_preset(asked: QueryDict) -> QueryDict:
    """The form's values, with the days of the preset or month that was chosen; yesterday when nothing was."""
    filled, today = asked.copy(), timezone.localdate()
    if "preset" in asked or "first" not in asked:
        month = next((it for it in months_until(today) if f"{it:%Y-%m}" == asked.get("month")), None)
        if asked.get("preset") == "month" and month:
            first, last = month_days(month, today)
        else:
            first, last = preset_days(asked.get("preset", "yesterday"), today)
        filled["first"], filled["last"] = first.isoformat(), last.isoformat()
    return filled
