"""What an export's file or its posted entries add up to, as JSON: money and dates as text."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from ledger.files.bridge import Bridge
from ledger.files.control_sheet import ControlSheet
from ledger.files.takings import MeansReceived, RateTotal
from ledger.money import money_text, total


def takings_document(rates: Iterable[RateTotal], means: Iterable[MeansReceived], bridge: Bridge) -> dict[str, Any]:
    """Sales per VAT rate, receipts per means, the turnover, and the way to it from what the tills say."""
    sold = [*rates]
    return {
        "turnover": money_text(total(rate.gross for rate in sold)),
        "rates": [{**_write_as_json(asdict(rate)), "gross": money_text(rate.gross)} for rate in sold],
        "means": [_write_as_json(asdict(it)) for it in means],
        "bridge": bridge.to_document(),
    }


def sheet_document(sheet: ControlSheet) -> dict[str, Any]:
    """The control sheet as JSON, money and dates as text."""
    document: dict[str, Any] = _write_as_json(asdict(sheet))
    for row, account in zip(document["accounts"], sheet.accounts, strict=True):
        row["balance"] = money_text(account.balance)
    for row, rate in zip(document["rates"], sheet.rates, strict=True):
        row["gross"] = money_text(rate.gross)
    document["bridge"] = sheet.bridge.to_document()
    return document


def _write_as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return money_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _write_as_json(it) for name, it in value.items()}
    if isinstance(value, list | tuple):
        return [_write_as_json(it) for it in value]
    return value
