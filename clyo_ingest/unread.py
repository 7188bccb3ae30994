"""Reading the rest of a refused call's body before it is answered, so that its sender can read the answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from clyo_ingest.body import read_past
from clyo_ingest.overload import API

# Far more than a till sends by mistake. A longer body is answered while it is still being sent, as HTTP allows.
READ_PAST_MAX = 32 * 1024 * 1024

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ReadToTheEnd:
    """Reads what the view left of a body, and throws it away.

    Else the server answers and stops reading: over HTTP/1.1 it closes the connection on whoever still writes, over
    HTTP/2 it resets the stream, and many clients then report a broken connection and never show the 413 or the 401.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self._get_response(request)
        if request.path_info.startswith(API):
            read_past(request, READ_PAST_MAX)
        return answer
