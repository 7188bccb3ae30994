"""The console's page of errors by cause."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from exports.console.causes import READ_MAX, causes_of
from exports.models import StoredClosing
from tenants.models import User
from tenants.scope import visible_to


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not request.user.has_perm("exports.view_storedclosing"):
        raise PermissionDenied
    return request.user


def causes_page(request: HttpRequest) -> HttpResponse:
    """What waits for a person, grouped by what can be mended once for all of it."""
    user = _reader(request)
    causes = causes_of(visible_to(user, StoredClosing.objects.all()))
    context = {
        **admin.site.each_context(request),
        "title": _("Errors by cause"),
        "causes": causes,
        "read_max": READ_MAX,
        "full": len({pk for cause in causes for pk in cause.closings}) >= READ_MAX,
        "may_repost": user.has_perm("exports.repost_storedclosing"),
    }
    return TemplateResponse(request, "console/causes.html", context)
