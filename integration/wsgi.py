"""The web tier's entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")

application = get_wsgi_application()
# Imports every view before the first request is taken: a second of work that somebody's first page would wait for.
resolve("/health/")
# Modules stay loaded for good: frozen, the garbage collector does not walk them while a till waits for its answer.
gc.collect()
gc.freeze()
