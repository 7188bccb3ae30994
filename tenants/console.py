"""The base of every console page: rows that a person may not see cannot be listed, filtered by, chosen or changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, checkbox
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter, RangeNumericFilter
from unfold.paginator import InfinitePaginator
from unfold.utils import parse_date_str

from ledger import texts
from tenants.change_words import changes_of, differences, may_read_changes, who_did
from tenants.filter_values import say_unreadable, unreadable_values
from tenants.list_file import ROWS_MAX, Raw, list_file
from tenants.list_head import AS, ListTab, list_head, unknown_filters
from tenants.scope import visible_to
from tenants.table_file import FILES

CHANGES_MAX = 200
ROW_KEY = "key-of-the-row"
# How many unknown names of an address are named in the message, and how many characters of each.
NAMES_MAX, NAMED_MAX = 3, 40


@cache
def _render_tick(_language: str | None) -> str:
    tick: str = checkbox.render(ACTION_CHECKBOX_NAME, ROW_KEY)
    return tick


def names_a_row(model: type[Model], text: str) -> bool:
    """Whether a text can be the key of a row of this model; any other text is not looked up."""
    try:
        value = model._meta.pk.to_python(text)
    except ValidationError:
        return False
    return value is not None and (not isinstance(value, int) or texts.whole(text) is not None)


class RowChoice(AutocompleteSelect):
    """A field whose row is searched for. Texts that are no key are ignored; Django would look them up to show them."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        model = self.field.remote_field.model
        return super().optgroups(name, [it for it in value if names_a_row(model, str(it))], attr)


class ScopedAdmin(ModelAdmin):
    """A model admin whose rows, choices and filters are the user's own (`tenants.scope.visible_to`)."""

    # Query look-ups a person may put into the address; any other local column could be probed letter by letter.
    lookups: ClassVar[frozenset[str]] = frozenset()
    list_per_page = 50
    paginator = InfinitePaginator  # a list of a million rows is turned over, never counted
    show_full_result_count = False
    list_disable_select_all = True  # "select all" would name a number that nobody counted
    list_filter_submit = True
    compressed_fields = True
    empty_value_display = "–"

    # What a form that makes a new row is called: "Add a till".
    adding: ClassVar[str | Promise] = ""
    tabs: ClassVar[Sequence[ListTab]] = ()
    # In a file of the list: the columns whose values are more than the words they show.
    raw_values: ClassVar[Raw] = {}
    # Columns that hold nothing but a link: no file has them.
    only_links: ClassVar[frozenset[str]] = frozenset()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list with its head; as a file with `?as=csv` or `?as=xlsx`. Unknown parameters are ignored."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied  # before anything is said: it would be read on the next page
        kind = request.GET.get(AS, "")
        if left_out := self._leave_out(request):
            messages.warning(request, left_out)
            if kind in FILES:  # no file that holds more than was asked for
                return redirect(_list_of(request))
        if kind in FILES and self.has_view_permission(request):
            return self._answer_file(request, kind)
        answer = super().changelist_view(request, extra_context)
        context = getattr(answer, "context_data", None) or {}
        if (shown := context.get("cl")) is not None:
            context["title"] = shown.title = capfirst(str(self.opts.verbose_name_plural))
            self.lay_beside(request, [*shown.result_list])
            context["selection_note_all"] = ""  # nobody counted them
            context["list_head"] = list_head(shown, request, self.tabs)
        return answer

    def _leave_out(self, request: HttpRequest) -> str:
        """Take out of the address what Django would refuse or take for a column; returns what to say of it."""
        asked = request.GET.copy()
        unknown = unknown_filters(asked, self, request)
        wrong = asked.pop(ERROR_FLAG, None)  # where Django leads after a value that is none
        unreadable = unreadable_values(asked, self, request)
        unread = [(title, asked.get(name, "")) for name, title in unreadable.items()]
        for name in (AS, *unknown, *unreadable):
            asked.pop(name, None)
        request.GET = asked  # type: ignore[assignment] # as if the rest alone had been asked for
        said = " ".join(filter(None, (_say_unknown(unknown), say_unreadable(unread))))
        if wrong and not said:
            return _now("A filter had a value that it cannot have. The list is shown without filters.")
        return said

    @admin.display(description=ModelAdmin.action_checkbox.short_description)
    def action_checkbox(self, obj: Model) -> str:
        """The tick of a row, which differs by its key alone: a template for each row took a tenth of a list's time."""
        return mark_safe(_render_tick(get_language()).replace(ROW_KEY, escape(obj.pk)))  # noqa: S308

    def lay_beside(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Put beside the rows of a list what its columns show of other rows, in few queries."""

    def _answer_file(self, request: HttpRequest, kind: str) -> HttpResponse:
        try:
            shown = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return redirect(request.path)
        rows = [*shown.get_queryset(request)[: ROWS_MAX + 1]]
        if len(rows) > ROWS_MAX:
            words = _now("This list has more than {max} rows. Narrow it down, then take it as a file.")
            messages.warning(request, words.format(max=ROWS_MAX))
            return redirect(_list_of(request))
        self.lay_beside(request, rows)
        return list_file(shown, rows, kind, raw=self.raw_values, without=self.only_links)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible_to(request.user, super().get_queryset(request))

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_field_queryset(db, db_field, request)
        if rows is None:
            rows = db_field.remote_field.model._default_manager.all()
        return visible_to(request.user, rows)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in self.lookups

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """An action on the chosen rows. What names no row, whatever it is, is not chosen."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        rows = [it for it in chosen if names_a_row(self.model, it)]
        if rows != chosen:
            asked = request.POST.copy()
            asked.setlist(ACTION_CHECKBOX_NAME, rows)
            request.POST = asked  # type: ignore[assignment] # as a form of the page itself would have sent it
        answer: HttpResponse | None = super().response_action(request, queryset)
        return answer

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = RowChoice(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """The form, named by what it is of, with the way to its history for who may read it."""
        title = self.adding if object_id is None and self.adding else capfirst(str(self.opts.verbose_name))
        shown = {"show_history": may_read_changes(request.user, self.model), "title": title, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, shown)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What was done to one row, from the audit: Django's own history knows of this site's forms only."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            missing: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return missing
        if not may_read_changes(request.user, self.model) or not self.has_view_permission(request, row):
            raise PermissionDenied
        changes = [*changes_of(request.user, row)[: CHANGES_MAX + 1]]  # type: ignore[arg-type] # may_read_changes asked
        context = {
            **self.admin_site.each_context(request),
            "title": _now("History"),
            "subtitle": str(row),
            "opts": self.opts,
            "row": row,
            "changes": [(it, who_did(it), [*differences(it)]) for it in changes[:CHANGES_MAX]],
            "more": len(changes) > CHANGES_MAX,
        }
        return TemplateResponse(request, "tenants/history.html", context)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Log nothing: the audit has it already, and Django's log would be a second history."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Log nothing, as `log_addition`."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: rows are suspended, revoked or withdrawn instead of deleted."""
        return False


class SuspendableAdmin(ScopedAdmin):
    """A form of rows that are suspended by a button on a page of their own (`suspend_page`), never by typing a date."""

    suspend_page: ClassVar[str] = ""

    @admin.display(description=_("suspension"))
    def suspension(self, row: Any) -> str:
        """Since when and why, and the button that begins or ends it."""
        if row.pk is None:
            return ""
        words = _now("End the suspension") if row.suspended_at else _now("Suspend")
        button = '{} <a class="console-button is-small" href="{}">{}</a>'
        return format_html(button, self.suspended(row), reverse(self.suspend_page, args=[row.pk]), words)

    @admin.display(description=_("suspension"))
    def suspended(self, row: Any) -> str:
        """Since when and why, for who may not change it; "" when it is not suspended."""
        if row.suspended_at is None:
            return ""
        since = date_format(timezone.localtime(row.suspended_at), "SHORT_DATETIME_FORMAT")
        return " – ".join(filter(None, (_now("Suspended since {at}.").format(at=since), row.suspended_why)))

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """The button is for who may press it."""
        fields = self.get_fields(request, obj)
        if not self.has_change_permission(request, obj):
            fields = ["suspended" if it == "suspension" else it for it in fields]
        return [(None, {"fields": fields})]


class ReadOnlyAdmin(ScopedAdmin):
    """Rows people may look at; what happens to them happens through actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OwnAutocompleteFilter(AutocompleteSelectFilter):
    """A filter by a related row that is searched for, among the rows the user sees; for lists too long to open."""

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        for choice in super().choices(changelist):
            chosen = choice["form"].fields[self.lookup_kwarg]
            chosen.queryset = visible_to(self.request.user, chosen.queryset)
            yield choice


class DaysFilter(RangeDateFilter):
    """A filter of moments by days in France, the first and the last with all of theirs. Nothing is in other years."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for end, lookup, days in (("from", "gte", 0), ("to", "lt", 1)):
            asked = self.used_parameters.get(f"{self.parameter_name}_{end}")
            if not asked or (day := parse_date_str(str(asked))) is None:
                continue
            if not texts.in_years(day):
                return queryset.none()
            queryset = queryset.filter(**{f"{self.parameter_name}__{lookup}": _midnight(day + timedelta(days=days))})
        return queryset


class AmountFilter(RangeNumericFilter):
    """A filter of amounts from one to another; unfold's own speaks of days in French."""

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        for choice in super().choices(changelist):
            for end, words in (("from", _now("at least")), ("to", _now("at most"))):
                choice["form"].fields[f"{self.parameter_name}_{end}"].widget.attrs["placeholder"] = words
            yield choice


def _say_unknown(names: Sequence[str]) -> str:
    if not names:
        return ""
    words = ngettext(
        "This list has no filter {names}: it is shown without it.",
        "This list has no filters {names}: it is shown without them.",
        len(names),
    )
    named = [_now("“{name}”").format(name=it[:NAMED_MAX]) for it in names[:NAMES_MAX]]
    return words.format(names=", ".join(named))


def _list_of(request: HttpRequest) -> str:
    """The address of the list as it is asked for."""
    return f"{request.path}?{request.GET.urlencode()}"


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
