"""An entry of the books as the document it came from, so that it can be changed and booked again."""

import json
from decimal import Decimal

from simulators.exact_online.database import Database, Row

from .company import Company
from .document import Document, DocumentLine, EntryKind

_HEADER = (
    "id",
    "journal",
    "number",
    "year",
    "period",
    "date",
    "due_date",
    "customer",
    "currency",
    "description",
    "your_ref",
    "payment_condition",
    "payment_reference",
    "document",
)
_LINE = ("id", "gl_account", "vat_code", "date", "description", "cost_center", "cost_unit", "document")


def load_document(database: Database, company: Company, kind: EntryKind, entry_id: str) -> Document | None:
    """The document with its lines; null when there is no such entry of that kind."""
    entry = database.row(
        "SELECT * FROM entry WHERE division = ? AND id = ? AND kind = ?", (company.division, entry_id, kind.name)
    )
    if entry is None:
        return None
    lines = database.rows(
        "SELECT * FROM line WHERE entry_id = ? AND role = 'document' ORDER BY line_number", (entry_id,)
    )
    return Document(
        kind=kind,
        rate=Decimal(entry["rate"]),
        opening=entry["opening_fc"],
        closing=None,  # follows from the lines
        is_kept=True,
        lines=[_line(company, kind, row) for row in lines],
        extra=json.loads(entry["extra"]),
        **{name: entry[name] for name in _HEADER},
    )


def _line(company: Company, kind: EntryKind, row: Row) -> DocumentLine:
    net = row["amount_fc"] * kind.sign
    vat = row["vat_fc"] * kind.sign if row["vat_fc"] is not None else None
    code = company.vat_code(row["vat_code"]) if row["vat_code"] else None
    holds_vat = company.amount_holds_vat(kind, code)
    return DocumentLine(
        amount=net + (vat or 0) if holds_vat else net,
        vat_amount=vat,
        account=row["account"],
        extra=json.loads(row["extra"]),
        **{name: row[name] for name in _LINE},
    )
