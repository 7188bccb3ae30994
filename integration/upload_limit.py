"""A limit on the size of forms and files: a larger request is refused before Django stores any of it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from clyo_ingest.body import read_past
from clyo_ingest.errors import ApiError
from clyo_ingest.unread import READ_PAST_MAX
from integration.error_pages import answer_refusal
from integration.language import API_PREFIX
from ledger import texts

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class UploadLimit:
    """The 413 for a form or a file above `DATA_UPLOAD_MAX_MEMORY_SIZE`, of which Django counts all but files.

    What is sent is read past, for a browser that still sends shows no answer. Tills have a limit of their own for each
    call, and hear of it in theirs.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        announced = texts.whole(request.META.get("CONTENT_LENGTH") or "") or 0
        if announced <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE or request.path_info.startswith(API_PREFIX):
            return self._get_response(request)
        read_past(request, READ_PAST_MAX)
        return answer_refusal(request, ApiError(413, "too_large"))
