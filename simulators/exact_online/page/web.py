"""Pages below `/docs/`, for a person who follows a link: a company's and an entry's.

`MenuPortal.aspx?_Division_=` is Exact's own address. Exact documents none of an entry's page: `SimulatedEntry.aspx` is
this program's, in the manner of those that are known (`_Division_`, and a GUID in braces).
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from simulators.exact_online.simulator import Simulator

from .books import EntryPage
from .selection import Selection, read_number
from .view import HEADERS, books_context, environment

NONE = EntryPage([], 0, 1)


def web_routes(simulator: Simulator, root: str) -> list[Route]:
    """The routes of one country's host, all below `root`."""
    templates = environment()

    async def show_company(request: Request) -> Response:
        selection = Selection(division=read_number(request.query_params.get("_Division_", "")) or 0)
        context = books_context(simulator, selection)
        return _answer(templates.get_template("books.html").render(context), found=context["company"] is not None)

    async def show_entry(request: Request) -> Response:
        division = read_number(request.query_params.get("_Division_", "")) or 0
        named = request.query_params.get("ID", "").strip("{}").lower()
        context = {"page": NONE} | books_context(simulator, Selection(division=division, entry_id=named or "none"))
        page = context["page"]
        assert isinstance(page, EntryPage)
        return _answer(templates.get_template("entry.html").render(context), found=bool(page.entries))

    return [
        Route(f"{root}/docs/MenuPortal.aspx", show_company, methods=["GET"]),
        Route(f"{root}/docs/SimulatedEntry.aspx", show_entry, methods=["GET"]),
    ]


def _answer(text: str, *, found: bool) -> Response:
    return HTMLResponse(text, 200 if found else 404, HEADERS)
