"""The refusals in the languages of the users (rules 4.1, 4.3)."""

import string
from typing import Any

import pytest
from simulated_exact import Company, Server

from simulators.exact_online.messages import PATTERNS, TERMS

SALES, CASH, GENERAL = (
    "salesentry/SalesEntries",
    "financialtransaction/CashEntries",
    "generaljournalentry/GeneralJournalEntries",
)


def fields(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS.keys())
def test_pattern__says_the_same_in_every_language(pattern: tuple[str, str, str]) -> None:
    """Dutch, English and French carry the same facts; only the kind of entry is English's alone, as seen live."""
    dutch, english, french = pattern
    assert fields(dutch) == fields(french)
    assert fields(english) - fields(dutch) <= {"kind"}
    assert fields(dutch) <= fields(english)


def test_terms__are_complete() -> None:
    assert all(all(words) for words in TERMS.values())


class TestSeenLive:
    """Rules 4.3, row by row: what was seen in Dutch or English comes out in those very words."""

    @pytest.fixture
    def users(self, server: Server) -> dict[str, Company]:
        """The same company as a Dutch and as an English user."""
        english = server.new_company("en")
        server.control("users", user=f"nl-{english.user}", language="nl", divisions=[english.division])
        dutch_user = f"nl-{english.user}"
        dutch = Company(server, english.division, dutch_user, server.tokens(dutch_user))
        return {"en": english, "nl": dutch}

    @pytest.mark.parametrize(
        ("changed", "dutch", "english"),
        [
            ({"EntryDate": "2025-12-31"}, "Periode is afgesloten: 2025 – 12", "Period is closed: 2025 – 12"),
            (
                {"EntryDate": "2031-01-01"},
                "Onbekend: Boekjaar (Periode-datumtabel)",
                "Unknown: Financial year (Period-date table)",
            ),
            ({"Journal": "x"}, "Ongeldige referentie: Journals", "Invalid reference: Journals"),
            ({"Journal": None}, "Verplicht: Dagboek", "Mandatory: Journal"),
            ({"Customer": "", "PaymentCondition": "00"}, "Verplicht: Relatie", "Mandatory: Relationship"),
            ({"Customer": "0000020"}, "Ongeldig: Klant (Type)", "Invalid: Customer (Type)"),
            ({"Customer": "0000030"}, "Klant: non-actief", "Customer: Inactive"),
            ({"Customer": "0000040"}, "Verplicht: Betalingsconditie", "Mandatory: Payment condition"),
            (
                {"PaymentCondition": "99"},
                "Ongeldige referentie: Betalingsconditie",
                "Invalid reference: Payment condition",
            ),
            ({"vat_code": "QQ"}, "Ongeldige referentie: Btw-code", "Invalid reference: VAT code"),
            ({"VATPercentage": 0.5}, "Ongeldig: Btw-percentage", "Invalid: VAT percentage"),
            ({"account": "758000", "VATAmountFC": 1}, "Ontbreekt: Btw-code", "Missing: VAT code"),
            ({"account": "411000"}, "Ongeldig: Grootboekrekeningtype", "Invalid: Type of ledger account"),
            ({"account": "707900"}, "Geblokkeerd: Grootboekrekening: 707900", "Blocked: Ledger account: 707900"),
            ({"CostUnit": "x"}, "Ongeldige referentie: Kostendrager", "Invalid reference: Cost unit"),
            ({"account": "622600"}, "Verplicht: Kostenplaats", "Mandatory: Cost center"),
        ],
    )
    def test_sales(self, users: dict[str, Company], changed: dict[str, Any], dutch: str, english: str) -> None:
        for language, expected in (("nl", dutch), ("en", english)):
            exact = users[language]
            other = dict(changed)
            vat_code = other.pop("vat_code", None if other.get("account") else "VN")
            names = {"VATPercentage", "VATAmountFC", "CostUnit"} & other.keys()
            line = exact.line(
                other.pop("account", "707000"), 100, vat_code, **{name: other.pop(name) for name in names}
            )
            if other.get("Customer"):
                other["Customer"] = exact.customer(other["Customer"])
            body = exact.sale(line, **other)
            assert exact.refusal(SALES, {name: value for name, value in body.items() if value != ""}) == [expected]

    def test_number_in_use(self, users: dict[str, Company]) -> None:
        exact = users["en"]
        sale = exact.sale(exact.line(), EntryNumber=26700042)
        exact.created(SALES, sale)
        assert exact.refusal(SALES, sale) == ["Already exists - Entry number: 26700042, Journal: 70"]
        assert users["nl"].refusal(SALES, sale)[0].startswith("In gebruik: Boekstuknummer")

    def test_cash_journal_and_balance(self, users: dict[str, Company]) -> None:
        exact = users["en"]
        wrong = exact.receipt(exact.receipt_line(1), JournalCode="70")
        assert exact.refusal(CASH, wrong) == ["Invalid journal. The journal must be a cash journal."]
        open_to_close = exact.receipt(exact.receipt_line(1), OpeningBalanceFC=0, ClosingBalanceFC=2)
        (reason,) = exact.refusal(CASH, open_to_close)
        assert reason == "Opening balance plus all cash entry lines should result in the closing balance"

    def test_general_journal(self, users: dict[str, Company]) -> None:
        exact = users["en"]
        lines = [exact.line("530000", 1, None), exact.line("471000", -1, "VN")]
        body = {"JournalCode": "90", "GeneralJournalEntryLines": lines}
        assert exact.refusal(GENERAL, body) == [
            "The ledger account 530000 is now type Cash (10)",
            "Not allowed: VAT code",
        ]

    def test_vat_number(self, users: dict[str, Company]) -> None:
        reasons = users["nl"].refusal("crm/Accounts", {"Name": "N", "VATNumber": "NL004495446B01"})
        assert reasons == ["Ongeldig controlecijfer voor btw-nummer."]
