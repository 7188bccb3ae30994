"""An establishment goes on under another company: from which day, which one, what goes along, what is left to do."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from booking.setting_labels import in_words, label
from clyo_ingest.moving import (
    GoesOnElsewhere,
    HasClosings,
    TakenBackSince,
    in_force,
    move_shop,
    moving_tills,
    settings_carried,
    take_back,
)
from exports.console import links
from exports.models import StoredClosing
from integration.console.guided.shown import Done, Left, WhyForm, answer_done, make_codes_once, page
from integration.console.places.reader import shop_of
from integration.console.set_up.forms import DigitsField
from tenants.acting import person_behind
from tenants.models import Establishment, TakeOver, Tenant, Till

BACK_MAX, AHEAD_MAX = timedelta(days=92), timedelta(days=366)
# A code lives a day: of a later one codes are made then.
CODES_BEFORE = timedelta(days=1)


class MoveForm(forms.Form):
    """From which business date, and which company: by its SIREN, one that is there or a new one."""

    day = forms.DateField(
        label=gettext_lazy("First day of the new company"),
        help_text=gettext_lazy("Business dates before it stay the former company's."),
        input_formats=["%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    siren = DigitsField(
        label=gettext_lazy("SIREN of the new company"),
        max_length=9,
        help_text=gettext_lazy("If it is a customer already, the establishment is added to it."),
        widget=UnfoldAdminTextInputWidget(),
    )
    name = forms.CharField(
        label=gettext_lazy("Legal name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Only for a company that is no customer yet."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def __init__(self, shop: Establishment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shop = shop
        self.tenant: Tenant | None = None

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not timezone.localdate() - BACK_MAX <= day <= timezone.localdate() + AHEAD_MAX:
            raise ValidationError(_("Choose a day of the last three months or of the year to come."))
        return day

    def clean(self) -> None:
        """Find the company among the reseller's customers, or check what a new one needs."""
        super().clean()
        siren = self.cleaned_data.get("siren", "")
        if not siren:
            return
        if siren == self.shop.tenant.siren:
            self.add_error("siren", _("This is the company that has it now: there is nothing to move."))
            return
        there = Tenant.objects.filter(reseller=self.shop.tenant.reseller_id, siren=siren).first()
        self.tenant = there or Tenant(
            reseller_id=self.shop.tenant.reseller_id, siren=siren, name=self.cleaned_data.get("name", "").strip()
        )
        if there is not None and there.suspended_at is not None:
            self.add_error("siren", _("This customer is suspended. End the suspension first."))
        if there is None:
            try:
                self.tenant.full_clean()
            except ValidationError as error:
                self.add_error(None, error) if "__all__" in error.message_dict else self._show(error)

    def _show(self, error: ValidationError) -> None:
        for field, said in error.message_dict.items():
            self.add_error(field if field in self.fields else None, said)

    @property
    def is_new(self) -> bool:
        """Whether the company becomes a customer on the way."""
        return self.tenant is not None and self.tenant.pk is None


def move_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Ask for day and company; then (in the address) show what goes along; on POST with a reason do it."""
    shop = shop_of(request, establishment_id, "tenants.add_tenant")
    took = in_force(shop)
    if took is not None and request.method != "POST":
        messages.info(request, _("{establishment} goes on elsewhere already.").format(establishment=shop))
        return redirect(links.shop(shop.pk))
    asked = request.POST if request.method == "POST" else request.GET
    form = MoveForm(shop, asked if "siren" in asked else None, initial={"day": _guess_day(shop).isoformat()})
    if not form.is_valid():
        return page(request, "console/guided/move.html", {"title": _say_title(shop), "shop": shop, "form": form})
    why = WhyForm(request.POST if request.method == "POST" else None)
    if why.is_valid():
        return _carry_out(request, shop, form, why)
    context = {"title": _say_title(shop), "shop": shop, "form": form, "why": why, **_preview(shop, form)}
    return page(request, "console/guided/move_preview.html", context)


def _carry_out(request: HttpRequest, shop: Establishment, form: MoveForm, why: WhyForm) -> HttpResponse:
    tenant, by = form.tenant, person_behind(request)
    assert tenant is not None, "the form found it"
    assert by is not None, "who may is somebody"
    said = why.cleaned_data
    try:
        took = move_shop(
            shop, tenant, day=form.cleaned_data["day"], why=said["why"], by=by, shown_at=said.get("shown_at")
        )
    except TakenBackSince:
        words = _("The move of {establishment} was taken back since this page was shown: nothing was done.")
        messages.warning(request, words.format(establishment=shop))
        return redirect(links.shop(shop.pk))
    return _answer_moved(request, shop, TakeOver.objects.select_related("successor__tenant").get(pk=took.pk), why)


def _answer_moved(request: HttpRequest, shop: Establishment, took: TakeOver, why: WhyForm) -> HttpResponse:
    successor, day = took.successor, took.ended_on
    assert day is not None, "in force"
    said_day = date_format(day, "SHORT_DATE_FORMAT")
    now = day <= timezone.localdate() + CODES_BEFORE
    tills = Till.objects.filter(establishment=successor, ended_at=None).select_related("establishment").order_by("name")
    done = Done(
        title=_("{establishment} goes on as {company}'s").format(establishment=shop.name, company=successor.tenant),
        detail=_("from {day} on").format(day=said_day),
        said=[
            _("{company} has the establishment {establishment}, with its settings and tills.").format(
                company=successor.tenant, establishment=successor
            ),
            _("{company} keeps all that was booked. What its tills closed before {day} is still taken there.").format(
                company=shop.tenant, day=said_day
            ),
        ],
        left=[*_list_left(successor, said_day, now=now)],
        back=links.shop(successor.pk),
        back_words=_("See the new establishment"),
        **(make_codes_once(request, [*tills], why) if now else {}),
    )
    return answer_done(request, done)


def _list_left(successor: Establishment, day: str, *, now: bool) -> Iterator[Left]:
    set_up = f"{reverse('console_set_up_customer', args=[successor.tenant_id])}#shop-{successor.pk}"
    if now:
        who, what = (
            _("Whoever stands at the till"),
            _("After the last closing before {day}, pair each till with its code."),
        )
        yield Left(who=who, what=what.format(day=day))
    else:
        words = _("On {day}, make the codes on the set-up page and have each till paired.")
        yield Left(who=_("You"), what=words.format(day=day), address=set_up)
    yield Left(who=_("You"), what=_("Send the link to whoever logs in at Exact for the new company."), address=set_up)
    yield Left(
        who=_("You"),
        what=_("Complete the SIRET, and check third parties and cost centres in the mapping."),
        address=reverse("console_mapping", args=[successor.pk]),
    )
    yield Left(
        who=_("You"), what=_("Invite its accountant, and order its monthly export."), address=reverse("console_invite")
    )


def move_back_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Take a move back before the first closing came: what that changes; on POST with a reason do it."""
    shop = shop_of(request, establishment_id, "tenants.add_tenant")
    took = in_force(shop)
    if took is None:
        messages.info(request, _("{establishment} goes on nowhere else.").format(establishment=shop))
        return redirect(links.shop(shop.pk))
    successor = Establishment.objects.select_related("tenant").get(pk=took.successor_id)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            take_back(took, why=form.cleaned_data["why"])
        except HasClosings:
            messages.error(request, _("A closing came meanwhile: it is the new company's, so nothing was taken back."))
        except GoesOnElsewhere:
            words = _("{establishment} was moved once more since: take that move back first, on its page.")
            messages.error(request, words.format(establishment=successor))
        else:
            words = _("{establishment} goes on as before. Tills that were paired anew need a new code here.")
            messages.success(request, words.format(establishment=shop))
        return redirect(links.shop(shop.pk))
    has_closings = StoredClosing.objects.filter(establishment=successor).exists()
    context = {
        "title": _("Take the move back"),
        "subtitle": str(shop),
        "shop": shop,
        "successor": successor,
        "form": form,
        "has_closings": has_closings,
    }
    return page(request, "console/guided/move_back.html", context)


def _preview(shop: Establishment, form: MoveForm) -> dict[str, Any]:
    """What goes along, what cannot, and what of the days from then on is booked already."""
    day = form.cleaned_data["day"]
    carried = settings_carried(shop)
    rows = StoredClosing.objects.filter(establishment=shop, business_date__gte=day)
    return {
        "day": day,
        "tenant": form.tenant,
        "is_new": form.is_new,
        "tills": moving_tills(shop),
        "carried": [_say_setting(it) for it in carried.settings] if carried else [],
        "left": [_say_setting(it) for it in carried.left] if carried else [],
        "already": rows.count(),
        "already_address": links.closings(establishment=shop.pk, day=day, to=max(day, timezone.localdate())),
    }


def _say_setting(it: Any) -> str:
    return f"{label(it.group, it.setting, it.subject)} : {in_words(it.setting, it.own)}"


def _guess_day(shop: Establishment) -> date:
    """The day after its last closing, else today."""
    last: date | None = StoredClosing.objects.filter(establishment=shop).aggregate(last=Max("business_date"))["last"]
    today = timezone.localdate()
    return max(last + timedelta(days=1), today) if last else today


def _say_title(shop: Establishment) -> str:
    return _("Move {establishment} to another company").format(establishment=shop.name)
