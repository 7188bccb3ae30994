"""Console pages of Exact Online: connections, activations, mappings, lanes."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminURLInputWidget

from exact.activation.link_mail import NoAddress, mail_link
from exact.activation.links import make_link
from exact.activation.new_log_in import NEEDS_A_LOG_IN
from exact.activation.state import ActivationState, shown_state_of
from exact.activation.switch import switch_off
from exact.api.budget import calls_of_now
from exact.api.connection import disconnect
from exact.api.consent import Consent, consent_of, lapses_at, say_consent
from exact.lane.pauses import stands, stands_until, why_paused
from exact.models import Activation, ActivationEvent, Connection, ExactApp, Lane, LinkWay
from exact.wording import explain, resource_name
from ledger.problem import Problem
from tenants.acting import person_behind
from tenants.admin import OpeningDays
from tenants.console import OwnAutocompleteFilter, ReadOnlyAdmin, ScopedAdmin, SuspendableAdmin
from tenants.models import Establishment

CONSENT_LABELS = {
    Consent.LOST: "danger",
    Consent.DOUBTFUL: "warning",
    Consent.ENDING: "warning",
    Consent.FORGOTTEN: "default",
    Consent.GOOD: "success",
}
ACTIVATION_LABELS = {
    ActivationState.ACTIVE: "success",
    ActivationState.INVALID: "danger",
    ActivationState.RECONNECT_REQUIRED: "danger",
    ActivationState.INACTIVE: "default",
    Consent.DOUBTFUL: "warning",
    Consent.ENDING: "warning",
}


# By which way an activation was changed (`exact.models.ActivationEvent.way`).
WAYS = {
    "till": _("from the till"),
    "link": _("by the activation link"),
    "console": _("in the console"),
    "nightly": _("by the nightly check"),
}


def _lead_to_set_up(words: str, connection: Connection) -> SafeString | str:
    """The words on what to do, with a link to the page that says which link was sent if the consent must be renewed."""
    if consent_of(connection) not in NEEDS_A_LOG_IN:
        return words or _now("Nothing to do.")
    page = reverse("console_set_up_customer", args=[connection.tenant_id])
    return format_html('{} <a class="console-link" href="{}">{}</a>', words, page, _("Open the set-up"))


class ExactAppForm(forms.ModelForm):  # type: ignore[type-arg] # Django's own is no generic
    """The secret is typed and never shown."""

    base_url = forms.URLField(label=_("host"), assume_scheme="https", widget=UnfoldAdminURLInputWidget)
    secret = forms.CharField(label=_("client secret"), required=False, widget=UnfoldAdminPasswordWidget)

    class Meta:
        model = ExactApp
        fields = ("country", "base_url", "client_id", "minute_limit", "day_limit")


@admin.register(ExactApp)
class ExactAppAdmin(ScopedAdmin):
    """Our registrations at Exact, one a country; the secret can be set and is never shown."""

    adding = _("Add an app registration")
    list_display = ["country", "base_url", "minute_limit", "day_limit"]
    form = ExactAppForm
    readonly_fields = ["entry_pages"]

    @admin.display(description=_("pages of entries"))
    def entry_pages(self, app: ExactApp) -> SafeString | str:
        """Where an entry's number leads, and the page where that is taught."""
        if app.pk is None:
            return ""
        taught = _now("taught") if app.sales_page or app.receipts_page else _now("not taught yet")
        page = reverse("console_entry_pages", args=[app.pk])
        return format_html('{} <a class="console-link" href="{}">{}</a>', taught, page, _now("Teach the address"))

    def save_model(self, request: HttpRequest, obj: ExactApp, form: Any, change: bool) -> None:
        """A secret left empty stays what it was; pages of entries are of one host and go with it."""
        obj.client_secret = form.cleaned_data["secret"] or obj.client_secret
        if "base_url" in form.changed_data and (obj.sales_page or obj.receipts_page):
            obj.sales_page = obj.receipts_page = ""
            words = _("The address of entries' pages was of the former host: it is taken back. Teach it anew.")
            messages.warning(request, words)
        super().save_model(request, obj, form, change)


@admin.register(Establishment)
class EstablishmentAdmin(SuspendableAdmin):
    """Establishments, with the links that open their activation, their mapping and what they book."""

    adding = _("Add an establishment")
    list_display = ["code", "name", "tenant", "booked_level", "suspended_at"]
    list_filter = [("tenant", OwnAutocompleteFilter)]
    list_select_related = ["tenant"]
    lookups = frozenset({"tenant__id__exact"})
    search_fields = ["code", "name__plain_contains", "tenant__name__plain_contains"]
    search_help_text = _("Code or name of an establishment, or name of a customer")
    fields = [
        "tenant",
        "code",
        "name",
        "siret",
        "booked_level",
        "opening_days",
        "time_zone",
        "contact_email",
        "suspension",
    ]
    suspend_page = "console_suspend_shop"
    autocomplete_fields = ["tenant"]
    actions = ["make_activation_link", "mail_activation_link"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Opening days are ticked, not typed."""
        if db_field.name == "opening_days":
            return OpeningDays(label=capfirst(db_field.verbose_name), help_text=db_field.help_text, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Establishment | None = None) -> list[str]:
        """An establishment stays with its customer: its closings carry that customer."""
        return ["tenant", "suspension"] if obj else ["suspension"]

    @admin.action(description=_("Make an activation link"), permissions=["change"])
    def make_activation_link(self, request: HttpRequest, queryset: QuerySet[Establishment]) -> None:
        for establishment in queryset:
            link, url = make_link(establishment, way=LinkWay.SHOWN, by=person_behind(request))
            words = _("{establishment}: {url} (valid until {time}). It is shown only now.")
            time = date_format(timezone.localtime(link.expires_at), "SHORT_DATETIME_FORMAT")
            self.message_user(request, words.format(establishment=establishment, url=url, time=time), messages.SUCCESS)

    @admin.action(description=_("E-mail an activation link"), permissions=["change"])
    def mail_activation_link(self, request: HttpRequest, queryset: QuerySet[Establishment]) -> None:
        for establishment in queryset:
            try:
                link = mail_link(establishment, by=person_behind(request))
            except NoAddress:
                words = _("{establishment} has no contact's e-mail address. Set it first.")
                self.message_user(request, words.format(establishment=establishment), messages.WARNING)
            except OSError:
                words = _("{establishment}: the mail could not be sent. Try again, or make a link and pass it on.")
                self.message_user(request, words.format(establishment=establishment), messages.ERROR)
            else:
                words = _("{establishment}: sent to {address}, valid until {time}.")
                time = date_format(timezone.localtime(link.expires_at), "SHORT_DATETIME_FORMAT")
                said = words.format(establishment=establishment, address=link.mailed_to, time=time)
                self.message_user(request, said, messages.SUCCESS)


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """Customers' consents at Exact: who gave them, and when they end; no token is shown."""

    list_display = ["tenant", "user_name", "state_label", "access_issued_at", "to_do"]
    fields = [
        "tenant",
        "app",
        "stands",
        "to_do",
        "user_name",
        "user_email",
        "user_language",
        "access_issued_at",
        "lapses",
        "told_at",
        "created_at",
    ]
    list_select_related = ["tenant"]
    actions = ["disconnect"]

    def get_fields(self, request: HttpRequest, obj: Connection | None = None) -> list[str]:
        """Exact's own words are for support."""
        may_see_app = request.user.has_perm("exact.view_exactapp")
        fields = ["registration" if it == "app" and not may_see_app else it for it in self.fields]
        return [*fields, "problem"] if obj is not None and obj.problem and request.user.is_support else fields  # type: ignore[union-attr]

    @admin.display(description=ExactApp._meta.verbose_name)
    def registration(self, connection: Connection) -> str:
        """Our registration at Exact, by name, for who has no page of it."""
        return str(connection.app)

    @display(description=_("state"), ordering="state", label=CONSENT_LABELS)
    def state_label(self, connection: Connection) -> tuple[str, str]:
        consent = consent_of(connection)
        return consent, str(consent.label)

    @admin.display(description=_("state"))
    def stands(self, connection: Connection) -> str:
        return str(consent_of(connection).label)

    @admin.display(description=_("what to do"))
    def to_do(self, connection: Connection) -> SafeString | str:
        return _lead_to_set_up(say_consent(connection), connection)

    @admin.display(description=_("ends by itself"))
    def lapses(self, connection: Connection) -> datetime | None:
        return lapses_at(connection)

    @admin.action(description=_("Disconnect (forget the log-in)"), permissions=["disconnect"])
    def disconnect(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        for connection in queryset:
            disconnect(connection.pk)
            words = _(
                "{connection}: the log-in is forgotten, closings wait. To end the consent at Exact as well, its user "
                "removes Clyo there under My Exact Online › Security › App permissions."
            )
            self.message_user(request, words.format(connection=connection), messages.SUCCESS)

    def has_disconnect_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("exact.change_connection")


@admin.register(Activation)
class ActivationAdmin(ReadOnlyAdmin):
    """Whether establishments are exported, what is to be mended first, and the button that switches off."""

    list_display = ["establishment", "division", "state_label", "to_mend", "checked_at"]
    fields = [
        "establishment",
        "division",
        "stands",
        "to_mend",
        "rights",
        "moved",
        "checked_at",
        "activated_at",
        "story",
    ]
    list_select_related = ["establishment", "division__connection"]
    actions = ["switch_off"]

    @display(description=_("state"), label=ACTIVATION_LABELS)
    def state_label(self, activation: Activation) -> tuple[str, str]:
        state = shown_state_of(activation)
        return state, str(state.label)

    @admin.display(description=_("state"))
    def stands(self, activation: Activation) -> str:
        return str(shown_state_of(activation).label)

    @admin.display(description=_("what to do"))
    def to_mend(self, activation: Activation) -> SafeString | str:
        words = " ".join(explain(Problem.from_document(document)) for document in activation.problems)
        if not activation.active:
            return words or _now("Nothing to do.")
        connection = activation.division.connection
        return _lead_to_set_up(" ".join(filter(None, [say_consent(connection), words])), connection)

    @admin.display(description=_("resources without a right"))
    def rights(self, activation: Activation) -> str:
        return ", ".join(resource_name(resource) for resource in activation.division.forbidden)

    @admin.display(description=_("moved within Exact"))
    def moved(self, activation: Activation) -> date | None:
        return activation.division.moved_at

    @admin.display(description=_("what happened"))
    def story(self, activation: Activation) -> SafeString:
        events = ActivationEvent.objects.filter(establishment_id=activation.establishment_id)
        rows = (
            (date_format(timezone.localtime(it.at), "SHORT_DATETIME_FORMAT"), it, WAYS.get(it.way, it.way))
            for it in events[:50]
        )
        return format_html_join("", "<p>{} – {} ({})</p>", rows)

    @admin.action(description=_("Switch off"), permissions=["switch"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Activation]) -> None:
        for activation in queryset.select_related("establishment"):
            switch_off(activation.establishment, way="console", actor=person_behind(request))
            words = _("{establishment}: nothing more is exported; closings wait.")
            self.message_user(request, words.format(establishment=activation.establishment), messages.SUCCESS)

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("exact.change_activation")


@admin.register(Lane)
class LaneAdmin(ReadOnlyAdmin):
    """The queue of each company: why it stands still and until when, and how much of Exact's limits is used."""

    list_display = ["division", "customer", "why", "until", "calls_this_minute", "calls_today"]
    fields = ["division", "customer", "why", "until", "last_word", "calls_this_minute", "calls_today", "holder"]
    list_select_related = ["division__tenant", "division__connection"]

    def get_fields(self, request: HttpRequest, obj: Lane | None = None) -> list[str]:
        """Which worker has it, and Exact's own words, are for support."""
        fields: list[str] = [*self.fields]
        return fields if request.user.is_support else [it for it in fields if it not in ("last_word", "holder")]  # type: ignore[union-attr]

    @admin.display(description=_("customer"), ordering="division__tenant__name")
    def customer(self, lane: Lane) -> str:
        return str(lane.division.tenant)

    @admin.display(description=_("state"))
    def why(self, lane: Lane) -> str:
        return (why_paused(lane) if stands(lane) else "") or _now("Goes by itself.")

    @admin.display(description=_("stands still until"))
    def until(self, lane: Lane) -> datetime | None:
        return stands_until(lane)

    @admin.display(description=_("what Exact said"))
    def last_word(self, lane: Lane) -> str:
        return lane.pause_detail if stands(lane) else ""

    @admin.display(description=_("calls this minute"))
    def calls_this_minute(self, lane: Lane) -> int:
        return calls_of_now(lane, timezone.now()).minute

    @admin.display(description=_("calls today"))
    def calls_today(self, lane: Lane) -> int:
        return calls_of_now(lane, timezone.now()).day
