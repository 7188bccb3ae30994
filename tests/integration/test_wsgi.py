"""A web process has done its imports before it takes the first request."""

import subprocess
import sys

ASKED = "import sys, integration.wsgi; print('integration.urls' in sys.modules, 'exports.mapping.page' in sys.modules)"


def test_web_process__has_every_view_before_the_first_request() -> None:
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == ["True", "True"]
