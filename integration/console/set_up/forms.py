"""The set-up's forms: as few fields as a customer, an establishment and its tills need."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from tenants.establishment_code import free_code
from tenants.models import BookedLevel, Establishment, Reseller, Tenant, Till, User
from tenants.scope import visible_to

TILLS_AT_ONCE_MAX = 30


class DigitsField(forms.CharField):
    """A SIREN or SIRET as people paste it, with or without spaces."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s.]", "", super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No `maxlength`: a browser would cut what is pasted with its spaces."""
        return {"inputmode": "numeric", "autocomplete": "off"}


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs only
    """A customer's legal name and SIREN; support says whose customer it is."""

    siren = DigitsField(
        label=_("SIREN"),
        required=False,
        max_length=9,
        help_text=_("Nine digits. May be left empty."),
        widget=UnfoldAdminTextInputWidget(),
    )

    class Meta:
        model = Tenant
        fields = ("reseller", "name", "siren")
        widgets = {
            "reseller": UnfoldAdminSelectWidget(),
            "name": UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
        }

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.reseller_id:
            del self.fields["reseller"]
            self.instance.reseller_id = user.reseller_id
        else:
            self.fields["reseller"].queryset = visible_to(user, Reseller.objects.all())  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """Check the SIREN's uniqueness among the reseller's customers too, though the reseller is no field."""
        return super()._get_validation_exclusions() - {"reseller"}  # type: ignore[misc, no-any-return]


class EstablishmentForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs only
    """An establishment of `tenant`. Without a code one is made from the name."""

    code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=10,
        help_text=_("Short name on every entry, e.g. PARIS01. Left empty, it is made from the name."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    siret = DigitsField(
        label=_("SIRET"),
        required=False,
        max_length=14,
        help_text=_("Fourteen digits. May be left empty."),
        widget=UnfoldAdminTextInputWidget(),
    )

    class Meta:
        model = Establishment
        fields = ("name", "code", "siret", "contact_email", "booked_level")
        widgets = {
            "name": UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
            "contact_email": UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
            "booked_level": UnfoldAdminSelectWidget(),
        }
        help_texts = {
            "contact_email": _("Who logs in at Exact Online: usually the accountant. The activation link goes there."),
        }

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["booked_level"].required = False
        self.tenant = self.instance.tenant = tenant

    def clean_code(self) -> str:
        given: str = self.cleaned_data["code"].strip().upper()
        taken = {*Establishment.objects.filter(tenant=self.tenant).values_list("code", flat=True)}
        return given or free_code(self.cleaned_data.get("name", ""), taken)

    def clean_booked_level(self) -> str:
        """An empty choice means that the program finds out which kind of closing is booked."""
        return self.cleaned_data["booked_level"] or BookedLevel.AUTO

    def _get_validation_exclusions(self) -> set[str]:
        """Check that the code is unique for the customer, though the customer is no field."""
        return super()._get_validation_exclusions() - {"tenant"}  # type: ignore[misc, no-any-return]


class TillsForm(forms.Form):
    """The tills of an establishment, one name a line."""

    names = forms.CharField(
        label=_("Tills"),
        help_text=_("One name a line, as people call them: Caisse bar, Caisse salle."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
    )

    def __init__(self, shop: Establishment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shop = shop

    def clean_names(self) -> list[str]:
        """The names, each once and none of an existing till."""
        names = [" ".join(line.split()) for line in self.cleaned_data["names"].splitlines() if line.strip()]
        if len(names) > TILLS_AT_ONCE_MAX:
            raise forms.ValidationError(_("At most %(max)s tills at once."), params={"max": TILLS_AT_ONCE_MAX})
        if too_long := [name for name in names if len(name) > 60]:
            raise forms.ValidationError(_("Shorter, please: %(names)s"), params={"names": ", ".join(too_long)})
        lower = [name.lower() for name in names]
        there = {name.lower() for name in self.shop.tills.values_list("name", flat=True)}
        twice = sorted({name for name in names if lower.count(name.lower()) > 1 or name.lower() in there})
        if twice:
            raise forms.ValidationError(
                _("This establishment already has a till of that name: %(names)s"),
                params={"names": ", ".join(twice)},
            )
        return names

    def save(self) -> list[Till]:
        return [
            Till.objects.create(tenant_id=self.shop.tenant_id, establishment=self.shop, name=name)
            for name in self.cleaned_data["names"]
        ]


class ContactForm(forms.Form):
    """The address that the activation link is mailed to, and whether it is the establishment's contact from now on."""

    contact_email = forms.EmailField(label=_("e-mail address"), max_length=254)
    keep_contact = forms.BooleanField(required=False)
