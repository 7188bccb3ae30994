"""Sales entries (rules 5): what is booked, what is refused, what can be changed."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from simulated_exact import Company, Server, message

SALES = "salesentry/SalesEntries"
LINES = "salesentry/SalesEntryLines"
UNKNOWN = str(uuid.uuid4())


def lines_of(exact: Company, entry: dict[str, Any]) -> list[dict[str, Any]]:
    select = "LineNumber,AmountFC,VATAmountFC,VATBaseAmountFC,VATCode,VATPercentage,Description,ID"
    return exact.rows(LINES, filter=f"EntryID eq guid'{entry['EntryID']}'", select=select, orderby="LineNumber")


class TestBooking:
    """Rules 5.1 and 5.2: what stands in the ledger."""

    def test_the_live_example(self, exact: Company) -> None:
        """A sale of 300.00 + 5.5 %: AR +316.50, revenue -300.00, VAT -16.50 (rules 5.2)."""
        exact.created(SALES, exact.sale(exact.line("706010", 300, "VB")))
        assert exact.ledger() == {"411000": Decimal("316.50"), "706010": Decimal(-300), "445713": Decimal("-16.50")}

    def test_transaction_lines(self, exact: Company) -> None:
        """Debit positive, credit negative; header 0, VAT lines with high numbers; VAT codes on base and VAT line."""
        entry = exact.created(SALES, exact.sale(exact.line("706010", 300, "VB"), YourRef="Z 1"))
        rows = exact.rows(
            "financialtransaction/TransactionLines",
            filter=f"EntryID eq guid'{entry['EntryID']}'",
            select="LineNumber,GLAccountCode,AmountDC,AmountFC,VATCode,AmountVATFC,JournalCode,Type,YourRef,VATType",
            orderby="LineNumber",
        )
        seen = [(row["LineNumber"], row["GLAccountCode"], row["AmountDC"], row["VATCode"]) for row in rows]
        assert seen == [(0, "411000", 316.5, None), (1, "706010", -300, "VB "), (9999, "445713", -16.5, "VB ")]
        assert [row["VATType"] for row in rows] == [None, "V", "A"]
        assert {row["YourRef"] for row in rows} == {"Z 1"}
        assert {row["Type"] for row in rows} == {20}
        assert rows[1]["AmountVATFC"] == -16.5

    def test_answer_of_a_post(self, exact: Company) -> None:
        """Rules 3.3, 3.7: 201 with the entry; dates as UTC midnight, wall-clock stamps, lines deferred."""
        answer = exact.post(SALES, exact.sale(exact.line("706010", 300, "VB"), YourRef="R", Description="D"))
        assert answer.status_code == 201
        entry = answer.json()["d"]
        assert answer.headers["Location"] == entry["__metadata"]["uri"]
        assert list(entry)[:3] == ["__metadata", "EntryID", "AmountDC"]
        assert (entry["AmountFC"], entry["VATAmountFC"], entry["Currency"], entry["Rate"]) == (316.5, 16.5, "EUR", 1)
        assert entry["EntryDate"] == "/Date(1795132800000)/"
        assert (entry["ReportingYear"], entry["ReportingPeriod"]) == (2026, 11)
        assert (entry["Status"], entry["StatusDescription"], entry["Type"]) == (20, "Open", 20)
        assert entry["SalesEntryLines"] == {"__deferred": {"uri": entry["__metadata"]["uri"] + "/SalesEntryLines"}}
        assert (entry["YourRef"], entry["Description"], entry["Division"]) == ("R", "D", exact.division)

    def test_lines_at_the_deferred_address(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line("706010", 300, "VB")))
        uri = entry["SalesEntryLines"]["__deferred"]["uri"]
        (line,) = exact.server.http.get(uri, headers=exact.headers).json()["d"]["results"]
        assert (line["AmountFC"], line["VATAmountFC"], line["VATBaseAmountFC"]) == (300, 16.5, 300)
        assert (line["GLAccountCode"], line["VATPercentage"]) == ("706010", 0.055)

    @pytest.mark.parametrize(
        ("amount", "code", "vat"),
        [
            (100, "VN", "20.00"),
            (100, "VN ", "20.00"),
            (826.45, "VN", "165.29"),
            ("12.50", "VR", "1.25"),
            (10.05, "VR", "1.01"),
            (-10.05, "VR", "-1.01"),
            (100, "VB", "5.50"),
            (100, "VS", "2.10"),
            (100, "V0", "0.00"),
            (100, "VX", "0.00"),
            (0.004, "VN", "0.00"),
        ],
    )
    def test_excluding_codes(self, exact: Company, amount: Any, code: str, vat: str) -> None:
        """Rules 5.1: the amount is net, VAT comes on top, to the cent, half a cent away from zero."""
        exact.created(SALES, exact.sale(exact.line("708500", amount, code)))
        (entry,) = exact.books()["entries"]
        assert entry["vat"] == vat
        exact.ledger()

    def test_including_code(self, exact: Company) -> None:
        """Rules 5.1: with a type-I code the amount holds its VAT."""
        exact.created(SALES, exact.sale(exact.line("708500", 120, "VI")))
        assert exact.ledger() == {"411000": Decimal(120), "708500": Decimal(-100), "445715": Decimal(-20)}

    def test_line_vat_amount_wins(self, exact: Company) -> None:
        """Rules 5.1: `VATAmountFC` of a line replaces the computed VAT."""
        entry = exact.created(SALES, exact.sale(exact.line("706020", "13.65", "VR", VATAmountFC=1.35)))
        assert (entry["AmountFC"], entry["VATAmountFC"]) == (15, 1.35)
        assert exact.ledger()["445712"] == Decimal("-1.35")

    def test_line_vat_amount_of_zero(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line(amount=100, VATAmountFC=0)))
        assert entry["AmountFC"] == 100

    def test_header_vat_amount_changes_nothing(self, exact: Company) -> None:
        """Rules 5.1: live, a header value did not change the result."""
        entry = exact.created(SALES, exact.sale(exact.line(), VATAmountFC=21))
        assert entry["VATAmountFC"] == 20

    def test_amount_dc_is_ignored(self, exact: Company) -> None:
        """Rules 3.7: a read-only property is silently left out, and the entry is 0.00."""
        entry = exact.created(SALES, exact.sale(exact.line(amount=None, AmountDC=100)))
        assert entry["AmountFC"] == 0

    def test_default_vat_code_of_the_account(self, exact: Company) -> None:
        """Rules 5.1: without a code the account's default is used."""
        entry = exact.created(SALES, exact.sale(exact.line("706020", 100, None)))
        assert entry["VATAmountFC"] == 20
        entry = exact.created(SALES, exact.sale(exact.line("708500", 100, None)))
        assert entry["VATAmountFC"] == 0

    def test_percentage_of_the_entry_date(self, exact: Company) -> None:
        """Rules 5.1: percentages change over time."""
        exact.created(
            "vat/VATCodes", given := {"Code": "T1", "Description": "T", "Type": "E", "VATTransactionType": "S"}
        )
        code = exact.rows("vat/VATCodes", filter="trim(Code) eq 'T1'", select="ID")[0]["ID"]
        accounts = exact.rows("financial/GLAccounts", filter="Code eq '445711'", select="ID")
        percentages = [
            {"Percentage": 0.1, "StartDate": "2026-01-01", "EndDate": "2026-06-30"},
            {"Percentage": 0.2, "StartDate": "2026-07-01"},
        ]
        changes = {"GLToPay": accounts[0]["ID"], "VATPercentages": percentages}
        assert exact.call("PUT", f"vat/VATCodes(guid'{code}')", json=changes).status_code == 204
        totals = [
            exact.created(SALES, exact.sale(exact.line("708500", 100, given["Code"]), EntryDate=day))["AmountFC"]
            for day in ("2026-06-30", "2026-07-01")
        ]
        assert totals == [110, 120]

    def test_several_rates_and_a_negative_line(self, exact: Company) -> None:
        """Rules 5: a mixed day simply has a negative line; VAT lines are made per code."""
        exact.created(
            SALES,
            exact.sale(
                exact.line("706010", 100, "VR"),
                exact.line("706020", 50, "VN"),
                exact.line("706020", -10, "VN"),
                exact.line("707090", 5, "V0"),
            ),
        )
        assert exact.ledger() == {
            "411000": Decimal(163),
            "706010": Decimal(-100),
            "706020": Decimal(-40),
            "707090": Decimal(-5),
            "445712": Decimal(-10),
            "445711": Decimal(-8),
        }

    def test_below_zero_is_a_credit_note(self, exact: Company) -> None:
        """Rules 13 d: open; here a negative total becomes type 21."""
        entry = exact.created(SALES, exact.sale(exact.line(amount=-60)))
        assert (entry["Type"], entry["TypeDescription"], entry["AmountFC"]) == (21, "Sales credit note", -72)

    def test_posted_type_and_status_are_ignored(self, exact: Company) -> None:
        """Rules 5: read-only, although clients post them."""
        entry = exact.created(SALES, exact.sale(exact.line(), Type=21, Status=50))
        assert (entry["Type"], entry["Status"]) == (20, 20)

    def test_rare_properties_come_back(self, exact: Company) -> None:
        line = exact.line(Quantity=2.5, Notes="n", SerialNumber="s")
        entry = exact.created(SALES, exact.sale(line, OrderNumber=7, ExternalLinkReference="e"))
        assert (entry["OrderNumber"], entry["ExternalLinkReference"]) == (7, "e")
        row = exact.rows(LINES, filter=f"EntryID eq guid'{entry['EntryID']}'")[0]
        assert (row["Quantity"], row["Notes"], row["SerialNumber"]) == (2.5, "n", "s")

    def test_foreign_currency(self, exact: Company) -> None:
        """Amounts in FC and DC: the books stay balanced in the company's currency."""
        lines = [exact.line(amount="33.33"), exact.line("706010", "33.33", "VR")]
        entry = exact.created(SALES, exact.sale(*lines, Currency="USD", Rate=0.9137))
        assert entry["AmountFC"] == 76.66
        assert exact.ledger()["411000"] == Decimal("70.03")  # 30.45 + 30.45 + 6.09 + 3.04, each rounded
        assert exact.refusal(SALES, exact.sale(exact.line(), Currency="USD")) == ["Obligatoire : Taux de change"]

    def test_receivable_account_of_the_customer(self, exact: Company) -> None:
        """Rules 5.2: the AR line uses the account's own GLAR first."""
        other = exact.created("financial/GLAccounts", {"Code": "411900", "Description": "x", "Type": 20})
        customer = exact.created("crm/Accounts", {"Name": "N", "Status": "C", "GLAR": other["ID"]})
        exact.created(SALES, exact.sale(exact.line(), Customer=customer["ID"], PaymentCondition="00"))
        assert exact.ledger()["411900"] == 120


class TestNumbers:
    """Rules 5 and 8: entry numbers."""

    def test_automatic(self, exact: Company) -> None:
        """YYJJNNNN per journal and year."""
        days = ["2026-11-20", "2026-11-21", "2027-01-02"]
        entries = [exact.created(SALES, exact.sale(exact.line(), EntryDate=day)) for day in days]
        assert [entry["EntryNumber"] for entry in entries] == [26700001, 26700002, 27700001]
        assert entries[0]["InvoiceNumber"] == 26700001

    def test_own_number(self, exact: Company) -> None:
        assert exact.created(SALES, exact.sale(exact.line(), EntryNumber=4711))["EntryNumber"] == 4711

    def test_own_number_twice_is_refused(self, exact: Company) -> None:
        """A hard guard: the same number in the same journal."""
        exact.created(SALES, exact.sale(exact.line(), EntryNumber=4711))
        reasons = exact.refusal(SALES, exact.sale(exact.line(), EntryNumber=4711))
        assert reasons == ["Existe déjà - Numéro d'écriture : 4711, Journal : 70"]
        assert len(exact.books()["entries"]) == 1
        exact.created("financialtransaction/CashEntries", exact.receipt(exact.receipt_line(1), EntryNumber=4711))

    def test_automatic_number_goes_round_a_taken_one(self, exact: Company) -> None:
        exact.created(SALES, exact.sale(exact.line(), EntryNumber=26700001))
        assert exact.created(SALES, exact.sale(exact.line()))["EntryNumber"] == 26700002


class TestDefaults:
    """Rules 5: what may be left out."""

    def test_entry_date_is_today(self, exact: Company, frozen: Server) -> None:
        frozen.control("clock", now="2026-06-30T23:30:00Z")  # the first of July in Paris
        company = frozen.new_company()
        entry = company.created(SALES, company.sale(company.line(), EntryDate=None))
        assert entry["EntryDate"] == "/Date(1782864000000)/"
        assert entry["ReportingPeriod"] == 7
        assert entry["Created"] == "/Date(1782869400000)/"  # 01:30 by the wall clock (rules 3.7)

    def test_payment_condition_of_the_customer(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line(), Customer=exact.customer("0000010")))
        assert (entry["PaymentCondition"], entry["PaymentConditionDescription"]) == ("30", "30 jours")
        assert entry["DueDate"] == "/Date(1797724800000)/"  # 30 days later

    def test_payment_condition_end_of_month(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line(), PaymentCondition="45"))
        assert entry["DueDate"] == "/Date(1798675200000)/"  # 31 December

    def test_period_may_be_given(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line(), ReportingYear=2026, ReportingPeriod=12))
        assert (entry["ReportingYear"], entry["ReportingPeriod"]) == (2026, 12)

    def test_line_description_is_the_headers(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line(), exact.line(Description="own"), Description="header"))
        assert [row["Description"] for row in lines_of(exact, entry)] == ["header", "own"]


class TestRefusals:
    """Rules 4.3 and 5: HTTP 500 with every reason, in the user's language."""

    @pytest.mark.parametrize(
        ("header", "reason"),
        [
            ({"Journal": None}, "Obligatoire : Journal"),
            ({"Journal": UNKNOWN}, "Référence non valide : Journals"),
            ({"Journal": "30"}, "Journal non valide. Le journal doit être un journal de ventes."),
            ({"Journal": "79"}, "Bloqué : Journal : 79"),
            ({"Customer": None}, "Obligatoire : Relation"),
            ({"Customer": UNKNOWN}, "Référence non valide : Client"),
            ({"PaymentCondition": "ZZ"}, "Référence non valide : Condition de paiement"),
            ({"EntryDate": "2024-01-01"}, "Inconnu : Exercice comptable (table des périodes)"),
            ({"EntryDate": "2025-06-01"}, "La période est clôturée : 2025 – 6"),
            ({"ReportingYear": 2026, "ReportingPeriod": 13}, "Inconnu : Exercice comptable (table des périodes)"),
            ({"SalesEntryLines": []}, "Obligatoire : Lignes d'écriture"),
            ({"Currency": "EURO"}, "Référence non valide : Devise"),
        ],
    )
    def test_header(self, exact: Company, header: dict[str, Any], reason: str) -> None:
        given = {**exact.sale(exact.line(), PaymentCondition="00"), **header}
        body = {name: value for name, value in given.items() if value is not None}
        assert exact.refusal(SALES, body) == [reason]
        assert exact.books()["entries"] == []

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ({"GLAccount": None}, "Obligatoire : Compte général"),
            ({"GLAccount": UNKNOWN}, "Référence non valide : Compte général"),
            ({"VATCode": "QQ"}, "Référence non valide : Code TVA"),
            ({"VATCode": "VZ"}, "Bloqué : Code TVA : VZ"),
            ({"VATCode": "AN"}, "TVA déductible 20 % : Non valide : Type (TVA à payer)"),
            ({"VATPercentage": 0.1}, "Non valide : Pourcentage de TVA"),
            ({"VATCode": "V0", "VATAmountFC": 1}, "Non valide : Montant de TVA"),
            ({"CostCenter": "NOWHERE"}, "Référence non valide : Centre de coûts"),
            ({"CostCenter": "TRAITEUR"}, "Référence non valide : Centre de coûts"),
            ({"CostUnit": "NOWHERE"}, "Référence non valide : Unité de coûts"),
        ],
    )
    def test_line(self, exact: Company, line: dict[str, Any], reason: str) -> None:
        body = {name: value for name, value in {**exact.line(), **line}.items() if value is not None}
        assert exact.refusal(SALES, exact.sale(body)) == [reason]

    @pytest.mark.parametrize(
        ("account", "reason"),
        [
            ("411000", "Non valide : Type de compte général"),
            ("445711", "Non valide : Type de compte général"),
            ("707900", "Bloqué : Compte général : 707900"),
        ],
    )
    def test_account(self, exact: Company, account: str, reason: str) -> None:
        """Receivable and VAT accounts, and blocked ones."""
        assert exact.refusal(SALES, exact.sale(exact.line(account))) == [reason]

    @pytest.mark.parametrize("account", ["511500", "419100", "467000", "709000", "530000"])
    def test_other_accounts_pass(self, exact: Company, account: str) -> None:
        """Rules 5: balance-sheet types other than 20 and 24 pass."""
        exact.created(SALES, exact.sale(exact.line(account, vat_code="V0")))

    @pytest.mark.parametrize(
        ("customer", "reason"),
        [
            ("0000020", "Non valide : Client (Type)"),
            ("0000030", "Client : inactif"),
            ("0000040", "Obligatoire : Condition de paiement"),
        ],
    )
    def test_customer(self, exact: Company, customer: str, reason: str) -> None:
        assert exact.refusal(SALES, exact.sale(exact.line(), Customer=exact.customer(customer))) == [reason]

    def test_blocked_customer(self, exact: Company) -> None:
        customer = exact.customer("0000010")
        exact.call("PUT", f"crm/Accounts(guid'{customer}')", json={"Blocked": True})
        (reason,) = exact.refusal(SALES, exact.sale(exact.line(), Customer=customer))
        assert reason.startswith("Bloqué : Client")

    @pytest.mark.parametrize(
        ("account", "line", "reason"),
        [
            ("622600", {}, "Obligatoire : Centre de coûts"),
            ("627000", {"CostCenter": "BAR"}, "Non autorisé : Centre de coûts"),
        ],
    )
    def test_cost_center_by_account(self, exact: Company, account: str, line: dict[str, Any], reason: str) -> None:
        """Rules 7: 1 mandatory, 2 not allowed."""
        assert exact.refusal(SALES, exact.sale(exact.line(account, **line))) == [reason]
        right = {} if line else {"CostCenter": "BAR"}
        entry = exact.created(SALES, exact.sale(exact.line(account, **right)))
        assert entry["EntryID"]

    def test_cost_center_is_kept(self, exact: Company) -> None:
        exact.created(SALES, exact.sale(exact.line(CostCenter="BAR", CostUnit="MIDI")))
        row = exact.rows(LINES, filter="CostCenter eq 'BAR'", select="CostCenterDescription,CostUnitDescription")[0]
        assert (row["CostCenterDescription"], row["CostUnitDescription"]) == ("Bar", "Service du midi")

    @pytest.mark.parametrize(
        ("language", "reasons"),
        [
            ("nl", ["Verplicht: Dagboek", "Verplicht: Relatie", "Verplicht: Betalingsconditie"]),
            ("en", ["Mandatory: Journal", "Mandatory: Relationship", "Mandatory: Payment condition"]),
            ("fr", ["Obligatoire : Journal", "Obligatoire : Relation", "Obligatoire : Condition de paiement"]),
            ("de", ["Mandatory: Journal", "Mandatory: Relationship", "Mandatory: Payment condition"]),
        ],
    )
    def test_all_reasons_in_the_users_language(self, server: Server, language: str, reasons: list[str]) -> None:
        """Rules 4.1: several reasons joined by a line break."""
        exact = server.new_company(language)
        body = exact.sale(exact.line(), Customer=None, Journal=None)
        assert exact.refusal(SALES, body) == reasons

    def test_refusal_does_not_take_a_number(self, exact: Company) -> None:
        exact.refusal(SALES, exact.sale(exact.line(), Customer=exact.customer("0000020")))
        assert exact.created(SALES, exact.sale(exact.line()))["EntryNumber"] == 26700001


class TestBodies:
    """Rules 3.7 and 4.2: bodies that cannot be read are 400."""

    @pytest.mark.parametrize(
        "changed",
        [
            {"Colour": "red"},
            {"Customer": "not a guid"},
            {"Customer": 5},
            {"Journal": 70},
            {"EntryDate": "yesterday"},
            {"EntryDate": 20261120},
            {"EntryNumber": "many"},
            {"EntryNumber": 2**40},
            {"EntryNumber": 1.5},
            {"SalesEntryLines": "none"},
            {"SalesEntryLines": ["x"]},
            {"SalesEntryLines": [{"Colour": 1}]},
            {"SalesEntryLines": [{"AmountFC": "ten"}]},
            {"SalesEntryLines": [{"AmountFC": True}]},
            {"SalesEntryLines": [{"AmountFC": 1e300}]},
            {"YourRef": "\0"},
            {"IsExtraDuty": 5},
        ],
    )
    def test_unreadable_property(self, exact: Company, changed: dict[str, Any]) -> None:
        answer = exact.post(SALES, {**exact.sale(exact.line()), **changed})
        assert answer.status_code == 400
        assert message(answer).startswith("Error processing request stream.")

    def test_half_a_character(self, exact: Company) -> None:
        """JSON can spell a lone surrogate, which is no text."""
        assert exact.call("POST", SALES, content=rb'{"YourRef": "\ud800"}').status_code == 400

    def test_unknown_property_is_named(self, exact: Company) -> None:
        answer = exact.post(SALES, {"Colour": "red"})
        expected = "The property name 'Colour' specified for type 'Exact.Web.Api.Models.SalesEntry' is not valid."
        assert message(answer) == f"Error processing request stream. {expected}"

    @pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"5", b'{"AmountFC": NaN}', b"\xff", b"[" * 100_000])
    def test_not_an_object(self, exact: Company, raw: bytes) -> None:
        answer = exact.call("POST", SALES, content=raw)
        assert answer.status_code == 400
        assert message(answer)

    @pytest.mark.parametrize(
        ("given", "day"),
        [
            ("2026-02-04", "2026-02-04"),
            ("2026-02-04T00:00:00", "2026-02-04"),
            ("2026-02-28T23:30:00", "2026-02-28"),
            ("/Date(1770163200000)/", "2026-02-04"),
            ("2026-02-03T23:30:00Z", "2026-02-04"),
            ("2026-02-04T00:30:00+02:00", "2026-02-03"),
        ],
    )
    def test_dates(self, exact: Company, given: str, day: str) -> None:
        """Rules 3.7: no zone stands as it is, a zone shifts to the company's wall clock."""
        exact.created(SALES, exact.sale(exact.line(), EntryDate=given))
        (entry,) = exact.books()["entries"]
        assert entry["date"] == day

    @pytest.mark.parametrize(
        "given", ["/Date(-62135596800001)/", "/Date(253402300800000)/", "0000-01-01", "2026-02-30"]
    )
    def test_no_such_day_is_400(self, exact: Company, given: str) -> None:
        """Rules 4.2: a day before the year 1 or after 9999 is none, in ticks as in text."""
        assert exact.post(SALES, exact.sale(exact.line(), EntryDate=given)).status_code == 400

    def test_nested_results(self, exact: Company) -> None:
        """OData's other form of a deep insert."""
        exact.created(SALES, exact.sale(SalesEntryLines={"results": [exact.line()]}))
        exact.ledger()

    def test_null_is_nothing(self, exact: Company) -> None:
        entry = exact.created(SALES, {**exact.sale(exact.line()), "PaymentCondition": None, "YourRef": None})
        assert entry["PaymentCondition"] == "00"


class TestLookUp:
    """Rules 8: finding an entry again."""

    def test_by_your_ref(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line(), YourRef="Z-8301-000042"))
        exact.created(SALES, exact.sale(exact.line(), YourRef="other"))
        rows = exact.rows(SALES, filter="YourRef eq 'Z-8301-000042'", select="EntryID,EntryNumber,AmountFC")
        assert [row["EntryID"] for row in rows] == [entry["EntryID"]]

    def test_by_description_part_and_number(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line(), Description="closing Z 42 of today"))
        for condition in (
            "substringof('Z 42',Description) eq true",
            f"EntryNumber eq {entry['EntryNumber']} and Journal eq '70'",
            "EntryDate eq datetime'2026-11-20T00:00:00' and AmountFC eq 120",
        ):
            assert len(exact.rows(SALES, filter=condition, select="EntryID")) == 1


class TestChanging:
    """Rules 5: PUT and DELETE while the entry is open."""

    def put(self, exact: Company, path: str, **changes: Any) -> None:
        answer = exact.call("PUT", path, json=changes)
        assert (answer.status_code, answer.content) == (204, b""), answer.text

    def test_put_changes_only_what_is_given(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line(VATAmountFC=19), YourRef="A", Description="B"))
        key = f"{SALES}(guid'{entry['EntryID']}')"
        self.put(exact, key, YourRef="C")
        changed = exact.get(key).json()["d"]
        same = {name for name in entry if entry[name] == changed[name]}
        assert set(entry) - same <= {"YourRef", "Modified"}
        assert changed["YourRef"] == "C"
        assert exact.ledger()["445711"] == -19

    def test_put_customer_derives_the_payment_condition_again(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line()))
        key = f"{SALES}(guid'{entry['EntryID']}')"
        self.put(exact, key, Customer=exact.customer("0000010"))
        changed = exact.get(key).json()["d"]
        assert (changed["CustomerName"], changed["PaymentCondition"]) == ("DUPONT", "30")
        assert changed["DueDate"] != entry["DueDate"]
        assert exact.books()["entries"][0]["lines"][0]["third_party_code"] == "0000010"

    def test_put_date_moves_the_period(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line()))
        self.put(exact, f"{SALES}(guid'{entry['EntryID']}')", EntryDate="2026-12-01")
        assert exact.books()["entries"][0]["period"] == 12

    def test_put_is_checked_like_a_post(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line()))
        answer = exact.call("PUT", f"{SALES}(guid'{entry['EntryID']}')", json={"EntryDate": "2025-01-01"})
        assert (answer.status_code, message(answer)) == (500, "La période est clôturée : 2025 – 1")
        assert exact.books()["entries"][0]["date"] == "2026-11-20"

    def test_put_of_nested_lines_is_400(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line()))
        answer = exact.call("PUT", f"{SALES}(guid'{entry['EntryID']}')", json={"SalesEntryLines": []})
        assert answer.status_code == 400

    def test_put_of_another_journal_is_refused(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line()))
        answer = exact.call("PUT", f"{SALES}(guid'{entry['EntryID']}')", json={"Journal": "71"})
        assert (answer.status_code, message(answer)) == (500, "Non autorisé : Journal")

    def test_put_own_number(self, exact: Company) -> None:
        first, second = (exact.created(SALES, exact.sale(exact.line())) for _ in range(2))
        key = f"{SALES}(guid'{second['EntryID']}')"
        answer = exact.call("PUT", key, json={"EntryNumber": first["EntryNumber"]})
        assert (answer.status_code, message(answer)[:10]) == (500, "Existe déj")
        self.put(exact, key, EntryNumber=99)
        assert exact.get(key).json()["d"]["EntryNumber"] == 99

    def test_line_can_be_changed_added_and_taken_out(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line(amount=100, VATAmountFC=19)))
        (line,) = lines_of(exact, entry)
        self.put(exact, f"{LINES}(guid'{line['ID']}')", AmountFC=200)  # another amount: VAT is computed again
        assert exact.ledger()["411000"] == 240
        added = exact.created(LINES, exact.line("706010", 10, "VR", EntryID=entry["EntryID"]))
        assert exact.ledger()["411000"] == 251
        assert exact.call("DELETE", f"{LINES}(guid'{added['ID']}')").status_code == 204
        assert exact.ledger()["411000"] == 240
        assert exact.call("DELETE", f"{LINES}(guid'{line['ID']}')").status_code == 500

    def test_line_alone_needs_its_entry(self, exact: Company) -> None:
        assert exact.refusal(LINES, exact.line()) == ["Obligatoire : Écriture"]
        assert exact.refusal(LINES, exact.line(EntryID=UNKNOWN)) == ["Référence non valide : Écriture"]

    def test_delete(self, exact: Company) -> None:
        entry = exact.created(SALES, exact.sale(exact.line()))
        answer = exact.call("DELETE", f"{SALES}(guid'{entry['EntryID']}')")
        assert (answer.status_code, answer.content) == (204, b"")
        assert exact.books()["entries"] == []
        assert exact.ledger() == {}
        assert exact.call("DELETE", f"{SALES}(guid'{entry['EntryID']}')").status_code == 404

    def test_deleted_lines_are_told(self, exact: Company) -> None:
        """Rules 9: `sync/Deleted` names the transaction lines that are gone."""
        entry = exact.created(SALES, exact.sale(exact.line()))
        lines = exact.rows("financialtransaction/TransactionLines", select="ID")
        exact.call("DELETE", f"{SALES}(guid'{entry['EntryID']}')")
        gone = exact.rows("sync/Deleted", select="EntityKey,EntityType", filter="Timestamp gt 1")
        assert {row["EntityKey"] for row in gone} == {row["ID"] for row in lines}
        assert {row["EntityType"] for row in gone} == {1}

    def test_sync_shows_a_change_behind_the_last_timestamp(self, exact: Company) -> None:
        """Rules 9: start with 1, then the highest Timestamp seen."""
        entry = exact.created(SALES, exact.sale(exact.line()))
        path = "sync/Financial/TransactionLines"
        seen = exact.rows(path, select="Timestamp,ID", filter="Timestamp gt 1")
        assert len(seen) == 3
        last = seen[-1]["Timestamp"]
        assert exact.rows(path, select="ID", filter=f"Timestamp gt {last}") == []
        self.put(exact, f"{SALES}(guid'{entry['EntryID']}')", Description="edited")
        again = exact.rows(path, select="ID,Description", filter=f"Timestamp gt {last}")
        assert {row["ID"] for row in again} == {row["ID"] for row in seen}
        assert {row["Description"] for row in again} == {"edited"}

    def test_processed_entry_stays(self, exact: Company, server: Server) -> None:
        """Rules 5: status 50 can neither be changed nor deleted."""
        entry = exact.created(SALES, exact.sale(exact.line()))
        server.control("entries/status", division=exact.division, entry_id=entry["EntryID"], status=50)
        key = f"{SALES}(guid'{entry['EntryID']}')"
        (line,) = lines_of(exact, entry)
        for method, path in (("PUT", key), ("DELETE", key), ("DELETE", f"{LINES}(guid'{line['ID']}')")):
            answer = exact.call(method, path, json={"Description": "x"})
            assert (answer.status_code, message(answer)) == (500, "Non autorisé : Écriture a été traité")
        assert exact.get(key).json()["d"]["StatusDescription"] == "Processed"
