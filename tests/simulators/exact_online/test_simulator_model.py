"""The model and the package itself."""

import ast
import json
from pathlib import Path

from simulators.exact_online.edm import load_resources
from simulators.exact_online.resources.catalogue import PROJECTIONS

PACKAGE = Path(__file__).parents[3] / "simulators" / "exact_online"
ISSUE_3 = {
    "salesentry/SalesEntries",
    "salesentry/SalesEntryLines",
    "financialtransaction/CashEntries",
    "financialtransaction/CashEntryLines",
    "financialtransaction/BankEntries",
    "financialtransaction/BankEntryLines",
    "financialtransaction/TransactionLines",
    "generaljournalentry/GeneralJournalEntries",
    "generaljournalentry/GeneralJournalEntryLines",
    "financial/GLAccounts",
    "financial/Journals",
    "financial/FinancialPeriods",
    "vat/VATCodes",
    "vat/VatPercentages",
    "crm/Accounts",
    "cashflow/PaymentConditions",
    "cashflow/Receivables",
    "read/financial/JournalStatusList",
    "hrm/Costcenters",
    "hrm/Costunits",
    "hrm/Divisions",
    "system/Divisions",
    "system/AllDivisions",
    "system/AvailableFeatures",
    "current/Me",
    "documents/Documents",
    "documents/DocumentAttachments",
    "documents/DocumentTypes",
    "sync/Financial/TransactionLines",
    "sync/Financial/GLAccounts",
    "sync/CRM/Accounts",
    "sync/Deleted",
    "read/sync/Sync/SyncTimestamp",
    "bulk/Financial/GLAccounts",
    "bulk/Financial/TransactionLines",
    "webhooks/WebhookSubscriptions",
}


def test_model__holds_every_resource() -> None:
    assert load_resources().keys() >= ISSUE_3


def test_model__is_facts_only() -> None:
    """Names, types, keys, methods, flags: no prose and no addresses."""
    for path in (PACKAGE / "model").glob("*.json"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        assert set(facts) == {"name", "type", "methods", "page_size", "webhook_topic", "properties"}
        assert all(set(prop) <= {"name", "type", "methods", "key", "mandatory"} for prop in facts["properties"])
        assert "://" not in path.read_text(encoding="utf-8")


def test_model__page_sizes() -> None:
    """Rules 2.1: 60, and 1,000 on bulk and sync."""
    for name, resource in load_resources().items():
        assert resource.page_size == (1000 if name.startswith(("bulk/", "sync/")) else 60)


def test_projections__name_known_properties_only() -> None:
    """A column under a misspelt name would never be seen."""
    known = {name for resource in load_resources().values() for name in resource.properties}
    for name, projection in PROJECTIONS.items():
        assert set(projection.columns) <= known, name
        assert set(projection.links) <= {prop.name for prop in load_resources()[name].collections}


def test_package__imports_no_other_room() -> None:
    """Stand-alone: the rest of the repository does not exist for it."""
    rooms = {"integration", "clyo_ingest", "exports", "exact", "ledger", "tenants", "django"}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.split(".")[0] for name in names} & rooms, path


def test_package__functions_fit_a_screen() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, f"{path.name}: {node.name}"
