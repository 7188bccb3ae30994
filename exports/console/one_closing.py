"""Finding the closing that a page is about, among those that the person may see."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from exports.models import StoredClosing
from tenants.models import User
from tenants.scope import visible_to


def closing_of(request: HttpRequest, pk: UUID, permission: str) -> StoredClosing:
    """The closing `pk` of those the person may see. Raises Http404 for any other, PermissionDenied for who may not."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(permission):
        raise PermissionDenied
    rows = StoredClosing.objects.select_related("tenant", "establishment").defer("document")
    return get_object_or_404(visible_to(user, rows), pk=pk)
