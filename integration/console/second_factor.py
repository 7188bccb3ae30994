"""The second factor: a code of an authenticator app (TOTP), or one of ten recovery codes. Compulsory for support.

Whoever has a device, or must have one, sees no page of the console before the code of this session was right.
"""

import functools
from base64 import b32encode
from collections.abc import Callable

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.widgets import UnfoldAdminTextInputWidget

from tenants.models import User

RECOVERY_CODES = 10
OPEN_PAGES = ("console_second_factor", "console_second_factor_new", "admin:logout", "admin:jsi18n", "set_language")
GUARDED = "/console/"
WANTED = "page_before_the_code"


class CodeForm(forms.Form):
    """One code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "inputmode": "text"}
        ),
    )


def must_have_one(user: User) -> bool:
    """Whether `user` may not work without a second factor."""
    return bool(settings.SUPPORT_SECOND_FACTOR) and user.is_support


def needs_code(request: HttpRequest) -> bool:
    """Whether this session still owes a code. Inside another's view support has given its own before."""
    user = request.user
    if not isinstance(user, User) or request.session.get("hijack_history"):
        return False
    if user.is_verified():  # type: ignore[attr-defined] # set by django-otp's middleware
        return False
    return must_have_one(user) or user.has_device


class SecondFactorMiddleware:
    """Redirects a session that still has to give a code to the code's page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(GUARDED) and request.path_info not in _open_paths() and needs_code(request):
            if request.method == "GET":
                request.session[WANTED] = request.get_full_path()
            return redirect("console_second_factor")
        return self.get_response(request)


@functools.cache
def _open_paths() -> frozenset[str]:
    return frozenset(reverse(name) for name in OPEN_PAGES)


def _wanted_page(request: HttpRequest) -> str:
    """The page that the person asked for before the code was asked, used once; else the first page."""
    wanted: str = request.session.pop(WANTED, reverse("admin:index"))
    return wanted


def check_page(request: HttpRequest) -> HttpResponse:
    """Ask for a code; first for a device when there is none."""
    user = request.user
    if not isinstance(user, User):
        return redirect_to_login(request.path)
    if not django_otp.user_has_device(user):
        return redirect("console_second_factor_new")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        device = django_otp.match_token(user, form.cleaned_data["code"].replace(" ", "").lower())
        if device is not None:
            django_otp.login(request, device)
            return redirect(_wanted_page(request))
        form.add_error("code", _("This code is not right, or too many were tried: wait a moment."))
    context = {"title": _("Your code"), "form": form, "button": _("Go on")}
    context["explained"] = _(
        "The six digits of your authenticator app. Without your phone: one of the recovery codes you kept."
    )
    return TemplateResponse(request, "console/account.html", {**admin.site.each_context(request), **context})


def set_up_page(request: HttpRequest) -> HttpResponse:
    """Scan, then prove it with a first code. A session that owes a code cannot add a device beside the old one."""
    user = request.user
    if not isinstance(user, User):
        return redirect_to_login(request.path)
    if request.session.get("hijack_history"):
        return redirect("admin:index")
    if needs_code(request) and django_otp.user_has_device(user):
        return redirect("console_second_factor")
    device, _made = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if device.verify_token(form.cleaned_data["code"].replace(" ", "")):
            request.session["new_recovery_codes"] = _confirm(user, device)
            django_otp.login(request, device)
            return redirect("console_recovery_codes")
        form.add_error("code", _("This code is not right, or too many were tried: wait a moment."))
    obliged = must_have_one(user)
    context = {
        "title": _("Second factor"),
        "form": form,
        "picture": segno.make(device.config_url).svg_inline(scale=4, border=2),
        "app_address": device.config_url,
        "key": _cut_in_fours(device),
        "obliged": obliged,
        "way_out": "" if obliged else reverse("console_account"),
    }
    return TemplateResponse(request, "console/second_factor.html", {**admin.site.each_context(request), **context})


def _cut_in_fours(device: TOTPDevice) -> list[str]:
    """The key as an app takes it by hand (RFC 4648's base 32), cut into fours for the eye."""
    key = b32encode(device.bin_key).decode().rstrip("=")
    return [key[at : at + 4] for at in range(0, len(key), 4)]


def _confirm(user: User, device: TOTPDevice) -> list[str]:
    """Make the device the only one, with new recovery codes, which are returned to be shown once."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
        StaticDevice.objects.filter(user=user).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        keeper = StaticDevice.objects.create(user=user, name="recovery")
        codes = [StaticToken.random_token() for _code in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=keeper, token=code) for code in codes)
    return codes


def codes_page(request: HttpRequest) -> HttpResponse:
    """The recovery codes, shown this once."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.path)
    codes = request.session.pop("new_recovery_codes", None)
    if codes is None:
        return redirect("admin:index")
    context = {
        "title": _("Recovery codes"),
        "explained": _("Keep these ten codes in a safe place. Each opens the console once, when your phone is gone."),
        "codes": codes,
        "wanted": _wanted_page(request),
    }
    return TemplateResponse(request, "console/account.html", {**admin.site.each_context(request), **context})
