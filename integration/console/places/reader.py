"""The person who asks for a page of a place, and the row of the page, found among those that the person may see."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from tenants.models import Establishment, Tenant, User
from tenants.scope import visible_to


def reader_of(request: HttpRequest, permission: str) -> User:
    """The person who asks. Raises PermissionDenied for who may not."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(permission):
        raise PermissionDenied
    return user


def shop_of(
    request: HttpRequest,
    pk: int,
    permission: str = "tenants.view_establishment",
    *,
    rows: QuerySet[Establishment] | None = None,
) -> Establishment:
    """The establishment `pk` of those the person may see; raises Http404 for any other. `rows` say what is read."""
    rows = (Establishment.objects.all() if rows is None else rows).select_related("tenant__reseller")
    return get_object_or_404(visible_to(reader_of(request, permission), rows), pk=pk)


def customer_of(request: HttpRequest, pk: int, permission: str = "tenants.view_tenant") -> Tenant:
    """The customer `pk` of those the person may see; raises Http404 for any other."""
    rows = Tenant.objects.select_related("reseller")
    return get_object_or_404(visible_to(reader_of(request, permission), rows), pk=pk)
