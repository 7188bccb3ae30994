"""Console pages of customers and people."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from tenants import audit_console  # noqa: F401 - registers its page
from tenants.console import ReadOnlyAdmin, ScopedAdmin, SuspendableAdmin
from tenants.invite import invite
from tenants.log_ins import end_log_ins, log_ins_of
from tenants.models import WEEKDAYS, LookThrough, Reseller, Role, Tenant, User
from tenants.users import RESELLER_ROLES


@admin.register(Reseller)
class ResellerAdmin(SuspendableAdmin):
    """Resellers, whom support alone sees."""

    list_display = ["name", "suspended_at"]
    search_fields = ["name"]
    fields = ["name", "suspension"]
    readonly_fields = ["suspension"]
    suspend_page = "console_suspend_reseller"


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """People and their roles: invited by a letter, logged out everywhere, looked through by support."""

    list_display = ["email", "name", "role", "reseller", "tenant", "suspended_at", "look_through"]
    list_select_related = ["reseller", "tenant"]
    fields = ["email", "name", "role", "reseller", "tenant", "language", "suspended_at"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    autocomplete_fields = ["tenant"]
    actions = ["invite_again", "log_out_everywhere"]

    def save_model(self, request: HttpRequest, obj: User, form: object, change: bool) -> None:
        """A new person gets an invitation, and chooses the password itself."""
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        transaction.on_commit(partial(invite, obj))
        self.message_user(request, _("{person} was invited by e-mail.").format(person=obj.email), messages.SUCCESS)

    @admin.action(description=_("Invite again by e-mail"), permissions=["invite"])
    def invite_again(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset.filter(suspended_at=None):
            invite(person)
            self.message_user(request, _("{person} was invited by e-mail.").format(person=person.email))

    @admin.action(description=_("Log out everywhere"), permissions=["invite"])
    def log_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            ended = end_log_ins(log_ins_of(person), but=request.session.session_key)
            words = _("{person}: {count} sessions ended.")
            self.message_user(request, words.format(person=person, count=ended), messages.SUCCESS)

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenants.invite_user")

    def get_list_display(self, request: HttpRequest) -> list[str]:
        shown: list[str] = list(super().get_list_display(request))
        return shown if request.user.has_perm("tenants.hijack_user") else shown[:-1]

    @admin.display(description="")
    def look_through(self, person: User) -> str:
        """A button of the list's own form (its token goes with it) that leads into the person's view."""
        if person.is_support or not person.is_active:
            return ""
        return format_html(
            '<button class="console-button" formmethod="post" formaction="{}?next={}" '
            'name="user_pk" value="{}">{}</button>',
            reverse("hijack:acquire"),
            reverse("admin:index"),
            person.pk,
            _("Work in this view"),
        )

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nobody makes a person of more rights than its own: a reseller never makes support."""
        if db_field.name == "role" and not getattr(request.user, "is_support", False):
            kwargs["choices"] = [(role.value, role.label) for role in (*RESELLER_ROLES, Role.ACCOUNTANT)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


@admin.register(Tenant)
class TenantAdmin(SuspendableAdmin):
    """Customers, each with a link to what is left of its set-up."""

    list_display = ["name", "siren", "reseller", "set_up", "suspended_at"]
    list_select_related = ["reseller"]
    search_fields = ["name", "siren"]
    fields = ["reseller", "name", "siren", "suspension"]
    readonly_fields = ["suspension"]
    suspend_page = "console_suspend_customer"

    @admin.display(description=_("set-up"))
    def set_up(self, tenant: Tenant) -> str:
        address = reverse("console_set_up_customer", args=[tenant.pk])
        return format_html('<a class="console-link" href="{}">{}</a>', address, _("See the checklist"))

    def get_fields(self, request: HttpRequest, obj: Tenant | None = None) -> list[str]:
        """A reseller's customers are its own: it does not choose."""
        names = ["reseller", "name", "siren", "suspension"]
        return names if getattr(request.user, "is_support", False) else names[1:]

    def save_model(self, request: HttpRequest, obj: Tenant, form: object, change: bool) -> None:
        if not change and isinstance(request.user, User) and request.user.reseller_id:
            obj.reseller_id = request.user.reseller_id
        super().save_model(request, obj, form, change)


@admin.register(LookThrough)
class LookThroughAdmin(ReadOnlyAdmin):
    """The trail of support working inside other people's views."""

    list_display = ["began_at", "actor", "seen_as", "reseller", "ended_at"]
    fields = list_display
    list_select_related = ["actor", "seen_as", "reseller"]


class OpeningDays(forms.TypedMultipleChoiceField):
    """ISO weekdays; none ticked means they are learned, which is no list at all."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=WEEKDAYS, coerce=int, empty_value=None, **options)


admin.site.unregister([Group, TOTPDevice, StaticDevice])  # roles decide, see tenants.users; a device is its owner's
admin.site.site_header = "Clyo → Exact"
admin.site.index_title = _("Overview")
