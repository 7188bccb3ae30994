"""A web process has done its imports before it takes the first request."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.usefixtures("outside")

ASKED = "import sys, integration.wsgi; print('integration.urls' in sys.modules, 'exports.mapping.page' in sys.modules)"


def test_web_process__has_every_view_before_the_first_request() -> None:
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == ["True", "True"]


def test_web_process__spares_the_collector_what_is_loaded() -> None:
    asked = "import gc, integration.wsgi; print(gc.get_freeze_count() > 100_000, len(gc.get_objects()) < 10_000)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == ["True", "True"]
