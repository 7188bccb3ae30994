"""The floor for ingest: a bare Django view on the same server, that parses the same body and does one insert."""

import json
import os
from uuid import uuid4

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []
INSERT = "INSERT INTO bench_bare (id, number, body) VALUES (%s, %s, %s)"


def take(request: HttpRequest) -> JsonResponse:
    """Parse, insert, answer."""
    document, identity = json.loads(request.body), uuid4()
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [identity, document["number"], request.body.decode()])
    return JsonResponse({"id": str(identity)}, status=201)


urlpatterns = [path("api/v1/closings", take)]
application = get_wsgi_application()
