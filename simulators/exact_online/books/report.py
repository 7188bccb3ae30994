"""The books as JSON, for whoever compares them with what was meant: entries, lines, trial balance."""

from typing import Any

from simulators.exact_online.clock import date_of
from simulators.exact_online.database import Database, Row

from .money import text


def report(database: Database, division: int) -> dict[str, Any]:
    """Every entry of a company with its lines, in the order of journal and number, and the trial balance."""
    entries = database.rows(
        "SELECT e.*, a.code AS customer_code FROM entry e LEFT JOIN account a ON a.id = e.customer"
        " WHERE e.division = ? ORDER BY e.journal, e.year, e.number",
        (division,),
    )
    lines: dict[str, list[dict[str, Any]]] = {entry["id"]: [] for entry in entries}
    rows = database.rows(
        "SELECT l.*, g.code AS account_code, g.description AS account_description, a.code AS third_party_code"
        " FROM line l JOIN gl_account g ON g.id = l.gl_account LEFT JOIN account a ON a.id = l.account"
        " WHERE l.division = ? ORDER BY l.line_number",
        (division,),
    )
    for row in rows:
        lines[row["entry_id"]].append(_line(row))
    return {
        "division": division,
        "entries": [_entry(entry, lines[entry["id"]]) for entry in entries],
        "trial_balance": _trial_balance(database, division),
    }


def _entry(entry: Row, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "entry_id": entry["id"],
        "kind": entry["kind"],
        "journal": entry["journal"],
        "entry_number": entry["number"],
        "date": date_of(entry["date"]).isoformat(),
        "year": entry["year"],
        "period": entry["period"],
        "reference": entry["your_ref"],
        "description": entry["description"],
        "customer_code": _bare(entry["customer_code"]),
        "payment_condition": entry["payment_condition"],
        "type": entry["type"],
        "status": entry["status"],
        "amount": text(entry["amount_fc"]),
        "vat": text(entry["vat_fc"]),
        "opening_balance": text(entry["opening_fc"]) if entry["opening_fc"] is not None else None,
        "closing_balance": text(entry["closing_fc"]) if entry["closing_fc"] is not None else None,
        "lines": lines,
    }


def _line(row: Row) -> dict[str, Any]:
    amount = row["amount_dc"]
    return {
        "id": row["id"],
        "line_number": row["line_number"],
        "role": row["role"],
        "account_code": row["account_code"],
        "account_description": row["account_description"],
        "third_party_code": _bare(row["third_party_code"]),
        "debit": text(max(amount, 0)),
        "credit": text(max(-amount, 0)),
        "vat_code": _bare(row["vat_code"]),
        "vat_percentage": row["vat_percentage"],
        "date": date_of(row["date"]).isoformat(),
        "description": row["description"],
        "cost_center": row["cost_center"],
        "cost_unit": row["cost_unit"],
    }


def trial_balance_rows(database: Database, division: int) -> list[Row]:
    """Every GL account with lines: `code`, `description`, and `debit` and `credit` in cents."""
    return database.rows(
        "SELECT g.code, g.description, l.debit, l.credit FROM ("
        "   SELECT gl_account, sum(max(amount_dc, 0)) AS debit, sum(max(-amount_dc, 0)) AS credit"
        "   FROM line WHERE division = ? GROUP BY gl_account) l"
        " JOIN gl_account g ON g.id = l.gl_account ORDER BY g.code",
        (division,),
    )


def _trial_balance(database: Database, division: int) -> dict[str, Any]:
    rows = trial_balance_rows(database, division)
    accounts = [
        {
            "account_code": row["code"],
            "account_description": row["description"],
            "debit": text(row["debit"]),
            "credit": text(row["credit"]),
            "balance": text(row["debit"] - row["credit"]),
        }
        for row in rows
    ]
    debit, credit = sum(row["debit"] for row in rows), sum(row["credit"] for row in rows)
    return {"accounts": accounts, "debit": text(debit), "credit": text(credit), "difference": text(debit - credit)}


def _bare(code: str | None) -> str | None:
    return code.strip() if code is not None else None
