"""The web tier's entry point."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

from integration.metrics.web_processes import count_together
from postgres.viewer import begun_at_the_door

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")

count_together()
# The application for tests and tools that call it in a thread which makes queries of its own too.
plain_application = get_wsgi_application()
application = begun_at_the_door(plain_application)
# Imports every view before the first request: else the first page would wait a second for that.
resolve("/health/")
# Imported here, as it reads the settings.
import_module("integration.metrics.server").serve_metrics()
# Modules stay loaded for good: frozen, the garbage collector does not walk them while a till waits for its answer.
gc.collect()
gc.freeze()
