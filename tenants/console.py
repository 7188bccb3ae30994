"""The base of every console page: what a person does not see, it cannot list, filter by, choose, probe or change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.paginator import InfinitePaginator

from tenants.scope import visible_to


class ScopedAdmin(ModelAdmin):
    """A model admin whose rows, choices and filters are the user's own (`tenants.scope.visible_to`)."""

    # Query look-ups a person may put into the address; any other local column could be probed letter by letter.
    lookups: ClassVar[frozenset[str]] = frozenset()
    list_per_page = 50
    paginator = InfinitePaginator  # a list of a million rows is turned over, never counted
    show_full_result_count = False
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

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is deleted here: it is suspended, revoked or withdrawn."""
        return False


class ReadOnlyAdmin(ScopedAdmin):
    """Rows people may look at; what happens to them happens through actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OwnRelatedFilter(admin.RelatedFieldListFilter):
    """A filter by a related row that offers only rows the user sees."""

    def field_choices(
        self, field: RelatedField[Any, Any], request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, Any]]:
        rows = visible_to(request.user, field.remote_field.model._default_manager.all())
        return [(str(row.pk), str(row)) for row in rows[:200]]


class OwnAutocompleteFilter(AutocompleteSelectFilter):
    """A filter by a related row that is searched for, among the rows the user sees; for lists too long to open."""

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        for choice in super().choices(changelist):
            chosen = choice["form"].fields[self.lookup_kwarg]
            chosen.queryset = visible_to(self.request.user, chosen.queryset)
            yield choice
