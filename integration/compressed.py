"""Compressing pages: the demo's list of fifty closings is 355 kB of HTML, and 22 kB compressed.

Pages only: a till's answers and files stay as they are. Against BREACH Django adds a random length to each answer and
masks the form's token anew each time.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPages(GZipMiddleware):
    """Compresses HTML for browsers that ask for it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, compressed when it is a page."""
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
