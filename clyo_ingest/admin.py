"""Console pages of tills: pairing codes, keys, and the raw pushes."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from clyo_ingest.body import unpacked
from clyo_ingest.correction_pages import correct_page
from clyo_ingest.errors import ApiError
from clyo_ingest.inbox import body_of
from clyo_ingest.keys import issue_code, revoke_keys
from clyo_ingest.models import Push, TillKey
from clyo_ingest.refusal_words import TITLES
from clyo_ingest.refused import refused_in
from clyo_ingest.restart_pages import restart_page, restarts_of, second_of, shown_by, take_page
from tenants.acting import person_behind
from tenants.console import OwnAutocompleteFilter, ReadOnlyAdmin, SuspendableAdmin
from tenants.models import Till

CREATED, REFUSED_FROM, WITH_FAULTS = 201, 400, (409, 422)
ANSWER = ("answer", "why", "about")


@admin.register(Till)
class TillAdmin(SuspendableAdmin):
    """Tills: pairing codes, keys to be revoked, and how often a till's counters began anew."""

    adding = _("Add a till")
    list_display = ["name", "establishment", "tenant", "software", "paired_at", "suspended_at"]
    list_filter = [("tenant", OwnAutocompleteFilter)]
    list_select_related = ["establishment", "tenant"]
    lookups = frozenset({"tenant__id__exact"})
    search_fields = [
        "name__plain_contains",
        "establishment__code",
        "establishment__name__plain_contains",
        "tenant__name__plain_contains",
    ]
    search_help_text = _("Name of a till, code or name of an establishment, or name of a customer")
    fields = ["establishment", "name", "suspension", "device", "software", "paired_at"]
    suspend_page = "console_suspend_till"
    autocomplete_fields = ["establishment"]
    actions = ["make_pairing_code", "revoke"]
    change_form_outer_after_template = "clyo_ingest/restarts.html"

    def get_urls(self) -> list[Any]:
        page = shown_by(self, restart_page)
        return [path("<path:object_id>/restart/", page, name="tenants_till_restart"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = restarts_of(request, self.get_object(request, unquote(object_id)))
        page: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})
        return page

    def get_readonly_fields(self, request: HttpRequest, obj: Till | None = None) -> list[str]:
        """The establishment of an existing till cannot be changed: its closings belong to that establishment."""
        shown = ["device", "software", "paired_at", "suspension"]
        return [*shown, "establishment"] if obj else shown

    def save_model(self, request: HttpRequest, obj: Till, form: object, change: bool) -> None:
        obj.tenant_id = obj.establishment.tenant_id
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Make a pairing code"), permissions=["change"])
    def make_pairing_code(self, request: HttpRequest, queryset: QuerySet[Till]) -> None:
        for till in queryset.filter(ended_at=None).select_related("establishment"):
            code = issue_code(till, by=person_behind(request))
            words = _("{till}: code {code}, valid once for 24 hours. It is shown only now.")
            self.message_user(request, words.format(till=till, code=code), messages.SUCCESS)

    @admin.action(description=_("Revoke the keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Till]) -> None:
        ended = sum(revoke_keys(till) for till in queryset)
        self.message_user(request, _("{count} keys revoked.").format(count=ended), messages.SUCCESS)


@admin.register(TillKey)
class TillKeyAdmin(ReadOnlyAdmin):
    """The keys of tills, by their first letters alone; made by pairing, revoked on the till's page."""

    list_display = ["prefix", "till", "created_at", "last_used_at", "expires_at", "revoked_at"]
    list_select_related = ["till__establishment"]
    fields = ["till", "prefix", "created_at", "last_used_at", "expires_at", "revoked_at"]
    search_fields = ["prefix", "till__name__plain_contains"]
    search_help_text = _("Beginning of a key, or name of a till")


class AnswerFilter(DropdownFilter):
    """Refused pushes, or those that were not; the answers themselves are not collected from a million rows."""

    title, parameter_name = _("answer"), "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("refused", _("refused ones")), ("taken", _("taken ones"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Push]) -> QuerySet[Push]:
        match self.value():
            case "refused":
                return queryset.filter(answer_status__gte=REFUSED_FROM)
            case "taken":
                return queryset.exclude(answer_status__gte=REFUSED_FROM)
        return queryset


@admin.register(Push)
class PushAdmin(ReadOnlyAdmin):
    """What tills sent and what they were answered: refused pushes are found here."""

    list_display = ["received_at", "till", "kind", *ANSWER]
    short_row = ("till", "kind", "answer")
    list_filter = [AnswerFilter, "kind", ("till", OwnAutocompleteFilter)]
    lookups = frozenset({"kind__exact", "answer", "till__id__exact"})
    sortable_by: list[str] = []  # the index serves one order
    list_select_related = ["till__establishment", "made__stored", "closing__stored"]
    fields = ["till", "kind", "received_at", "media_type", "packing", *ANSWER, "faults", "raw"]
    change_form_outer_after_template = "clyo_ingest/second.html"

    def get_urls(self) -> list[Any]:
        page, correct = shown_by(self, take_page), shown_by(self, correct_page)
        return [
            path("<path:object_id>/correct/", correct, name="clyo_ingest_push_correct"),
            path("<path:object_id>/take/", page, name="clyo_ingest_push_take"),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: Push | None = None) -> list[str]:
        """What is wrong with its fields, where that is why it was refused."""
        told = obj is not None and obj.answer_status in WITH_FAULTS
        return [it for it in self.fields if it != "faults" or told]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = second_of(request, self.get_object(request, unquote(object_id)))
        page: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})
        return page

    @admin.display(description=_("answer"))
    def answer(self, push: Push) -> str:
        """The status of the answer; "" if the server ended before it answered. It stays 409 after the push is taken."""
        status = CREATED if push.answer_status is None and hasattr(push, "made") else push.answer_status
        if status is None:
            return ""
        words = _now("refused push") if status >= REFUSED_FROM else _now("accepted push")
        return f"{status} – {words}"

    @admin.display(description=_("reason"))
    def why(self, push: Push) -> str:
        """Why it was refused, as the till was told; a code that is no longer known is shown as it is."""
        code = push.answer_code
        return _now(TITLES[code]) if code in TITLES else code

    @admin.display(description=_("what is wrong"))
    def faults(self, push: Push) -> str:
        """Each field that is missing or wrong, as the till heard it; the first 20."""
        ((_push, told),) = refused_in([push])
        rows = format_html_join("", "<li><code>{}</code> – {}</li>", ((it.pointer, it.message) for it in told.faults))
        return format_html('<ul class="console-list">{}</ul>', rows) if rows else ""

    @admin.display(description=_("media type"))
    def media_type(self, push: Push) -> str:
        return push.content_type

    @admin.display(description=_("packing"))
    def packing(self, push: Push) -> str:
        return push.content_encoding

    @admin.display(description=_("closing"))
    def about(self, push: Push) -> str:
        closing = getattr(push, "made", None) or push.closing
        if closing is None:
            return ""
        address = reverse("admin:exports_storedclosing_change", args=[closing.pk])
        return format_html("<a href='{}'>{}</a>", address, closing.stored)

    @admin.display(description=_("raw push"))
    def raw(self, push: Push) -> str:
        return format_html("<pre class='console-raw console-wrapped' tabindex='0'>{}</pre>", readable(push))


def readable(push: Push) -> str:
    """The body as text: unpacked when it is gzip, its first 200,000 characters."""
    try:
        body = unpacked(body_of(push))
    except ApiError:
        body = bytes(push.body)
    return body.decode("utf-8", "replace")[:200_000]
