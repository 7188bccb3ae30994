"""Looking a posting up after the database was restored: Exact may have its entry, sent before, under another revision.

An entry that was sent before the restore has the closing's letters in its reference, which are the same in any database
(`clyo_ingest.receive`). Its revision and journal may differ, as a person may have reposted it or changed settings. And
a till that was set up in the lost time is another till now, so its closings have other letters.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exact.api.client import ExactClient
from exact.api.resources import CASH, SALES
from exact.lane.postings import OUR_REFERENCE, FoundEntry, from_answer, sum_lines
from exact.models import Posting
from ledger.entry import Entry
from ledger.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry in Exact, sent before the restore, that may be the one about to be sent."""

    reference: str
    found: FoundEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Entries in Exact that may be a posting's. `own`: of its closing; `alike`: of an unknown one, with equal sums."""

    own: tuple[FoundEntry, ...]
    alike: Candidate | None = None

    @property
    def suspicion(self) -> list[Problem]:
        """Why a person must look before the posting is sent, though no entry of its closing is in Exact."""
        if self.alike is None:
            return []
        facts = {"reference": self.alike.reference, "number": self.alike.found.entry_number}
        return [Problem(code="alike_in_exact", facts=facts)]


def trace(client: ExactClient, posting: Posting, entry: Entry, resources: Sequence[str]) -> Trace:
    """Look for every entry with the closing's number that no posting has. One call a resource.

    Entries of the closing are sorted: the posting's own reference first, then its journal under another revision, then
    other journals. Raises any `ExactError`.
    """
    number, letters, kind = posting.reference.split("-")
    candidates = [it for resource in resources for it in _look_up(client, resource, f"{number}-")]
    ids = [it.found.entry_id for it in candidates]
    ours = Posting.objects.filter(division=posting.division_id)
    known = {*ours.filter(entry_id__in=ids).values_list("entry_id", flat=True)}
    bearers = ours.filter(closing_id=posting.closing_id).exclude(pk=posting.pk).values_list("reference", flat=True)
    left = [it for it in candidates if it.found.entry_id not in known and it.reference not in {*bearers}]
    ranked: dict[int, list[FoundEntry]] = defaultdict(list)
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
    """Whether the reference has the letters of a closing in the database: then the entry is of that closing."""
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
