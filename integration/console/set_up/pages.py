"""The pages that lead from a new customer to its first entry in Exact."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from concerns.condition import conditions_of
from exact.activation.link_mail import mail_link
from exact.activation.links import make_link, revoke
from exact.models import ActivationLink, LinkWay
from exports.console import links
from integration.console.set_up.codes import make_codes
from integration.console.set_up.forms import ContactForm, CustomerForm, EstablishmentForm, TillsForm
from integration.console.set_up.progress import STEPS, being_set_up, progress_of
from ledger import texts
from tenants.acting import person_behind
from tenants.models import Establishment, Tenant, Till, User
from tenants.scope import visible_to

LISTED_MAX = 50
# Where the guide stands: the customer, its establishments, their tills, then the checklist.
CUSTOMER, ESTABLISHMENT, TILLS, CHECKLIST = range(1, 5)


def list_page(request: HttpRequest) -> HttpResponse:
    """Customers that are being set up, and where to begin with a new one."""
    user = _user(request, "tenants.view_tenant")
    rows = [*being_set_up(user).select_related("reseller")[: LISTED_MAX + 1]]
    context = {
        "title": _("Set-up"),
        "customers": rows[:LISTED_MAX],
        "more": len(rows) > LISTED_MAX,
        "may_add": user.has_perm("tenants.add_tenant"),
    }
    return _page(request, "console/set_up/list.html", context)


def customer_page(request: HttpRequest) -> HttpResponse:
    """A new customer."""
    user = _user(request, "tenants.add_tenant")
    form = CustomerForm(user, request.POST or None)
    if form.is_valid():
        tenant = form.save()
        messages.success(request, _("{customer} is kept.").format(customer=tenant))
        return redirect("console_set_up_establishment", tenant.pk)
    return _form(request, form, at=CUSTOMER, title=_("New customer"), back=reverse("console_set_up"))


def establishment_page(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """A new establishment of a customer."""
    tenant = _tenant(request, tenant_id, "tenants.add_establishment")
    form = EstablishmentForm(tenant, request.POST or None)
    if form.is_valid():
        shop = form.save()
        messages.success(request, _("{establishment} is kept.").format(establishment=shop))
        again = "another" in request.POST
        return (
            redirect("console_set_up_establishment", tenant.pk) if again else redirect("console_set_up_tills", shop.pk)
        )
    return _form(
        request,
        form,
        at=ESTABLISHMENT,
        title=_("New establishment"),
        back=_address(tenant),
        subject=tenant.name,
        another=_("Keep and add another establishment"),
    )


def tills_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """New tills of an establishment."""
    shop = _shop(request, establishment_id, "tenants.add_till")
    first = 1 + shop.tills.count()
    form = TillsForm(shop, request.POST or None, initial={"names": _("Till {number}").format(number=first)})
    if form.is_valid():
        with transaction.atomic():
            tills = form.save()
        messages.success(request, _("{count} tills are kept.").format(count=len(tills)))
        if "another" in request.POST:
            return redirect("console_set_up_establishment", shop.tenant_id)
        return redirect(_address(shop.tenant, shop))
    return _form(
        request,
        form,
        at=TILLS,
        title=_("Tills"),
        back=_address(shop.tenant, shop),
        subject=f"{shop.tenant.name} · {shop}",
        another=_("Keep and add another establishment"),
    )


def checklist_page(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """A customer's checklist: what is done, what is missing, what to do next, each with its button."""
    tenant = _tenant(request, tenant_id, "tenants.view_tenant")
    shops = progress_of(tenant)
    user = _user(request, "tenants.view_tenant")
    conditions = conditions_of(user, [it.facts.shop for it in shops])
    done = bool(shops) and not any(it.current for it in shops)
    context = {
        "title": _("Set-up"),
        "subtitle": tenant.name,
        "tenant": tenant,
        "shops": [
            {
                "progress": it,
                "mapping_address": reverse("console_mapping", args=[it.facts.shop.pk])
                if it.facts.mapping is not None and user.has_perm("booking.view_mapping")
                else "",
                "closings_address": links.closings(establishment=it.facts.shop.pk),
                "condition": conditions[it.facts.shop.pk],
                # A way that leads to this very page is no link: what mends it stands below.
                "leads_away": conditions[it.facts.shop.pk].address.partition("#")[0] != _address(tenant),
            }
            for it in shops
        ],
        "done": sum(it.count for it in shops),
        "total": len(shops) * len(STEPS),
        "complete": done and not any(it.condition.waits for it in conditions.values()),
        "set_up": done,
        "may_change": user.has_perm("tenants.change_till"),
        "may_relink": user.has_perm("exact.relink_activation"),
        "at": CHECKLIST,
    }
    return _page(request, "console/set_up/checklist.html", context)


@require_POST
def codes_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """New pairing codes, shown and printed this once: for one till (`till`), else for all that are not paired yet."""
    shop = _shop(request, establishment_id, "tenants.change_till")
    tills = Till.objects.filter(establishment=shop, suspended_at=None, ended_at=None).select_related("establishment")
    asked = request.POST.get("till", "")
    chosen = [get_object_or_404(tills, pk=texts.whole(asked))] if asked else [*tills.filter(paired_at=None)]
    if not chosen:
        messages.info(request, _("Every till of this establishment is paired."))
        return redirect(_address(shop.tenant, shop))
    context = {
        "title": _("Pairing codes"),
        "subtitle": str(shop),
        "shop": shop,
        "codes": make_codes(chosen, by=person_behind(request)),
        "back": _address(shop.tenant, shop),
    }
    return _page(request, "console/set_up/codes.html", context)


@require_POST
def link_page(request: HttpRequest, establishment_id: int) -> HttpResponse:
    """Send the activation link to who logs in at Exact, or (`show`) show it this once to pass it on.

    The address becomes the establishment's contact where the form says so (`keep_contact`).
    """
    shop = _shop(request, establishment_id, "tenants.change_establishment")
    back = _address(shop.tenant, shop)
    if "show" in request.POST:
        link, url = make_link(shop, way=LinkWay.SHOWN, by=person_behind(request))
        context = {
            "title": _("Activation link"),
            "subtitle": str(shop),
            "shop": shop,
            "url": url,
            "until": link.expires_at,
            "back": back,
        }
        return _page(request, "console/set_up/link.html", context)
    form = ContactForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["contact_email"])))
        return redirect(back)
    to = form.cleaned_data["contact_email"]
    if form.cleaned_data["keep_contact"]:
        shop.contact_email = to
        shop.save(update_fields=["contact_email"])
    try:
        link = mail_link(shop, by=person_behind(request), to=to)
    except OSError:
        messages.error(request, _("The mail could not be sent. Try again, or show the link and pass it on."))
    else:
        until = date_format(timezone.localtime(link.expires_at), "SHORT_DATETIME_FORMAT")
        words = _("The link was sent to {address}; it is valid until {time}.")
        messages.success(request, words.format(address=link.mailed_to, time=until))
    return redirect(back)


@require_POST
def revoke_page(request: HttpRequest, link_id: int) -> HttpResponse:
    """End an activation link that is still valid."""
    user = _user(request, "tenants.change_establishment")
    rows = visible_to(user, ActivationLink.objects.select_related("establishment__tenant"))
    link = get_object_or_404(rows, pk=link_id)
    if revoke(link, by=person_behind(request)):
        messages.success(request, _("The link is withdrawn: whoever holds it can do nothing with it any more."))
    else:
        messages.info(request, _("This link was over already."))
    return redirect(_address(link.establishment.tenant, link.establishment))


def _user(request: HttpRequest, permission: str) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm(permission):
        raise PermissionDenied
    return user


def _tenant(request: HttpRequest, pk: int, permission: str) -> Tenant:
    rows = visible_to(_user(request, permission), Tenant.objects.select_related("reseller"))
    return get_object_or_404(rows, pk=pk)


def _shop(request: HttpRequest, pk: int, permission: str) -> Establishment:
    rows = visible_to(_user(request, permission), Establishment.objects.select_related("tenant__reseller"))
    return get_object_or_404(rows, pk=pk)


def _address(tenant: Tenant, shop: Establishment | None = None) -> str:
    page = reverse("console_set_up_customer", args=[tenant.pk])
    return f"{page}#shop-{shop.pk}" if shop else page


def _form(request: HttpRequest, form: BaseForm, **context: Any) -> HttpResponse:
    return _page(request, "console/set_up/form.html", {"form": form, **context})


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})
