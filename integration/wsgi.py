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
# For who calls it in a thread that has queries of its own as well.
plain_application = get_wsgi_application()
application = begun_at_the_door(plain_application)
# Imports every view before the first request is taken: a second of work that somebody's first page would wait for.
resolve("/health/")
# Imported here, for it asks the settings.
import_module("integration.metrics.server").serve_metrics()
# Modules stay loaded for good: frozen, the garbage collector does not walk them while a till waits for its answer.
gc.collect()
gc.freeze()
