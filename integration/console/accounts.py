"""A forgotten password, and the page an invitation leads to."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from tenants.models import User


class ForgottenForm(PasswordResetForm):
    """Asks for the address only. Its answer is the same whether or not somebody has that address."""

    email = forms.EmailField(label=_("e-mail address"), max_length=254, widget=UnfoldAdminTextInputWidget)

    def get_users(self, email: str) -> Iterator[User]:
        """People who may log in; a new one who has no password yet, too."""
        return (person for person in User.objects.filter(email__iexact=email) if person.is_active)

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send the mail in the language of its receiver, not of the browser."""
        context: dict[str, Any] = kwargs.get("context") or args[2]
        with translation.override(context["user"].language):
            super().send_mail(*args, **kwargs)


class PasswordForm(SetPasswordForm):  # type: ignore[type-arg] # generic in the stubs only
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})


class _Page:
    """The context that the console's frame needs on every page."""

    request: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**admin.site.each_context(self.request), **context}


class ForgottenPassword(_Page, views.PasswordResetView):
    """Asks for an address, and sends a link to it if somebody has it; the page says the same if nobody has."""

    template_name = "console/account.html"
    form_class = ForgottenForm
    email_template_name = "console/forgotten.txt"
    subject_template_name = "console/forgotten_subject.txt"
    success_url = reverse_lazy("password_reset_done")
    title = _("Forgotten password")
    extra_context = {"explained": _("We send a link to choose a new one."), "button": _("Send the link")}


class MailSent(_Page, views.PasswordResetDoneView):
    """Says that a letter is on its way, whether or not it is."""

    template_name = "console/account.html"
    title = _("Look into your mailbox")
    extra_context = {"explained": _("If somebody has this address, a letter with a link is on its way to it.")}


class ChoosePassword(_Page, views.PasswordResetConfirmView):
    """Where the link of an invitation or of a forgotten password leads."""

    template_name = "console/account.html"
    form_class = PasswordForm
    success_url = reverse_lazy("password_reset_complete")
    title = _("Choose your password")
    extra_context = {"button": _("Keep this password"), "over": _("This link is over. Ask for a new one.")}


class PasswordChosen(_Page, views.PasswordResetCompleteView):
    """Says that the new password holds."""

    template_name = "console/account.html"
    title = _("Your password is kept")
    extra_context = {"explained": _("You can log in with it now."), "login": True}
