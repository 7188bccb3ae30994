"""The rows that Django's autocomplete offers, also for addresses that Django's own view does not expect."""

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def choices(request: HttpRequest) -> HttpResponseBase:
    """The answer of Django's own view. Raises `PermissionDenied` where that view would fail: for a reverse relation."""
    app, model, name = (request.GET.get(asked, "") for asked in ("app_label", "model_name", "field_name"))
    try:
        field = apps.get_model(app, model)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist) as error:
        raise PermissionDenied from error
    if not getattr(field, "concrete", False) or field.remote_field is None:
        raise PermissionDenied
    return admin.site.autocomplete_view(request)
