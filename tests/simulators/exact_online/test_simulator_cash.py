"""Cash, bank and general journal entries (rules 6)."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from simulated_exact import Company, Server, message

CASH, CASH_LINES = "financialtransaction/CashEntries", "financialtransaction/CashEntryLines"
BANK, BANK_LINES = "financialtransaction/BankEntries", "financialtransaction/BankEntryLines"
GENERAL, GENERAL_LINES = "generaljournalentry/GeneralJournalEntries", "generaljournalentry/GeneralJournalEntryLines"


class TestCash:
    """Rules 6: the journal's own account is Exact's side."""

    def test_the_live_example(self, exact: Company) -> None:
        """A receipt of 50: 530000 +50, the line's account -50."""
        exact.created(CASH, exact.receipt({"GLAccount": exact.gl("101000"), "AmountFC": 50, "Date": "2026-11-20"}))
        assert exact.ledger() == {"530000": Decimal(50), "101000": Decimal(-50)}

    def test_a_day_of_a_till(self, exact: Company) -> None:
        """Receipt positive, payment negative: cards and cheques leave the drawer for their own accounts."""
        exact.created(
            CASH,
            exact.receipt(
                exact.receipt_line("1859.82"),
                exact.line("511500", -1100, None),
                exact.line("511200", -57, None),
                exact.line("511810", -210, None),
                exact.line("411000", -80, None, Account=exact.customer("0000010")),
            ),
        )
        assert exact.ledger()["530000"] == Decimal("412.82")
        lines = exact.books()["entries"][0]["lines"]
        assert [line["third_party_code"] for line in lines] == [None, "0000002", None, None, None, "0000010"]

    def test_answer_of_a_post(self, exact: Company) -> None:
        entry = exact.created(CASH, exact.receipt(exact.receipt_line(50), FinancialYear=2026, FinancialPeriod=11))
        assert (entry["EntryNumber"], entry["JournalCode"], entry["Status"]) == (26300001, "30", 20)
        assert (entry["FinancialYear"], entry["FinancialPeriod"]) == (2026, 11)
        assert entry["CashEntryLines"]["__deferred"]["uri"].endswith("/CashEntryLines")
        rows = exact.rows(CASH_LINES, filter=f"EntryID eq guid'{entry['EntryID']}'")
        row = rows[0]
        assert (row["AmountFC"], row["GLAccountCode"], row["EntryNumber"]) == (50, "411000", 26300001)
        assert row["AccountCode"] == "           0000002"
        ledger = exact.rows("financialtransaction/TransactionLines", select="ID,LineNumber,Type,AmountFC")
        counter = next(line for line in ledger if line["LineNumber"] == 0)
        assert row["OffsetID"] == counter["ID"]
        assert {line["Type"] for line in ledger} == {40}

    def test_found_by_the_lines_description(self, exact: Company) -> None:
        """Rules 8: there is no reference on the header."""
        entry = exact.created(CASH, exact.receipt(exact.receipt_line(50, Description="Z-8301-000042 espèces")))
        condition = "substringof('Z-8301-000042',Description) eq true and Date ge datetime'2026-11-01'"
        assert [row["EntryID"] for row in exact.rows(CASH_LINES, filter=condition, select="EntryID")] == [
            entry["EntryID"]
        ]

    def test_date_of_the_line_gives_the_period(self, exact: Company) -> None:
        exact.created(CASH, exact.receipt(exact.receipt_line(50, Date="2026-03-31")))
        assert exact.books()["entries"][0]["period"] == 3

    def test_balances_are_filled(self, exact: Company) -> None:
        """Rules 6: left out, the opening balance is the previous closing one."""
        first = exact.created(CASH, exact.receipt(exact.receipt_line(50)))
        second = exact.created(CASH, exact.receipt(exact.receipt_line(-20)))
        assert (first["OpeningBalanceFC"], first["ClosingBalanceFC"]) == (0, 50)
        third = exact.created(CASH, exact.receipt(exact.receipt_line(1)))
        assert (second["OpeningBalanceFC"], second["ClosingBalanceFC"]) == (50, 30)
        assert (third["OpeningBalanceFC"], third["ClosingBalanceFC"]) == (30, 31)

    def test_balances_given(self, exact: Company) -> None:
        body = exact.receipt(exact.receipt_line(250), OpeningBalanceFC=1000, ClosingBalanceFC=1250)
        entry = exact.created(CASH, body)
        assert (entry["OpeningBalanceFC"], entry["ClosingBalanceFC"]) == (1000, 1250)

    @pytest.mark.parametrize(
        "balances", [{"OpeningBalanceFC": 1000, "ClosingBalanceFC": 1200}, {"ClosingBalanceFC": 1}]
    )
    def test_balances_that_do_not_add_up(self, exact: Company, balances: dict[str, Any]) -> None:
        reasons = exact.refusal(CASH, exact.receipt(exact.receipt_line(250), **balances))
        assert reasons == ["Le solde d'ouverture plus toutes les lignes doit donner le solde de clôture"]

    def test_vat_on_a_line(self, exact: Company) -> None:
        """Rules 6: revenue straight into the cash book; with an excluding code VAT comes on top."""
        entry = exact.created(CASH, exact.receipt(exact.line("706020", 100, "VN")))
        assert exact.ledger() == {"530000": Decimal(120), "706020": Decimal(-100), "445711": Decimal(-20)}
        assert entry["ClosingBalanceFC"] == 120

    def test_purchase_from_the_drawer(self, exact: Company) -> None:
        """An expense of 11.00 at 5.5 %: VAT to claim."""
        exact.created(CASH, exact.receipt(exact.line("607000", "-10.43", "AB", AmountVATFC="-0.57")))
        assert exact.ledger() == {"530000": Decimal(-11), "607000": Decimal("10.43"), "445663": Decimal("0.57")}

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"JournalCode": None}, "Journal non valide. Le journal doit être un journal de caisse."),
            ({"JournalCode": "70"}, "Journal non valide. Le journal doit être un journal de caisse."),
            ({"JournalCode": "50"}, "Journal non valide. Le journal doit être un journal de caisse."),
            ({"JournalCode": str(uuid.UUID(int=0))}, "Référence non valide : Journals"),
            ({"CashEntryLines": []}, "Obligatoire : Lignes d'écriture"),
            ({"FinancialYear": 2025, "FinancialPeriod": 1}, "La période est clôturée : 2025 – 1"),
        ],
    )
    def test_refused(self, exact: Company, changed: dict[str, Any], reason: str) -> None:
        given = {**exact.receipt(exact.receipt_line(50)), **changed}
        assert exact.refusal(CASH, {name: value for name, value in given.items() if value is not None}) == [reason]
        assert exact.books()["entries"] == []

    def test_journal_instead_of_journal_code(self, exact: Company) -> None:
        """Rules 4.3: `Journal` is no property of a cash entry."""
        assert exact.post(CASH, {"Journal": "30", "CashEntryLines": []}).status_code == 400

    def test_receivable_account_needs_a_third_party(self, exact: Company) -> None:
        """Rules 6: `Account` is required when the GL account is of type 20 or 22."""
        for account in ("411000", "401000"):
            assert exact.refusal(CASH, exact.receipt(exact.line(account, 50, None))) == ["Obligatoire : Relation"]
        line = exact.line("411000", 50, None, Account=str(uuid.uuid4()))
        assert exact.refusal(CASH, exact.receipt(line)) == ["Référence non valide : Relation"]

    def test_own_account_is_no_line(self, exact: Company) -> None:
        reasons = exact.refusal(CASH, exact.receipt(exact.line("530000", 50, None)))
        assert reasons == ["Non valide : Type de compte général"]

    def test_line_alone(self, exact: Company) -> None:
        """Rules 6: lines know GET and POST."""
        entry = exact.created(CASH, exact.receipt(exact.receipt_line(50)))
        exact.created(CASH_LINES, {**exact.line("511500", -20, None), "EntryID": entry["EntryID"]})
        assert exact.ledger()["530000"] == 30
        assert exact.get(f"{CASH}(guid'{entry['EntryID']}')").json()["d"]["ClosingBalanceFC"] == 30

    def test_delete(self, exact: Company, server: Server) -> None:
        """Rules 6: DELETE while the status is 20."""
        kept, gone = (exact.created(CASH, exact.receipt(exact.receipt_line(50))) for _ in range(2))
        server.control("entries/status", division=exact.division, entry_id=kept["EntryID"], status=50)
        answer = exact.call("DELETE", f"{CASH}(guid'{kept['EntryID']}')")
        assert (answer.status_code, message(answer)) == (500, "Non autorisé : Écriture a été traité")
        assert exact.call("DELETE", f"{CASH}(guid'{gone['EntryID']}')").status_code == 204
        assert exact.ledger()["530000"] == 50

    def test_other_kinds_are_not_mixed_in(self, exact: Company) -> None:
        entry = exact.created(CASH, exact.receipt(exact.receipt_line(50)))
        assert exact.rows(BANK, select="EntryID") == exact.rows("salesentry/SalesEntries", select="EntryID") == []
        assert exact.call("DELETE", f"{BANK}(guid'{entry['EntryID']}')").status_code == 404


class TestBank:
    """Rules 6: bank journals, and those of a payment service."""

    def body(self, exact: Company, journal: str, **other: Any) -> dict[str, Any]:
        return {"JournalCode": journal, "BankEntryLines": [exact.receipt_line(50)], **other}

    @pytest.mark.parametrize(("journal", "account"), [("50", "512000"), ("51", "511600")])
    def test_journal_types(self, exact: Company, journal: str, account: str) -> None:
        entry = exact.created(BANK, self.body(exact, journal))
        assert exact.ledger()[account] == 50
        assert len(exact.rows(BANK_LINES, filter=f"EntryID eq guid'{entry['EntryID']}'", select="ID")) == 1

    def test_cash_journal_is_refused(self, exact: Company) -> None:
        reasons = exact.refusal(BANK, self.body(exact, "30"))
        assert reasons == ["Journal non valide. Le journal doit être un journal de banque."]

    def test_balance(self, server: Server) -> None:
        exact = server.new_company("en")
        (reason,) = exact.refusal(BANK, self.body(exact, "50", OpeningBalanceFC=0, ClosingBalanceFC=1))
        assert reason == "Opening balance plus all bank entry lines should result in the closing balance"


class TestGeneral:
    """Rules 6: debit positive, credit negative, the sum is zero."""

    def body(self, exact: Company, *lines: dict[str, Any], journal: str = "90") -> dict[str, Any]:
        return {"JournalCode": journal, "GeneralJournalEntryLines": list(lines)}

    def test_balanced(self, exact: Company) -> None:
        entry = exact.created(
            GENERAL, self.body(exact, exact.line("658000", 2.82, None), exact.line("471000", -2.82, None))
        )
        assert exact.ledger() == {"658000": Decimal("2.82"), "471000": Decimal("-2.82")}
        assert entry["EntryNumber"] == 26900001
        amounts = [row["AmountFC"] for row in exact.rows(GENERAL_LINES, orderby="LineNumber", select="AmountFC")]
        assert amounts == [2.82, -2.82]

    def test_out_of_balance(self, exact: Company) -> None:
        reasons = exact.refusal(
            GENERAL, self.body(exact, exact.line("658000", 1, None), exact.line("471000", -2, None))
        )
        assert reasons == ["L'écriture n'est pas équilibrée. Différence EUR -1.00"]

    def test_vat_needs_a_journal_that_allows_it(self, exact: Company) -> None:
        lines = [exact.line("706020", -100, "VN"), exact.line("471000", 120, None)]
        assert "Non autorisé : Code TVA" in exact.refusal(GENERAL, self.body(exact, *lines))
        exact.created(GENERAL, self.body(exact, *lines, journal="91"))
        assert exact.ledger() == {"706020": Decimal(-100), "445711": Decimal(-20), "471000": Decimal(120)}

    def test_cash_account_is_refused(self, exact: Company) -> None:
        reasons = exact.refusal(
            GENERAL, self.body(exact, exact.line("530000", 1, None), exact.line("471000", -1, None))
        )
        assert reasons == ["Le compte général 530000 est maintenant du type Cash (10)"]
