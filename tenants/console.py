"""The base of every console page: what a person does not see, it cannot list, filter by, choose, probe or change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter
from unfold.paginator import InfinitePaginator
from unfold.utils import parse_date_str

from ledger import texts
from tenants.scope import visible_to


def names_a_row(model: type[Model], text: str) -> bool:
    """Whether a text can be the key of a row at all; what else a form may say names none, and is not looked up."""
    try:
        value = model._meta.pk.to_python(text)
    except ValidationError:
        return False
    return value is not None and (not isinstance(value, int) or texts.whole(text) is not None)


class RowChoice(AutocompleteSelect):
    """A row that is searched for. Django looks up whatever a form said, to show it again beside what is wrong."""

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
    list_filter_submit = True
    compressed_fields = True

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

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is deleted here: it is suspended, revoked or withdrawn."""
        return False


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


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
