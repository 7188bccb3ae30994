"""`/docs/SysAttachment.aspx`: the file behind the `Url` of an attachment (rules 5.3)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .errors import ApiError, NotFound, Unauthorized, error_body
from .simulator import Simulator

RESOURCE = "documents/DocumentAttachments"


def attachment_response(simulator: Simulator, country: str, request: Request) -> Response:
    """The file as it was posted, for a caller who may read attachments of that company."""
    try:
        return _file(simulator, country, request)
    except ApiError as error:
        return JSONResponse(error_body(error.message), error.status)


def _file(simulator: Simulator, country: str, request: Request) -> Response:
    caller = simulator.grants.caller(request.headers.get("authorization", "").partition(" ")[2])
    if caller.country != country:
        raise Unauthorized("Unauthorized")
    division = request.query_params.get("_Division_", "")
    if not (division.isascii() and division.isdigit()):
        raise NotFound
    simulator.grants.enter(caller, int(division))
    simulator.grants.require_right(caller, RESOURCE)
    file_id = request.query_params.get("ID", "").lower()
    row = simulator.database.row_where("attachment", int(division), "id", file_id)
    if row is None:
        raise NotFound
    return Response(row["content"], media_type="application/octet-stream")
