"""What a container engine, a load balancer and a person ask this web process: does it live, can it take closings?

Valkey is not needed for that. No answer holds a secret, or may be kept by anybody in between.
"""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from integration import readiness

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def health(_request: HttpRequest) -> JsonResponse:
    """200 when closings can be taken, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    return JsonResponse({"database": "up"})


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """200: this process takes requests. Nothing else is asked, for no restart mends a database."""
    return JsonResponse({"process": "up"})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """200 when the database takes writes and has every migration of this code; else 503, and which of both it is."""
    found = readiness.ask()
    told = {"database": found.database, "migrations": found.migrations}
    return JsonResponse(
        told | ({"missing": found.missing} if found.missing else {}), status=200 if found.ready else 503
    )


PROBES = {"/health/live": live, "/health/ready": ready}


class Probes:
    """Answers probes before all other middleware: who probes asks an address, so the Host is none of ours, over plain
    HTTP; and no session, no person and no transaction has anything to do with it."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = PROBES.get(request.path_info)
        return view(request) if view else self._get_response(request)
