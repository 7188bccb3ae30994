"""The console's list of mappings."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from booking.models import Mapping
from booking.questions import questions_of
from tenants.console import ReadOnlyAdmin


@admin.register(Mapping)
class MappingAdmin(ReadOnlyAdmin):
    """The list of mappings; each row opens the establishment's mapping screen."""

    list_display = ["establishment", "tenant", "questions", "updated_at"]
    list_select_related = ["establishment", "tenant"]
    search_fields = ["establishment__code", "establishment__name__plain_contains", "tenant__name__plain_contains"]
    search_help_text = _("Code or name of an establishment, or name of a customer")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the open questions of all its rows asked for in one go."""
        answer: HttpResponse = super().changelist_view(request, extra_context)
        if (shown := getattr(answer, "context_data", {}).get("cl")) is not None:
            asked = questions_of(shown.result_list)
            for mapping in shown.result_list:
                mapping.open_questions = asked[mapping.establishment_id]
        return answer

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A mapping is read and changed on a screen of its own."""
        mapping = self.get_object(request, unquote(object_id))
        if mapping is None:
            missing: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return missing
        return redirect("console_mapping", establishment_id=mapping.establishment_id)

    @admin.display(description=_("questions"))
    def questions(self, mapping: Mapping) -> str:
        words = _("new means of payment {means}: which account?")
        return " ".join(words.format(means=asked) for asked in getattr(mapping, "open_questions", ()))
