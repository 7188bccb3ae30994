"""Console pages of customers and people."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.contrib.filters.admin import DropdownFilter
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldBooleanWidget

from tenants import audit_console  # noqa: F401 - registers its page
from tenants.console import OwnAutocompleteFilter, ReadOnlyAdmin, ScopedAdmin, SuspendableAdmin
from tenants.customer_lock import lock_customers
from tenants.factor_reset import has_factor, may_reset
from tenants.invitation import end_memberships
from tenants.invite import invite
from tenants.log_ins import end_log_ins, log_ins_of
from tenants.models import WEEKDAYS, LookThrough, Membership, Reseller, Role, Tenant, User
from tenants.rights import MEMBER_ROLES, RESELLER_ROLES
from tenants.scope import visible_to

NAMED_MAX = 3


@admin.register(Reseller)
class ResellerAdmin(SuspendableAdmin):
    """Resellers, whom support alone sees."""

    adding = _("Add a reseller")
    list_display = ["name", "suspended_at"]
    search_fields = ["name__plain_contains"]
    search_help_text = _("Name of a reseller")
    fields = ["name", "suspension"]
    readonly_fields = ["suspension"]
    suspend_page = "console_suspend_reseller"


class PersonForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs only
    """A person, suspended by a tick: since when is noted, not typed."""

    suspended = forms.BooleanField(
        label=_("suspended"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=_("Cannot log in, from the next page on; every letter stops. Taken away, everything is as before."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "suspended" in self.fields:
            self.initial["suspended"] = self.instance.suspended_at is not None

    def clean(self) -> dict[str, Any] | None:
        """Keep since when somebody is suspended; begin or end it where the tick was changed."""
        cleaned = super().clean()
        if "suspended" in self.fields and self.initial["suspended"] != self.cleaned_data.get("suspended", False):
            self.instance.suspended_at = timezone.now() if self.cleaned_data.get("suspended") else None
        return cleaned


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """People and their roles: invited by a letter, logged out everywhere, looked through by support.

    A member may look after another reseller's customers too: only support changes it; its reseller ends an access.
    """

    list_display = ["email", "name", "role", "belongs_to", "suspended_at", "look_through"]
    list_select_related = ["reseller"]
    fields = ["email", "name", "role", "reseller", "language", "second_factor", "suspended"]
    readonly_fields = ["reseller", "second_factor"]
    search_fields = ["email", "name__plain_contains"]
    search_help_text = _("Address or name of a person")
    ordering = ["email"]
    actions = ["invite_again", "log_out_everywhere"]
    form = PersonForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request)
        own = visible_to(request.user, Membership.objects.filter(ended_at=None).select_related("tenant"))
        return rows.prefetch_related(Prefetch("memberships", own, to_attr="shown_memberships"))

    @admin.display(description=_("looks after"))
    def belongs_to(self, person: User) -> str:
        """The reseller, or those customers that whoever asks may see, with the way to them."""
        if not person.is_member:
            return str(person.reseller or "")
        names = [it.tenant.name for it in getattr(person, "shown_memberships", ())]
        more = f" + {len(names) - NAMED_MAX}" if len(names) > NAMED_MAX else ""
        address = f"{reverse('admin:tenants_membership_changelist')}?user__id__exact={person.pk}"
        shown = ", ".join(names[:NAMED_MAX]) + more
        return format_html('<a class="console-link" href="{}">{}</a>', address, shown or _("nobody any more"))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        """The person, who knows for whom it is shown (`second_factor` asks)."""
        person: User | None = super().get_object(request, object_id, from_field)
        if person is not None and isinstance(request.user, User):
            person.shown_to = request.user  # type: ignore[attr-defined]
        return person

    @admin.display(description=_("suspended"))
    def suspended(self, person: User) -> str:
        """Since when, for who may not change it."""
        return (
            date_format(timezone.localtime(person.suspended_at), "SHORT_DATETIME_FORMAT") if person.suspended_at else ""
        )

    @admin.display(description=_("second factor"))
    def second_factor(self, person: User) -> str:
        """Whether there is one, and the button that takes it away when it is lost; for who may."""
        reader = getattr(person, "shown_to", None)
        if reader is None or reader.pk == person.pk:
            return gettext("See “My account”.")
        if not may_reset(reader, person):
            return gettext("Is this person's own; lost, support alone takes it away.")
        found = getattr(person, "factor_found", None)
        if found is None:  # a form asks for each of its columns several times
            found = person.factor_found = has_factor(person)  # type: ignore[attr-defined]
        if not found:
            return gettext("None: the password alone opens the console.")
        button = '{} <a class="console-button is-small" href="{}">{}</a>'
        address = reverse("console_factor_reset", args=[person.pk])
        return format_html(button, gettext("On."), address, gettext("It is lost: take it away"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """There is no form that adds a person: people are invited."""
        return redirect("console_invite")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        user = request.user
        others = obj is not None and obj.is_member and not getattr(user, "is_support", False)
        return not others and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Whoever stops being an accountant loses the leave to replace entries."""
        if obj.role != Role.ACCOUNTANT:
            Membership.objects.filter(user=obj, may_replace=True).update(may_replace=False)
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Invite again by e-mail"), permissions=["invite"])
    def invite_again(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset.filter(suspended_at=None):
            own = visible_to(request.user, Membership.objects.filter(user=person, ended_at=None))
            customers = [it.tenant for it in own.select_related("tenant")]
            if person.is_member and not customers:
                words = _("{person} looks after none of your customers any more: nobody was written to.")
                self.message_user(request, words.format(person=person), messages.WARNING)
                continue
            invite(person, by=str(request.user), customers=customers)
            self.message_user(request, _("{person} was invited by e-mail.").format(person=person.email))

    @admin.action(description=_("Log out everywhere"), permissions=["invite"])
    def log_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            if not self.has_change_permission(request, person):
                words = _("{person} works for others too: end its access to your customers instead.")
                self.message_user(request, words.format(person=person), messages.WARNING)
                continue
            ended = end_log_ins(log_ins_of(person), but=request.session.session_key)
            words = _("{person}: {count} sessions ended.")
            self.message_user(request, words.format(person=person, count=ended), messages.SUCCESS)

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenants.invite_user")

    def get_list_display(self, request: HttpRequest) -> list[str]:
        shown: list[str] = list(super().get_list_display(request))
        return shown if request.user.has_perm("tenants.hijack_user") else shown[:-1]

    @admin.display(description=_("View"))
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
        """A role becomes another of its own sort only: a reseller never makes support, nor a colleague a member."""
        if db_field.name == "role":
            asked = request.resolver_match.kwargs if request.resolver_match else {}
            person = self.get_object(request, asked.get("object_id", ""))
            sorts = ([Role.SUPPORT], RESELLER_ROLES, MEMBER_ROLES)
            sort = next((it for it in sorts if person is not None and person.role in it), RESELLER_ROLES)
            kwargs["choices"] = [(role.value, role.label) for role in sort]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class EndedFilter(DropdownFilter):
    """Accesses that hold, or those that were ended."""

    title, parameter_name = _("end of the access"), "ended"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("still open")), ("yes", _("ended ones"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> QuerySet[Membership]:
        wanted = {"no": queryset.filter(ended_at=None), "yes": queryset.exclude(ended_at=None)}
        return wanted.get(self.value() or "", queryset)


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """Which accountants and restaurants' own people look after which customer, and who let them in."""

    list_display = ["user", "role", "tenant", "replaces", "invited_by", "since", "ended"]
    list_select_related = ["user", "tenant", "invited_by"]
    list_filter = [("tenant", OwnAutocompleteFilter), "role", EndedFilter]
    lookups = frozenset({"user__id__exact", "tenant__id__exact", "role__exact", "ended"})
    fields = ["user", "role", "tenant", "may_replace", "invited_by", "created_at", "ended_at"]
    readonly_fields = ["user", "role", "tenant", "invited_by", "created_at", "ended_at"]
    search_fields = ["user__email", "user__name__plain_contains", "tenant__name__plain_contains"]
    search_help_text = _("Name or address of a person, or name of a customer")
    ordering = ["ended_at", "user__email"]
    actions = ["end_access", "let_replace", "let_replace_no_more"]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """There is no form that adds an access: people are invited."""
        return redirect("console_invite")

    @admin.display(description=_("may replace entries"), ordering="may_replace")
    def replaces(self, access: Membership) -> str:
        return gettext("yes") if access.may_replace else ""

    @admin.display(description=_("since"), ordering="created_at")
    def since(self, access: Membership) -> str:
        return date_format(timezone.localtime(access.created_at), "SHORT_DATE_FORMAT")

    @admin.display(description=_("ended"), ordering="ended_at")
    def ended(self, access: Membership) -> str:
        return date_format(timezone.localtime(access.ended_at), "SHORT_DATE_FORMAT") if access.ended_at else ""

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        """Only an accountant can have the leave to replace entries."""
        more = ["may_replace"] if obj is not None and obj.role != Role.ACCOUNTANT else []
        return [*self.readonly_fields, *more]

    @admin.action(description=_("End the access"), permissions=["invite"])
    def end_access(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        ended, stopped = end_memberships(queryset)
        words = ngettext("{count} access ended.", "{count} accesses ended.", ended)
        self.message_user(request, words.format(count=ended), messages.SUCCESS)
        if stopped:
            words = ngettext(
                "{count} monthly export that went to them was switched off.",
                "{count} monthly exports that went to them were switched off.",
                stopped,
            )
            self.message_user(request, words.format(count=stopped), messages.WARNING)

    @admin.action(description=_("Let replace entries"), permissions=["invite"])
    def let_replace(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        self._give_leave(request, queryset.filter(role=Role.ACCOUNTANT, ended_at=None), may_replace=True)

    @admin.action(description=_("Let replace entries no more"), permissions=["invite"])
    def let_replace_no_more(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        self._give_leave(request, queryset, may_replace=False)

    def _give_leave(self, request: HttpRequest, rows: QuerySet[Membership], *, may_replace: bool) -> None:
        keys = [*rows.exclude(may_replace=may_replace).values_list("pk", flat=True)]
        changed = Membership.objects.filter(pk__in=keys).update(may_replace=may_replace)
        words = ngettext("{count} access changed.", "{count} accesses changed.", changed)
        self.message_user(request, words.format(count=changed), messages.SUCCESS)

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenants.invite_user")


@admin.register(Tenant)
class TenantAdmin(SuspendableAdmin):
    """Customers, each with a link to what is left of its set-up."""

    adding = _("Add a customer")
    list_display = ["name", "siren", "reseller", "set_up", "suspended_at"]
    list_select_related = ["reseller"]
    search_fields = ["name__plain_contains", "siren"]
    search_help_text = _("Name or SIREN of a customer")
    fields = ["reseller", "name", "siren", "suspension"]
    suspend_page = "console_suspend_customer"
    only_links = frozenset({"set_up"})

    def get_readonly_fields(self, request: HttpRequest, obj: Tenant | None = None) -> list[str]:
        """The reseller of a customer is not changed by the form, only by a hand-over."""
        return ["suspension"] if obj is None else ["suspension", "reseller"]

    @admin.display(description=_("set-up"))
    def set_up(self, tenant: Tenant) -> str:
        address = reverse("console_set_up_customer", args=[tenant.pk])
        return format_html('<a class="console-link" href="{}">{}</a>', address, _("See the set-up"))

    def get_fields(self, request: HttpRequest, obj: Tenant | None = None) -> list[str]:
        """Only support chooses the reseller: a reseller's new customer is its own."""
        names = ["reseller", "name", "siren", "suspension"]
        return names if getattr(request.user, "is_support", False) else names[1:]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Tenant | None:
        """What is about to be saved is locked before it is read: it may be handed over meanwhile."""
        if request.method == "POST" and object_id.isdecimal() and self.has_change_permission(request):
            lock_customers([int(object_id)])
        found: Tenant | None = super().get_object(request, object_id, from_field)
        return found

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
admin.site.index_title = _("Last night")
