"""Which writer a resource has."""

from simulators.exact_online.books.company import Company
from simulators.exact_online.edm import Resource
from simulators.exact_online.errors import MethodNotAllowed
from simulators.exact_online.oauth.grants import Caller
from simulators.exact_online.resources.master import TABLES
from simulators.exact_online.simulator import Simulator

from .divisions import DivisionWriter
from .documents import AttachmentWriter, DocumentWriter, TypeFolderWriter
from .entries import HEADERS, LINES, EntryWriter, LineWriter
from .master import MasterWriter
from .receivables import ReceivableWriter
from .subscriptions import SubscriptionWriter
from .writer import Writer


def writer_for(simulator: Simulator, company: Company, resource: Resource, caller: Caller, base: str) -> Writer:
    """The writer of a resource for a caller; `base` is the address the company was called at."""
    name, user = resource.name, caller.user_id
    database, identifiers, announce = simulator.database, simulator.identifiers, simulator.webhooks.announce
    if name in HEADERS:
        return EntryWriter(simulator.ledger, company, resource, user)
    if name in LINES:
        return LineWriter(simulator.ledger, company, resource, user)
    if name in TABLES:
        return MasterWriter(database, identifiers, announce, company, resource, user)
    match name:
        case "documents/Documents":
            return DocumentWriter(database, identifiers, announce, company, resource, user)
        case "documents/DocumentAttachments":
            return AttachmentWriter(database, identifiers, announce, company, resource, user)
        case "documents/DocumentTypeFolders":
            return TypeFolderWriter(database, identifiers, company, resource, user)
        case "cashflow/Receivables":
            return ReceivableWriter(database, company, resource)
        case "system/Divisions":
            return DivisionWriter(database)
        case "webhooks/WebhookSubscriptions":
            return SubscriptionWriter(database, identifiers, simulator.webhooks, company, resource, caller, base)
    raise MethodNotAllowed(["GET"])
