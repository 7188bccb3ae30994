"""Postings of a closing: made from its entries, found again in Exact by their reference."""

import base64
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from django.db.models import Max
from uuid_utils.compat import uuid7

from exact.api.client import ExactClient
from exact.api.errors import OutcomeUnknown
from exact.api.resources import CASH, SALES
from exact.entries.payloads import expected_amount, expected_vat
from exact.models import Division, Posting, PostingState
from ledger.entry import Entry, EntryKind
from ledger.problem import Problem
from postgres.insertion import Insertion

PROCESSED = 50  # Status of an entry; 20 is open
OUR_REFERENCE = re.compile(r"Z\d{1,7}-[A-Z2-7]{12}-[VR][^\s.]{1,3}\.\d{2}")
KIND_LETTER = {EntryKind.SALES: "V", EntryKind.RECEIPTS: "R"}


def reference_of(closing_id: UUID, number: int, kind: EntryKind, journal: str, revision: int) -> str:
    """The reference of an entry, unique, at most 30 characters: `Z1042-3F7KQ2M9XAQT-V70.01` is the sale of closing 1042
    in journal 70, revision 1.

    The twelve letters are the half of the closing's id that is the same in any database
    (`clyo_ingest.receive.lasting_id`), so that entries booked before a restore are found. No reference is the beginning
    of another one.
    """
    return f"{beginning_of(closing_id, number)}-{KIND_LETTER[kind]}{journal[-3:]}.{revision:02d}"


def beginning_of(closing_id: UUID, number: int) -> str:
    """What all references of a closing begin with: `Z1042-3F7KQ2M9XAQT`."""
    letters = base64.b32encode(closing_id.bytes[8:])[:12].decode()
    return f"Z{number % 10_000_000}-{letters}"


# In plain SQL, as each closing that is exported needs it, and Django composes such an insert row by row.
MADE = """
INSERT INTO exact_posting (
    id, tenant_id, division_id, establishment_id, closing_id, entry_kind, journal, revision, reference, entry,
    payment_condition, reverses_id, cost_center, business_date, turn,
    state, attempts, lookups, messages, created_at)
SELECT made.id, %(tenant)s, %(division)s, %(establishment)s, %(closing)s, made.entry_kind, made.journal, %(revision)s,
    made.reference, made.entry, made.payment_condition, %(reverses)s, %(cost_center)s, made.business_date,
    made.turn, %(posting_state)s, 0, 0, '{}', now()
FROM jsonb_to_recordset(%(made)s::jsonb) AS made (
    id uuid, entry_kind text, journal text, reference text, entry jsonb, payment_condition text, business_date date,
    turn text)
"""


def postings_of(
    *,
    division: Division,
    establishment_id: int,
    closing_id: UUID,
    number: int,
    closed_at: datetime,
    entries: Sequence[Entry],
    payment_condition: str = "",
    cost_center: str = "",
    revision: int = 1,
    reverses: Posting | None = None,
) -> Insertion:
    """The insert of a closing's postings, sales first. They are sent in the order of business date and time.

    `reverses`: the posting that a reversal undoes.
    """
    made: list[dict[str, Any]] = [
        {
            "id": str(uuid7()),
            "entry_kind": entry.kind.value,
            "journal": entry.journal,
            "reference": reference_of(closing_id, number, entry.kind, entry.journal, revision),
            "entry": entry.to_document(),
            "payment_condition": payment_condition if entry.kind is EntryKind.SALES else "",
            "business_date": entry.date.isoformat(),
            "turn": turn_of(entry.date, closed_at, number, closing_id, place),
        }
        for place, entry in enumerate(entries)
    ]
    shared: dict[str, Any] = {
        "tenant": division.tenant_id,
        "division": division.pk,
        "establishment": establishment_id,
        "closing": closing_id,
        "revision": revision,
        "reverses": reverses and reverses.pk,
        "cost_center": cost_center,
        "posting_state": PostingState.PENDING.value,
    }
    return Insertion(MADE, {**shared, "made": json.dumps(made)})


def next_revision(closing_id: UUID) -> int:
    """The number of a closing's next set of entries: 1, and one more each time it is sent anew."""
    last = Posting.objects.filter(closing_id=closing_id).aggregate(last=Max("revision"))["last"]
    return (last or 0) + 1


def turn_of(day: date, closed_at: datetime, number: int, closing_id: UUID, place: int) -> str:
    """The sort key of a posting in its lane: business date, moment of closing, number, place within the closing."""
    return f"{day:%Y%m%d}{int(closed_at.timestamp()):011d}{number:016d}{closing_id.hex[-8:]}{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryInExact:
    """An entry of a posting as it is in Exact now; a processed one cannot be deleted any more (rules.md §5, §6)."""

    resource: str
    entry_id: str
    processed: bool


def entries_in_exact(client: ExactClient, posting: Posting, resources: Iterable[str]) -> list[EntryInExact]:
    """The entries in Exact that are this posting's, by its id there and by its reference. Raises any `ExactError`.

    `resources`: those that may have them (`exact.entries.payloads.resources_to_search`).
    """
    own = {posting.entry_id} if posting.entry_id else set()
    return [
        EntryInExact(resource=resource, entry_id=row["EntryID"], processed=row["Status"] == PROCESSED)
        for resource in resources
        for entry_id in sorted(own | {found.entry_id for found in look_up(client, posting, resource)})
        for row in client.rows(resource, select="EntryID,Status", filter=f"EntryID eq guid'{entry_id}'")
    ]


def remove_from_exact(client: ExactClient, posting: Posting, resources: Iterable[str]) -> None:
    """Delete every entry in Exact that is this posting's.

    May be repeated after any failure: an entry that is gone already counts as deleted. Raises any `ExactError`.
    """
    for it in entries_in_exact(client, posting, resources):
        client.delete(it.resource, it.entry_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntry:
    """An entry of ours that exists in Exact."""

    entry_id: str
    entry_number: str
    amount: Decimal | None
    vat: Decimal | None

    def differences(self, entry: Entry) -> list[Problem]:
        """The amounts in which Exact's entry differs from ours, to the cent. One that Exact did not show is skipped."""
        pairs = [("amount_differs_in_exact", expected_amount(entry), self.amount)]
        if entry.kind is EntryKind.SALES:
            pairs.append(("vat_differs_in_exact", expected_vat(entry), self.vat))
        return [
            Problem(code=code, facts={"expected": str(meant), "found": str(found)})
            for code, meant, found in pairs
            if found is not None and found != meant
        ]


def from_answer(resource: str, answer: dict[str, Any]) -> FoundEntry:
    """The entry in a POST's answer. Cash and bank entries have no sum there, only the balance before and after.

    Raises `OutcomeUnknown` when the answer names no entry.
    """
    if not answer.get("EntryID") or answer.get("EntryNumber") is None:
        raise OutcomeUnknown("the answer names no entry", status=httpx.codes.CREATED)
    if resource == SALES:
        amount, vat = _read_amount(answer.get("AmountFC")), _read_amount(answer.get("VATAmountFC"))
    else:
        opening, closing = _read_amount(answer.get("OpeningBalanceFC")), _read_amount(answer.get("ClosingBalanceFC"))
        amount, vat = (closing - opening if opening is not None and closing is not None else None), None
    return FoundEntry(entry_id=entry_id_in(answer), entry_number=str(answer["EntryNumber"]), amount=amount, vat=vat)


def look_up(client: ExactClient, posting: Posting, resource: str) -> list[FoundEntry]:
    """The entries in Exact that carry the posting's reference (rules.md §8): none, one, or a doubled one."""
    if resource == SALES:
        select = "EntryID,EntryNumber,AmountFC,VATAmountFC"
        rows = client.rows(SALES, select=select, filter=f"YourRef eq '{posting.reference}'")
        return [from_answer(SALES, row) for row in rows]
    lines = "CashEntryLines" if resource == CASH else "BankEntryLines"
    rows = client.rows(
        f"financialtransaction/{lines}",
        select="EntryID,EntryNumber,AmountFC",
        filter=f"substringof('{posting.reference}',Description) eq true",
    )
    return sum_lines(rows)


def sum_lines(rows: Iterable[dict[str, Any]]) -> list[FoundEntry]:
    """The entries to which lines of the cash and bank book belong, each with the sum of its lines."""
    sums: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = (entry_id_in(row), str(row["EntryNumber"]))
        sums[key] = sums.get(key, Decimal()) + to_cents(row["AmountFC"] or 0)
    return [
        FoundEntry(entry_id=entry_id, entry_number=number, amount=amount, vat=None)
        for (entry_id, number), amount in sums.items()
    ]


def entry_id_in(row: dict[str, Any]) -> str:
    """The entry's GUID in a row of Exact, in small letters: it is kept and compared as text."""
    return str(row["EntryID"]).lower()


def to_cents(value: Any) -> Decimal:
    """An amount rounded to the cent: Exact sends doubles with rounding noise (rules.md §3.7)."""
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _read_amount(value: Any) -> Decimal | None:
    return None if value is None else to_cents(value)
