"""The companies (divisions) an Exact user may enter, and tying one of them to a customer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Self

from django.db import IntegrityError, transaction

from exact.api.client import ME, ExactClient
from exact.api.clients import division_client, user_client
from exact.api.connection import identify
from exact.api.consent import usable
from exact.api.errors import Forbidden
from exact.company.catalogue import exact_date, quoted
from exact.models import Connection, Division, DivisionAccess, Lane, PauseCode
from postgres.viewer import EVERYTHING, serving

REGULAR_COMPANY = 0  # of hrm/Divisions; 1 is archived
COMPANIES = "hrm/Divisions"
COLUMNS = "Code,Description,Status,BlockingStatus"
LISTED_MAX = 600  # ten calls of the sixty a minute; the checks that follow need some too
FOUND_MAX = 100
CODES_A_CALL = 40  # keeps the address well below 2,000 characters (rules.md §3.6)
CODE_DIGITS = 8


class CompanyTaken(Exception):
    """Another customer has linked this company: its books are not shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One company as the log-in showed it: 8301, "CLYO", and whether entries can be written into it."""

    code: int
    name: str
    usable: bool = True

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read back what `to_document` wrote."""
        return cls(**document)

    def to_document(self) -> dict[str, Any]:
        """JSON-ready, as a link keeps it between two of its steps."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The companies a user may enter, by code. `more` says that there are others, to be asked for by `search`."""

    companies: list[Company]
    more: bool = False


def companies_of(connection: Connection) -> Entered:
    """The companies the linked user may enter (rules.md §3.9), the first few hundred; also learns who the user is.

    An accountant may enter thousands, 60 a call: past the first ones, only those the customer has linked already are
    looked up. The first call finds a company to ask from; none is ever posted into that a person did not choose.
    """
    me = next(user_client(connection).rows(ME, select="CurrentDivision,FullName,LanguageCode,UserID,Email"))
    identify(connection, me)
    client = user_client(connection, int(me["CurrentDivision"]))
    rows = client.rows(COMPANIES, select=COLUMNS)
    first = _sort_by_code(islice(rows, LISTED_MAX))
    if next(rows, None) is None:
        return Entered(companies=first)
    linked = Division.objects.filter(tenant_id=connection.tenant_id, app=connection.app)
    missing = sorted({*linked.values_list("code", flat=True)} - {it.code for it in first})
    wanted = [" or ".join(f"Code eq {code}" for code in some) for some in _split_into_calls(missing)]
    named = [row for some in wanted for row in client.rows(COMPANIES, select=COLUMNS, filter=some)]
    return Entered(companies=joined(first, _sort_by_code(named)), more=True)


def search(connection: Connection, wanted: str, *, asked_from: int) -> list[Company]:
    """The companies the user may enter whose name holds what is wanted, or whose code begins so; the first hundred.

    `asked_from` is one the user may enter. One call or two. Raises any `ExactError`.
    """
    # Whether Exact tells capitals from small letters here is not known: each usual spelling is asked for.
    spellings = {wanted, wanted.lower(), wanted.upper(), wanted.title(), wanted.capitalize()}
    asked = [f"substringof('{quoted(text)}',Description) eq true" for text in sorted(spellings)]
    if wanted.isascii() and wanted.isdigit():
        asked += _codes_beginning(wanted)
    client = user_client(connection, asked_from)
    return _sort_by_code(islice(client.rows(COMPANIES, select=COLUMNS, filter=" or ".join(asked)), FOUND_MAX))


def joined(*lists: Iterable[Company]) -> list[Company]:
    """Several lists as one, by code; of a company that is in two of them, the later one is taken."""
    by_code = {company.code: company for companies in lists for company in companies}
    return [by_code[code] for code in sorted(by_code)]


def _codes_beginning(digits: str) -> Iterator[str]:
    """The ranges of company codes that begin with these digits: codes are numbers, so 83, 830 to 839, 8300 to 8399…"""
    for more in range(CODE_DIGITS + 1 - len(digits)):
        yield f"(Code ge {digits}{'0' * more} and Code le {digits}{'9' * more})"


def _split_into_calls(codes: Sequence[int]) -> Iterator[Sequence[int]]:
    return (codes[start : start + CODES_A_CALL] for start in range(0, len(codes), CODES_A_CALL))


def _sort_by_code(rows: Iterable[dict[str, Any]]) -> list[Company]:
    found = (Company(code=int(row["Code"]), name=str(row["Description"] or ""), usable=_usable(row)) for row in rows)
    return sorted(found, key=lambda company: company.code)


def _usable(row: dict[str, Any]) -> bool:
    return row["Status"] == REGULAR_COMPANY and not row["BlockingStatus"]


def tie(connection: Connection, company: Company) -> Division:
    """The division of the connection's own customer for a company. Raises `CompanyTaken`."""
    try:
        with transaction.atomic():
            division, _ = Division.objects.update_or_create(
                app=connection.app,
                code=company.code,
                tenant_id=connection.tenant_id,
                defaults={"connection": connection, "name": company.name[:120], "access": DivisionAccess.OPEN},
            )
    except IntegrityError as error:
        if taken_by_others(connection.tenant_id, [company.code], country=connection.app.country):
            raise CompanyTaken(str(company.code)) from error
        raise
    Lane.objects.get_or_create(division=division, defaults={"tenant_id": division.tenant_id})
    return division


def taken_by_others(tenant_id: int, codes: Iterable[int], *, country: str) -> set[int]:
    """The codes of these companies that another customer has linked; nothing else of other customers is told."""
    with serving(EVERYTHING):
        rows = Division.objects.filter(app__country=country, code__in=[*codes]).exclude(tenant_id=tenant_id)
        return {*rows.values_list("code", flat=True)}


def revive(connection: Connection, companies: Iterable[Company]) -> list[Division]:
    """Give a customer's divisions whose consent has ended a new consent that may enter them, and wake their lanes."""
    codes = [company.code for company in companies if company.usable]
    mine = Division.objects.filter(tenant_id=connection.tenant_id, app=connection.app, code__in=codes)
    with transaction.atomic():
        mine.exclude(usable("connection__")).update(connection=connection)
        revived = [*mine.filter(connection=connection)]
        mine.filter(connection=connection).update(access=DivisionAccess.OPEN)
        waiting = (PauseCode.RECONNECT_REQUIRED, PauseCode.CONSENT_IN_DOUBT)
        Lane.objects.filter(division__in=revived, pause_code__in=waiting).update(
            paused_until=None, pause_code="", pause_detail=""
        )
    return revived


def look_at_access(division: Division) -> None:
    """See whether the linked user still enters the company, and whether it was archived or moved. Two calls at most.

    Raises any `ExactError` except a missing right, which is one of the answers.
    """
    with division_client(division, for_people=False) as client:
        this = f"Code eq {division.code}"
        row = _read_first(client, COMPANIES, "Code,Status,BlockingStatus", this)
        moved = exact_date(
            (_read_first(client, "system/Divisions", "Code,DivisionMoveDate", this) or {}).get("DivisionMoveDate")
        )
    access = DivisionAccess.OPEN
    if row is None:
        access = DivisionAccess.GONE
    elif row["Status"] != REGULAR_COMPANY:
        access = DivisionAccess.ARCHIVED
    division.access, division.moved_at = access, moved or division.moved_at
    division.save(update_fields=["access", "moved_at"])


def _read_first(client: ExactClient, resource: str, select: str, wanted: str) -> dict[str, Any] | None:
    try:
        return next(client.rows(resource, select=select, filter=wanted), None)
    except Forbidden:
        return None
