"""Documents, their attachments, and entries that refer to them (rules 5.3)."""

import base64
import uuid
from typing import Any

import pytest
from simulated_exact import Company, Server, message

DOCUMENTS, ATTACHMENTS, SALES = "documents/Documents", "documents/DocumentAttachments", "salesentry/SalesEntries"
FILE = b"%PDF-1.7 Z 42"


def new_document(exact: Company, **other: Any) -> dict[str, Any]:
    return exact.created(DOCUMENTS, {"Subject": "Z 42", "Type": 55, **other})


def new_attachment(exact: Company, document: str) -> dict[str, Any]:
    content = base64.b64encode(FILE).decode()
    return exact.created(ATTACHMENTS, {"Document": document, "FileName": "z.pdf", "Attachment": content})


class TestDocument:
    def test_answer_of_a_post(self, exact: Company) -> None:
        """Rules 3.2: filled, also without `Prefer`; rules 3.8: the account's code is padded."""
        customer = exact.customer("0000002")
        body = {"Subject": "Z 42", "Type": 10, "Account": customer, "DocumentDate": "2026-11-20", "Body": "text"}
        answer = exact.post(DOCUMENTS, body)
        assert answer.status_code == 201
        row = answer.json()["d"]
        assert row["__metadata"]["type"] == "Exact.Web.Api.Models.Document"
        assert (row["Subject"], row["Type"], row["TypeDescription"]) == ("Z 42", 10, "Sales invoice")
        assert (row["AccountCode"], row["AccountName"]) == ("0000002".rjust(18), "Ventes comptoir")
        assert (row["DocumentDate"], row["HID"], row["HasEmptyBody"]) == ("/Date(1795132800000)/", 1, False)
        assert (row["FinancialTransactionEntryID"], row["CreatorFullName"]) == (None, "Ada Test")

    def test_numbers_go_up(self, exact: Company) -> None:
        assert [new_document(exact)["HID"] for _ in range(3)] == [1, 2, 3]
        assert new_document(exact, HID=10)["HID"] == 10
        assert new_document(exact)["HID"] == 11

    @pytest.mark.parametrize(
        ("body", "reasons"),
        [
            ({}, ["Obligatoire : Objet", "Obligatoire : Type de document"]),
            ({"Subject": " ", "Type": 55}, ["Obligatoire : Objet"]),
            ({"Subject": "Z", "Type": 7}, ["Référence non valide : Type de document"]),
            ({"Subject": "Z", "Type": 55, "Account": str(uuid.uuid4())}, ["Référence non valide : Relation"]),
            ({"Subject": "Z", "Type": 55, "Category": str(uuid.uuid4())}, ["Référence non valide : Catégorie"]),
            ({"Subject": "Z", "Type": 55, "HID": 0}, ["Obligatoire : Numéro de document"]),
        ],
    )
    def test_refused(self, exact: Company, body: dict[str, Any], reasons: list[str]) -> None:
        """Rules 4.1: every reason at once, in the user's language."""
        assert exact.refusal(DOCUMENTS, body) == reasons
        assert exact.rows(DOCUMENTS) == []

    def test_number_in_use(self, exact: Company) -> None:
        new_document(exact, HID=5)
        body = {"Subject": "Z", "Type": 55, "HID": 5}
        assert exact.refusal(DOCUMENTS, body) == ["Existe déjà - Numéro de document : 5"]

    def test_put_changes_only_what_is_given(self, exact: Company) -> None:
        """Rules 3.3: 204 and nothing else."""
        row = new_document(exact, Language="FR", DocumentDate="2026-11-20")
        key = f"{DOCUMENTS}(guid'{row['ID']}')"
        answer = exact.call("PUT", key, json={"Subject": "Z 43", "ExpiryDate": "2027-01-01", "HID": row["HID"]})
        assert (answer.status_code, answer.content) == (204, b"")
        changed = exact.get(key).json()["d"]
        assert (changed["Subject"], changed["ExpiryDate"]) == ("Z 43", "/Date(1798761600000)/")
        assert {name for name in row if row[name] != changed[name]} <= {"Subject", "ExpiryDate", "Modified"}
        assert exact.call("PUT", key, json={"Subject": None}).status_code == 500

    def test_sync_shows_a_change(self, exact: Company) -> None:
        """Rules 9: the row version grows with every change."""
        row = new_document(exact)
        (before,) = exact.rows("sync/Documents/Documents", select="ID,Timestamp", filter="Timestamp gt 1")
        exact.call("PUT", f"{DOCUMENTS}(guid'{row['ID']}')", json={"Subject": "Z 43"})
        since = f"Timestamp gt {before['Timestamp']}"
        (after,) = exact.rows("sync/Documents/Documents", select="ID,Subject", filter=since)
        assert (after["ID"], after["Subject"]) == (row["ID"], "Z 43")

    def test_delete_takes_its_attachments_along_and_tells(self, exact: Company) -> None:
        """Rules 9: entity type 6 is a document, 4 an attachment."""
        document = new_document(exact)["ID"]
        attachment = new_attachment(exact, document)["ID"]
        answer = exact.call("DELETE", f"{DOCUMENTS}(guid'{document}')")
        assert (answer.status_code, answer.content) == (204, b"")
        assert exact.get(f"{ATTACHMENTS}(guid'{attachment}')").status_code == 404
        told = exact.rows("sync/Deleted", select="EntityType,EntityKey", filter="Timestamp gt 1")
        assert [(row["EntityType"], row["EntityKey"]) for row in told] == [(4, attachment), (6, document)]

    def test_of_another_company_is_404(self, exact: Company, server: Server) -> None:
        document = new_document(server.new_company())["ID"]
        assert exact.get(f"{DOCUMENTS}(guid'{document}')").status_code == 404
        assert exact.call("DELETE", f"{DOCUMENTS}(guid'{document}')").status_code == 404


class TestAttachment:
    def test_answer_of_a_post(self, exact: Company) -> None:
        """Rules 3.7 and 5.3: the file itself never comes back, its size and address do."""
        document = new_document(exact)["ID"]
        row = new_attachment(exact, document)
        assert (row["Attachment"], row["FileName"], row["FileSize"]) == (None, "z.pdf", len(FILE))
        assert row["Document"] == document
        assert row["Url"].endswith(f"/docs/SysAttachment.aspx?ID={row['ID']}&_Division_={exact.division}")

    def test_url_gives_the_file(self, exact: Company, server: Server) -> None:
        url = new_attachment(exact, new_document(exact)["ID"])["Url"]
        assert server.http.get(url, headers=exact.headers).content == FILE
        assert server.http.get(f"{url}&Download=1", headers=exact.headers).content == FILE

    def test_url_is_not_for_everybody(self, exact: Company, server: Server) -> None:
        url = new_attachment(exact, new_document(exact)["ID"])["Url"]
        stranger = server.new_company()
        assert server.http.get(url).status_code == 401
        assert server.http.get(url, headers=stranger.headers).status_code == 403
        own = url.replace(f"={exact.division}", f"={stranger.division}")
        assert server.http.get(own, headers=stranger.headers).status_code == 404
        server.control("rights", user=exact.user, resource=ATTACHMENTS, allowed=False)
        assert server.http.get(url, headers=exact.headers).status_code == 403

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"FileName": None}, "Obligatoire : Nom du fichier"),
            ({"Attachment": ""}, "Obligatoire : Pièce jointe"),
            ({"Document": None}, "Obligatoire : Document"),
            ({"Document": str(uuid.uuid4())}, "Référence non valide : Document"),
        ],
    )
    def test_refused(self, exact: Company, changed: dict[str, Any], reason: str) -> None:
        body = {"Document": new_document(exact)["ID"], "FileName": "z.pdf", "Attachment": "WiA0Mg==", **changed}
        assert exact.refusal(ATTACHMENTS, body) == [reason]

    @pytest.mark.parametrize("content", ["not base64!", 5, True])
    def test_not_base64_is_400(self, exact: Company, content: object) -> None:
        """Rules 3.7 and 4.2: what cannot be read as its type."""
        body = {"Document": new_document(exact)["ID"], "FileName": "z.pdf", "Attachment": content}
        answer = exact.post(ATTACHMENTS, body)
        assert (answer.status_code, "'Attachment'" in message(answer)) == (400, True)

    def test_delete_leaves_the_document(self, exact: Company) -> None:
        document = new_document(exact)["ID"]
        attachment = new_attachment(exact, document)["ID"]
        answer = exact.call("DELETE", f"{ATTACHMENTS}(guid'{attachment}')")
        assert (answer.status_code, answer.content) == (204, b"")
        assert exact.rows(ATTACHMENTS, filter=f"Document eq guid'{document}'") == []
        assert exact.get(f"{DOCUMENTS}(guid'{document}')").status_code == 200


class TestEntries:
    def test_sales_entry_and_document_know_each_other(self, exact: Company) -> None:
        """Rules 5.3: the document first, then `Document` in the entry."""
        document = new_document(exact, Type=10)
        sale = exact.created(SALES, exact.sale(exact.line(), Document=document["ID"]))
        assert (sale["Document"], sale["DocumentNumber"], sale["DocumentSubject"]) == (document["ID"], 1, "Z 42")
        found = exact.get(f"{DOCUMENTS}(guid'{document['ID']}')").json()["d"]
        assert found["FinancialTransactionEntryID"] == sale["EntryID"]
        condition = f"EntryID eq guid'{sale['EntryID']}' and LineNumber eq 1"
        (line,) = exact.rows("financialtransaction/TransactionLines", filter=condition)
        assert (line["Document"], line["DocumentNumber"], line["DocumentSubject"]) == (document["ID"], 1, "Z 42")

    def test_cash_line_and_bank_statement(self, exact: Company) -> None:
        document = new_document(exact)["ID"]
        path = "financialtransaction/CashEntryLines"
        exact.created("financialtransaction/CashEntries", exact.receipt(exact.receipt_line(20, Document=document)))
        assert exact.rows(path)[0]["DocumentSubject"] == "Z 42"
        body = {"JournalCode": "50", "BankEntryLines": [exact.receipt_line(20)], "BankStatementDocument": document}
        bank = exact.created("financialtransaction/BankEntries", body)
        assert (bank["BankStatementDocumentNumber"], bank["BankStatementDocumentSubject"]) == (1, "Z 42")

    def test_unknown_document_is_refused(self, exact: Company) -> None:
        sale = exact.sale(exact.line(), Document=str(uuid.uuid4()))
        assert exact.refusal(SALES, sale) == ["Référence non valide : Document"]

    def test_document_of_an_entry_stays(self, exact: Company) -> None:
        document = new_document(exact)["ID"]
        exact.created(SALES, exact.sale(exact.line(), Document=document))
        answer = exact.call("DELETE", f"{DOCUMENTS}(guid'{document}')")
        assert (answer.status_code, message(answer)) == (500, "En cours d'utilisation : Document")


class TestTypes:
    def test_types(self, exact: Company) -> None:
        rows = exact.rows("documents/DocumentTypes", select="ID,Description")
        assert {10: "Sales invoice", 20: "Purchase invoice", 55: "Miscellaneous"}.items() <= {
            row["ID"]: row["Description"] for row in rows
        }.items()

    def test_category_of_a_document(self, exact: Company) -> None:
        category = exact.rows("documents/DocumentCategories")[0]
        row = new_document(exact, Category=category["ID"])
        assert row["CategoryDescription"] == category["Description"]

    def test_folder_of_a_type(self, exact: Company) -> None:
        path, folder = "documents/DocumentTypeFolders", str(uuid.uuid4())
        row = exact.created(path, {"DocumentType": 55, "DocumentFolder": folder})
        assert (row["DocumentType"], row["DocumentFolder"], row["Division"]) == (55, folder, exact.division)
        key = f"{path}(guid'{row['ID']}')"
        assert exact.call("PUT", key, json={"DocumentType": 10}).status_code == 204
        changed = exact.get(key).json()["d"]
        assert (changed["DocumentType"], changed["DocumentFolder"]) == (10, folder)
        assert exact.call("DELETE", key).status_code == 204
        assert exact.rows(path) == []
