"""Looking a posting up after the database's past came back: what we wrote since, Exact may have under another revision.

An entry that a lost past sent bears the closing's letters, which are the same in whatever database
(`clyo_ingest.receive`). Its revision and journal may be others: a person may have sent it again, or changed settings.
And a till that was set up in the lost past is another till now, so its closings have other letters.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exact.api.client import ExactClient
from exact.api.resources import CASH, SALES
from exact.lane.postings import OUR_REFERENCE, Found, from_answer, sum_lines
from exact.models import Posting
from ledger.entry import Entry
from ledger.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry of a lost past that may be the one that is to be sent."""

    reference: str
    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What Exact has of a posting. `own`: of its closing. `alike`: of a closing we do not know, with the same sums."""

    own: tuple[Found, ...]
    alike: Candidate | None = None

    @property
    def suspicion(self) -> list[Problem]:
        """Why a person must look before anything is sent, where nothing of the closing itself is there."""
        if self.alike is None:
            return []
        facts = {"reference": self.alike.reference, "number": self.alike.found.entry_number}
        return [Problem(code="alike_in_exact", facts=facts)]


def trace(client: ExactClient, posting: Posting, entry: Entry, resources: Sequence[str]) -> Trace:
    """Look for every entry of the closing's number that no posting of ours has. One call a resource.

    Of the closing itself the posting's own reference comes first, then its journal under another revision, then
    another journal. Raises any `ExactError`.
    """
    number, letters, kind = posting.reference.split("-")
    candidates = [it for resource in resources for it in _look_up(client, resource, f"{number}-")]
    ids = [it.found.entry_id for it in candidates]
    ours = Posting.objects.filter(division=posting.division_id)
    known = {*ours.filter(entry_id__in=ids).values_list("entry_id", flat=True)}
    bearers = ours.filter(closing_id=posting.closing_id).exclude(pk=posting.pk).values_list("reference", flat=True)
    left = [it for it in candidates if it.found.entry_id not in known and it.reference not in {*bearers}]
    ranked: dict[int, list[Found]] = defaultdict(list)
    for it in left:
        if it.reference.startswith(f"{number}-{letters}-{kind[0]}"):
            ranked[_rank(it.reference, posting.reference)].append(it.found)
    alike = [it for it in left if not ranked and _is_alike(it, entry, f"-{kind[0]}") and not _is_ours(it.reference)]
    return Trace(own=tuple(ranked[min(ranked)]) if ranked else (), alike=alike[0] if alike else None)


def _rank(reference: str, meant: str) -> int:
    if reference == meant:
        return 0
    return 1 if reference.rpartition(".")[0] == meant.rpartition(".")[0] else 2


def _is_alike(it: Candidate, entry: Entry, kind: str) -> bool:
    return kind in it.reference and it.found.amount not in (None, Decimal()) and not it.found.differences(entry)


def _is_ours(reference: str) -> bool:
    """Whether a closing that we know bears these letters: then the entry is that one's business."""
    return Posting.objects.filter(reference__startswith=f"{reference.rpartition('-')[0]}-").exists()


def _look_up(client: ExactClient, resource: str, beginning: str) -> list[Candidate]:
    if resource == SALES:
        select = "EntryID,EntryNumber,AmountFC,VATAmountFC,YourRef"
        rows = client.rows(SALES, select=select, filter=f"startswith(YourRef,'{beginning}') eq true")
        return [
            Candidate(reference=reference, found=from_answer(SALES, row))
            for row in rows
            if (reference := _read_reference(row["YourRef"]))
        ]
    lines = "CashEntryLines" if resource == CASH else "BankEntryLines"
    rows = client.rows(
        f"financialtransaction/{lines}",
        select="EntryID,EntryNumber,AmountFC,Description",
        filter=f"substringof('{beginning}',Description) eq true",
    )
    by_reference: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if reference := _read_reference(row["Description"]):
            by_reference[reference].append(row)
    return [
        Candidate(reference=reference, found=found)
        for reference, of_it in by_reference.items()
        for found in sum_lines(of_it)
    ]


def _read_reference(text: str | None) -> str:
    match = OUR_REFERENCE.search(text or "")
    return match.group() if match else ""
