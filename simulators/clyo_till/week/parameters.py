"""The settings a till of the company sends: VAT slots, accounts and journals."""

from typing import Any

from .agenda import Establishment
from .closing import SOFTWARE
from .menu import RATES

VAT_CODES = {1: "VN", 2: "VR", 3: "VB", 4: "VS", 5: "V0"}
_SERVICES, _GOODS = "706000", "707000"
# At 0 % nothing is ever booked on a VAT account, but a till has to name one.
_VAT_ACCOUNTS = {1: "445711", 2: "445712", 3: "445713", 4: "445714", 5: "445711"}
_MEALS_SLOT = 2


def parameters_of(establishment: Establishment) -> dict[str, Any]:
    """The body of PUT /parameters."""
    sales, receipts, cash = establishment.journals
    return {
        "vat": [
            {
                "slot": slot,
                "rate": str(rate),
                "sales_account": _SERVICES if slot == _MEALS_SLOT else _GOODS,
                "vat_code": VAT_CODES[slot],
                "vat_account": _VAT_ACCOUNTS[slot],
            }
            for slot, rate in RATES.items()
        ],
        "customer_account": "411000",
        "third_party": "0000002",
        "journals": {"sales": sales, "receipts": receipts, "cash": cash},
        "software": SOFTWARE,
    }
