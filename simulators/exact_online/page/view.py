"""`GET /`: one page, made on the server, with nothing from outside."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote_plus

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from simulators.exact_online.books.booking import OPEN
from simulators.exact_online.books.report import trial_balance_rows
from simulators.exact_online.clock import date_of
from simulators.exact_online.database import Row
from simulators.exact_online.readings import QUESTIONS, Question, Readings
from simulators.exact_online.resources.enums import JOURNAL_TYPE
from simulators.exact_online.simulator import Simulator
from simulators.exact_online.templating import page_environment

from .books import ENTRIES_PER_PAGE, Books, companies
from .selection import Selection, read_selection

CALLS_SHOWN = 60
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page_route(simulator: Simulator) -> Route:
    """The route of the page."""
    template = environment().get_template("books.html")

    async def show(request: Request) -> Response:
        context = books_context(simulator, read_selection(request.query_params))
        return HTMLResponse(template.render(context), 200 if context["company"] is not None else 404, HEADERS)

    return Route("/", show, methods=["GET"])


def environment() -> Environment:
    """The pages' templates, with amounts, days and moments as people read them."""
    environment = page_environment(Path(__file__).parent / "templates")
    environment.filters |= {
        "amount": amount,
        "day": day,
        "time": time_of_day,
        "status": status_text,
        "rate": rate,
        "readable": unquote_plus,
    }
    return environment


def books_context(simulator: Simulator, selection: Selection) -> dict[str, object]:
    """What a page shows of the company that is asked for; `company` is None when there is none."""
    known = companies(simulator.database)
    company = _choose(known, selection.division)
    context: dict[str, object] = {
        "companies": known,
        "company": company,
        "selection": selection,
        "now_ms": simulator.clock.now_ms(),
        "clock_offset_s": round(simulator.clock.offset_ms / 1000),
        "clock_frozen": simulator.clock.frozen,
        "rules": simulator.faults.rules,
        "in_force": sum(not rule.is_spent for rule in simulator.faults.rules),
        "door_open": simulator.door is None or simulator.door.is_open,
        "limits": simulator.limit_settings,
        "readings": in_force(simulator.readings),
    }
    if company is None:
        return context
    division: int = company["division"]
    books = Books(simulator.database, division)
    return context | {
        "journals": books.journals(),
        "journal_types": JOURNAL_TYPE,
        "page": books.entries(selection),
        "per_page": ENTRIES_PER_PAGE,
        "open_status": OPEN,
        "accounts": books.customer_accounts(),
        "balance": trial_balance_rows(simulator.database, division),
        "calls": [call for call in reversed(simulator.calls.last) if call.division in (division, None)][:CALLS_SHOWN],
        "acts": [act for act in reversed(simulator.bookkeeper.done) if act.division == division][:CALLS_SHOWN],
    }


@dataclass(frozen=True, slots=True)
class ReadingInForce:
    """How one doubtful behaviour is read now."""

    question: Question
    reading: str

    @property
    def is_other(self) -> bool:
        """Whether it is not read as usual."""
        return self.reading != self.question.default


def in_force(readings: Readings) -> list[ReadingInForce]:
    """Every doubtful behaviour with its reading."""
    chosen = readings.chosen()
    return [ReadingInForce(question, chosen[question.name]) for question in QUESTIONS]


def _choose(known: list[Row], division: int | None) -> Row | None:
    wanted = [company for company in known if company["division"] == division]
    return wanted[0] if wanted else (known[0] if known and division is None else None)


def amount(cents: int) -> str:
    """Cents as people read them: 1,234.50; a real minus sign."""
    return f"{Decimal(cents).scaleb(-2):,.2f}".replace("-", "−")


def day(ms: int | None) -> str:
    """A calendar date, 20 Nov 2026."""
    return f"{date_of(ms):%-d %b %Y}" if ms is not None else ""


def time_of_day(ms: int) -> str:
    """A moment of the program's clock, to the second, UTC."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%H:%M:%S}"


def rate(fraction: str | None) -> str:
    """A VAT percentage that is kept as a fraction: 0.055 is 5.5 %."""
    return f"{(Decimal(fraction) * 100).normalize():f} %" if fraction is not None else ""


def status_text(status: int) -> str:
    """An HTTP status with its words; 0 is a call without an answer."""
    if status == 0:
        return "no answer"
    known = {entry.value: entry.phrase for entry in HTTPStatus}
    return f"{status} {known.get(status, '')}".strip()
