"""Somebody who works in the same Exact company by hand."""

from typing import Any

from exact.models import Division, Posting
from tests.conftest import SimulatedExact


class Bookkeeper:
    """Reads and changes entries through the API, with the customer's own rights."""

    def __init__(self, exact: SimulatedExact, division: Division) -> None:
        division.connection.refresh_from_db()
        self._http, self._base = exact.http, f"/api/v1/{division.code}"
        self._headers = {"Authorization": f"Bearer {division.connection.access_token}", "Accept": "application/json"}

    def get(self, path: str) -> Any:
        answer = self._http.get(f"{self._base}/{path}", headers=self._headers)
        assert answer.status_code == 200, answer.text
        content = answer.json()["d"]
        return content.get("results", content)

    def send(self, method: str, path: str, body: Any = None) -> None:
        answer = self._http.request(method, f"{self._base}/{path}", json=body, headers=self._headers)
        assert answer.status_code in (201, 204), answer.text

    def delete(self, posting: Posting) -> None:
        self.send("DELETE", f"salesentry/SalesEntries(guid'{posting.entry_id}')")

    def line(self, posting: Posting, amount: float) -> str:
        """The address of the line of that amount."""
        lines = self.get(f"salesentry/SalesEntryLines?$filter=EntryID eq guid'{posting.entry_id}'")
        return f"salesentry/SalesEntryLines(guid'{next(it['ID'] for it in lines if it['AmountFC'] == amount)}')"

    def copy(self, posting: Posting, *, reference: str = "") -> None:
        """Enter a sale of 10.00 under the reference of another."""
        entry = self.get(f"salesentry/SalesEntries(guid'{posting.entry_id}')?$expand=SalesEntryLines")
        account = entry["SalesEntryLines"]["results"][0]["GLAccount"]
        body = {
            "Journal": "70",
            "Customer": entry["Customer"],
            "EntryDate": "2026-03-14",
            "YourRef": reference or posting.reference,
            "PaymentCondition": "00",
            "SalesEntryLines": [{"GLAccount": account, "AmountFC": 10.0}],
        }
        self.send("POST", "salesentry/SalesEntries", body)

    def copy_receipts(self, posting: Posting, *, reference: str) -> None:
        """Enter a receipts entry once more, under another reference."""
        path = f"financialtransaction/CashEntries(guid'{posting.entry_id}')?$expand=CashEntryLines"
        entry = self.get(path)
        lines = [
            {
                "GLAccount": it["GLAccount"],
                "AmountFC": it["AmountFC"],
                "Account": it["Account"],
                "Date": "2026-03-14",
                "Description": it["Description"].replace(posting.reference, reference),
            }
            for it in entry["CashEntryLines"]["results"]
        ]
        self.send("POST", "financialtransaction/CashEntries", {"JournalCode": "30", "CashEntryLines": lines})

    def double(self, posting: Posting) -> None:
        """Enter the same sale once more, to the cent, under its reference."""
        entry = self.get(f"salesentry/SalesEntries(guid'{posting.entry_id}')?$expand=SalesEntryLines")
        names = ("GLAccount", "AmountFC", "VATCode", "VATAmountFC")
        lines = [{name: it[name] for name in names} for it in entry["SalesEntryLines"]["results"]]
        body = {
            "Journal": entry["Journal"],
            "Customer": entry["Customer"],
            "EntryDate": f"{posting.business_date:%Y-%m-%d}",
            "YourRef": posting.reference,
            "PaymentCondition": entry["PaymentCondition"],
            "SalesEntryLines": lines,
        }
        self.send("POST", "salesentry/SalesEntries", body)
