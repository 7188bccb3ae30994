"""The page on which somebody is invited: an address, a role, and what to look after."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from tenants.console import names_a_row
from tenants.invitation import Invitation, IsSomebodyElse, IsThereAlready, invite_person
from tenants.models import Membership, Reseller, Role, Tenant, User
from tenants.rights import MEMBER_ROLES, RESELLER_ROLES
from tenants.scope import visible_to


class CustomersChoice(AutocompleteSelectMultiple):
    """A field of customers that are searched for. Values that are no ids are ignored."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [it for it in value if names_a_row(Tenant, str(it))], attr)


class InvitationForm(forms.Form):
    """Who is invited as what. A reseller's people are its own: only support is asked whose they are."""

    email = forms.EmailField(
        label=_("e-mail address"),
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("name"),
        max_length=120,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("role"), choices=(), widget=UnfoldAdminSelectWidget())
    customers = forms.ModelMultipleChoiceField(
        label=_("customers"),
        queryset=Tenant.objects.none(),
        required=False,
        help_text=_(
            "What an accountant or the restaurant's own people are to look after. A colleague sees all of yours."
        ),
    )
    may_replace = forms.BooleanField(
        label=_("may replace entries"),
        required=False,
        help_text=_("Whether an accountant may replace entries in Exact by itself; else the reseller does."),
        widget=UnfoldBooleanWidget(),
    )
    reseller = forms.ModelChoiceField(
        label=_("reseller"),
        queryset=Reseller.objects.none(),
        required=False,
        help_text=_("Whose colleague it is; for a reseller's people only."),
        widget=UnfoldAdminSelectWidget(),
    )
    language = forms.ChoiceField(
        label=_("language"), choices=settings.LANGUAGES, initial="fr", widget=UnfoldAdminSelectWidget()
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            field.label = capfirst(str(field.label))
        roles = (*([Role.SUPPORT] if user.is_support else []), *RESELLER_ROLES, *MEMBER_ROLES)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.ACCOUNTANT
        customers: Any = self.fields["customers"]
        customers.queryset = visible_to(user, Tenant.objects.all())
        customers.widget = CustomersChoice(Membership._meta.get_field("tenant"), admin.site)
        customers.widget.choices = customers.choices
        if user.reseller_id:
            del self.fields["reseller"]
        else:
            self.fields["reseller"].queryset = visible_to(user, Reseller.objects.all())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check the fields that the role needs, and those that it must not have; each error is shown at its field."""
        data: dict[str, Any] = super().clean() or {}
        role = data.get("role")
        if role in MEMBER_ROLES and not data.get("customers") and "customers" not in self.errors:
            self.add_error("customers", _now("Choose at least one customer to look after."))
        if role is not None and role not in MEMBER_ROLES:
            data["customers"] = Tenant.objects.none()
        if role != Role.ACCOUNTANT:
            data["may_replace"] = False
        if role in RESELLER_ROLES and "reseller" in self.fields and not data.get("reseller"):
            self.add_error("reseller", _now("Choose the reseller whose colleague this is."))
        return data

    def save(self) -> User | None:
        """The invited person; None, with the reason said at the address, when it cannot be invited so."""
        data, role = self.cleaned_data, self.cleaned_data["role"]
        try:
            return invite_person(
                Invitation(
                    by=self.user,
                    email=data["email"],
                    name=data["name"],
                    role=role,
                    language=data["language"],
                    reseller=(self.user.reseller or data.get("reseller")) if role in RESELLER_ROLES else None,
                    customers=(*data["customers"],),
                    may_replace=data["may_replace"],
                )
            )
        except IsThereAlready:
            self.add_error("email", _now("This person has that access already: nothing is left to invite to."))
        except IsSomebodyElse:
            self.add_error("email", _now("This address cannot be invited with this role. Choose another one."))
        return None


def invitation_page(request: HttpRequest) -> HttpResponse:
    """Invite somebody."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("tenants.invite_user"):
        raise PermissionDenied
    form = InvitationForm(user, request.POST or None)
    if form.is_valid() and (person := form.save()) is not None:
        messages.success(request, _now("{person} was invited by e-mail.").format(person=person.email))
        is_member = person.role in MEMBER_ROLES
        return redirect(f"admin:tenants_{'membership' if is_member else 'user'}_changelist")
    context = {
        **admin.site.each_context(request),
        "title": _now("Invite somebody"),
        "form": form,
        "media": form.media,
        "back": reverse("admin:tenants_user_changelist"),
    }
    return TemplateResponse(request, "console/invitation.html", context)
