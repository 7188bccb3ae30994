"""The companies (divisions) an Exact user may enter, and tying one of them to a customer."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.db import IntegrityError, transaction

from exact.calls import division_client, user_client
from exact.catalogue import exact_date
from exact.client import ME, ExactClient
from exact.connection import identify
from exact.errors import Forbidden
from exact.models import Connection, Division, DivisionAccess, Lane

REGULAR_COMPANY = 0  # of hrm/Divisions; 1 is archived
COMPANIES = "hrm/Divisions"


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
        return cls(**document)

    def to_document(self) -> dict[str, Any]:
        return asdict(self)


def companies_of(connection: Connection) -> list[Company]:
    """The companies the linked user may enter, by code (rules.md §3.9); also learns who the user is.

    The first call finds a company to ask from; none is ever posted into that a person did not choose.
    """
    me = next(user_client(connection).rows(ME, select="CurrentDivision,FullName,LanguageCode,UserID,Email"))
    identify(connection, me)
    client = user_client(connection, int(me["CurrentDivision"]))
    rows = client.rows(COMPANIES, select="Code,Description,Status,BlockingStatus")
    return sorted(
        (Company(code=int(row["Code"]), name=str(row["Description"] or ""), usable=_usable(row)) for row in rows),
        key=lambda company: company.code,
    )


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
        if Division.objects.filter(app=connection.app, code=company.code).exclude(tenant_id=connection.tenant_id):
            raise CompanyTaken(str(company.code)) from error
        raise
    Lane.objects.get_or_create(division=division, defaults={"tenant_id": division.tenant_id})
    return division


def revive(connection: Connection, companies: Iterable[Company]) -> list[Division]:
    """Lead a customer's divisions whose consent has ended through a new one that may enter them; wake their lanes."""
    codes = [company.code for company in companies if company.usable]
    mine = Division.objects.filter(tenant_id=connection.tenant_id, app=connection.app, code__in=codes)
    with transaction.atomic():
        mine.exclude(connection__state="active").update(connection=connection)
        revived = [*mine.filter(connection=connection)]
        mine.filter(connection=connection).update(access=DivisionAccess.OPEN)
        Lane.objects.filter(division__in=revived, pause_code="reconnect_required").update(
            paused_until=None, pause_code="", pause_detail=""
        )
    return revived


def look_at_access(division: Division) -> None:
    """See whether the linked user still enters the company, and whether it was archived or moved. Two calls at most.

    Raises any `ExactError` but a missing right, which is what was asked.
    """
    with division_client(division, for_people=False) as client:
        this = f"Code eq {division.code}"
        row = _first(client, COMPANIES, "Code,Status,BlockingStatus", this)
        moved = exact_date(
            (_first(client, "system/Divisions", "Code,DivisionMoveDate", this) or {}).get("DivisionMoveDate")
        )
    access = DivisionAccess.OPEN
    if row is None:
        access = DivisionAccess.GONE
    elif row["Status"] != REGULAR_COMPANY:
        access = DivisionAccess.ARCHIVED
    division.access, division.moved_at = access, moved or division.moved_at
    division.save(update_fields=["access", "moved_at"])


def _first(client: ExactClient, resource: str, select: str, wanted: str) -> dict[str, Any] | None:
    try:
        return next(client.rows(resource, select=select, filter=wanted), None)
    except Forbidden:
        return None
