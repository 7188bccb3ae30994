"""A customer's own page: what it is, its establishments and how they stand, its people, and what happened lately."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from integration.console.places import customer_facts, notes
from integration.console.places.reader import customer_of, reader_of
from integration.console.places.section import Column, Section, Visit, drawn
from tenants.models import Tenant

# In the order of the page. A further section is a row here and a template console/places/customer/NAME.html.
SECTIONS: tuple[Section[Tenant], ...] = (
    Section(name="identity", column=Column.FACTS, tell=customer_facts.identity),
    Section(name="companies", column=Column.FACTS, tell=customer_facts.companies),
    Section(name="people", column=Column.FACTS, tell=customer_facts.people),
    Section(name="exports", column=Column.FACTS, tell=customer_facts.exports),
    Section(name="shops", column=Column.NEWS, tell=customer_facts.shops),
    Section(name="notes", column=Column.NEWS, tell=notes.of_customer),
)


def customer_page(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """The page of one customer."""
    tenant = customer_of(request, tenant_id)
    user = reader_of(request, "tenants.view_tenant")
    context = {
        **admin.site.each_context(request),
        "title": _("Customer"),
        "subtitle": tenant.name,
        "tenant": tenant,
        "columns": drawn(SECTIONS, "customer", Visit(user=user, query=request.GET), tenant),
        "may_archive": user.has_perm("retention.view_retentionact"),
        "may_change": user.has_perm("tenants.change_tenant"),
        "may_hand_over": user.has_perm("tenants.handover_tenant"),
    }
    return TemplateResponse(request, "console/places/customer.html", context)
