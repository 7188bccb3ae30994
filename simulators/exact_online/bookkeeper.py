"""A bookkeeper who works in the same books: edits, deletes or doubles entries behind the caller's back.

What she does are ordinary changes of the ledger under her own name, so the books always balance, and what the books
refuse a caller (a processed entry, a closed period) they refuse her.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from .books.booking import OPEN
from .books.company import Company
from .books.document import BANK, CASH, GENERAL, SALES, Document
from .books.ledger import Ledger
from .books.loading import load_document
from .countries import HOME
from .errors import NotFound
from .seed.plant import NewUser, add_user
from .seed.stable import stable_id

NAME, FULL_NAME = "comptable@example.fr", "Camille Comptable"
KINDS = {kind.name: kind for kind in (SALES, CASH, BANK, GENERAL)}
HER_TEXT = "Repris par le comptable"
ONE_EURO = 100
LAST_ACTS_MAX = 500


class Act(StrEnum):
    """What she can do to an entry."""

    EDIT = "edit"
    DELETE = "delete"
    DOUBLE = "double"


class Edit(StrEnum):
    """What she changes when she edits."""

    AMOUNT = "amount"  # the first line grows by 1.00; in a general journal the last one shrinks by as much
    REFERENCE = "reference"  # YourRef goes, and every description becomes her own text


@dataclass(frozen=True, slots=True)
class Done:
    """What she did. `edit` is set when she edited, `copy_id` when she doubled."""

    at_ms: int
    division: int
    act: Act
    entry_id: str
    entry_number: int
    edit: Edit | None = None
    copy_id: str | None = None


class Bookkeeper:
    """Acts on entries; `random` decides where nobody else does."""

    def __init__(self, ledger: Ledger, company: Callable[[int], Company], random: Random) -> None:
        self._ledger = ledger
        self._company = company
        self._random = random
        self.done: deque[Done] = deque(maxlen=LAST_ACTS_MAX)

    def act(self, division: int, act: Act, entry_id: str | None = None, edit: Edit | None = None) -> Done:
        """Act on this entry, or on any open one. `NotFound` without an entry, `Refused` where the books refuse."""
        company = self._company(division)
        entry_id = entry_id or self._any_open(division)
        document = self._document(company, entry_id)
        number = document.number
        assert number is not None
        if act is Act.EDIT:
            edit = edit or self._random.choice(list(Edit))
            _change(document, edit)
            self._ledger.change(company, document, self._user())
        elif act is Act.DELETE:
            self._ledger.delete(company, entry_id, self._user())
        else:
            self._double(company, document)
        done = Done(
            company.now,
            division,
            act,
            entry_id,
            number,
            edit if act is Act.EDIT else None,
            document.id if act is Act.DOUBLE else None,
        )
        self.done.append(done)
        return done

    def has_entry(self, division: int, entry_id: str) -> bool:
        """Whether the id is that of an entry of this company."""
        sql = "SELECT 1 FROM entry WHERE division = ? AND id = ?"
        return self._ledger.database.value(sql, (division, entry_id)) is not None

    def _any_open(self, division: int) -> str:
        database = self._ledger.database
        count = database.value("SELECT count(*) FROM entry WHERE division = ? AND status = ?", (division, OPEN))
        if not count:
            raise NotFound("The company has no open entry.")
        found: str = database.value(
            "SELECT id FROM entry WHERE division = ? AND status = ? ORDER BY journal, number LIMIT 1 OFFSET ?",
            (division, OPEN, self._random.randrange(count)),
        )
        return found

    def _document(self, company: Company, entry_id: str) -> Document:
        database = self._ledger.database
        kind = database.value("SELECT kind FROM entry WHERE division = ? AND id = ?", (company.division, entry_id))
        document = load_document(database, company, KINDS[kind], entry_id) if kind is not None else None
        if document is None:
            raise NotFound("The company has no such entry.")
        return document

    def _double(self, company: Company, document: Document) -> None:
        """Everything again under a number of its own; a cash balance goes on from the journal's last."""
        document.id = self._ledger.identifiers.guid()
        document.number = document.opening = None
        for line in document.lines:
            line.id = self._ledger.identifiers.guid()
        self._ledger.post(company, document, self._user())

    def _user(self) -> str:
        """Her user, made when she is first needed; she has a name in the books, and no way in."""
        database = self._ledger.database
        if database.value("SELECT 1 FROM user WHERE name = ?", (NAME,)) is None:
            password = self._ledger.identifiers.secret(40)
            with database.transaction():
                user = NewUser(name=NAME, password=password, full_name=FULL_NAME, language="fr", country=HOME)
                add_user(database, user)
        return stable_id("user", NAME)


def _change(document: Document, edit: Edit) -> None:
    if edit is Edit.REFERENCE:
        document.your_ref = None
        document.description = HER_TEXT
        for line in document.lines:
            line.description = HER_TEXT
        return
    first, last = document.lines[0], document.lines[-1]
    first.amount = (first.amount or 0) + ONE_EURO
    first.vat_amount = None  # computed anew
    if document.kind is GENERAL and last is not first:
        last.amount = (last.amount or 0) - ONE_EURO
        last.vat_amount = None
