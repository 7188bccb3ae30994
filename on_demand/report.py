"""What people read of an export: counts, what was left out and why, turnover, totals compared. Page, e-mail and API."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, assert_never

from django.db.models import Count, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from exact.books.difference import DATE, ENTRIES
from exact.models import FindingKind
from exports.models import ClosingState, StoredClosing
from exports.words.differences import named
from exports.words.money import euros
from exports.words.problems import sentence
from ledger.entry import EntryKind
from ledger.files.bridge import Bridge
from on_demand.bridge_words import BridgeRow, bridge_rows
from on_demand.comparison import TAKEN_BACK
from on_demand.delivered import EarlierFile, earlier_files
from on_demand.models import OnDemandClosing, OnDemandClosingState, OnDemandExport
from on_demand.outcome import NOT_ON_ITS_WAY
from on_demand.place_words import place_of, shops_of
from on_demand.stuck import why_stuck
from on_demand.verdict import BOXES, Verdict, verdict_of
from on_demand.verdict import WORDS as VERDICTS

SHOWN_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A closing that is not in the file or not on its way to Exact, and why."""

    closing: StoredClosing
    state: str
    reasons: list[str]


def words_on_left(states: Collection[str]) -> tuple[str, str]:
    """What closings in these states are called that an export leaves: in a word, and as the heading of their list."""
    if not {*states} - {ClosingState.HELD}:
        return _("Held"), _("Held, and what to do")
    if {*states} == {ClosingState.FAILED}:
        return _("Failed"), _("Failed, and what to do")
    return _("Left out"), _("Left out, and what to do")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDifference:
    """One entry that Exact does not hold as it was posted. `details` are what, meant and found, as people read them."""

    closing: str
    number: int
    establishment: str
    day: date
    entry: str
    kind: str
    details: list[tuple[str, str, str]]

    @classmethod
    def of(cls, document: dict[str, Any]) -> "EntryDifference":
        """From the export's own record of it."""
        kind = _name_entry(EntryKind(document["entry_kind"]))
        return cls(
            closing=document["closing"],
            number=document["number"],
            establishment=document["establishment"],
            day=date.fromisoformat(document["business_date"]),
            entry=f"{kind} {document['journal']}, {document['entry']}",
            kind=_name_difference(document["kind"]),
            details=[_detail(it) for it in document["details"]],
        )


def _name_entry(kind: EntryKind) -> str:
    match kind:
        case EntryKind.SALES:
            return _("sales")
        case EntryKind.RECEIPTS:
            return _("receipts")
    assert_never(kind)


def _name_difference(kind: str) -> str:
    if kind == TAKEN_BACK:
        return _("still in Exact, though it was taken back")
    return str(FindingKind(kind).label)


def _detail(detail: dict[str, str]) -> tuple[str, str, str]:
    words = {DATE: _("date"), ENTRIES: _("entries")}
    what = detail["what"]
    if what in (ENTRIES, DATE):
        return words[what], detail["meant"], detail["found"] or _("none")
    return named(what), euros(Decimal(detail["meant"])), euros(Decimal(detail["found"]))


class Report:
    """An export as people read it, in the active language."""

    def __init__(self, export: OnDemandExport) -> None:
        self.export = export

    @cached_property
    def counts(self) -> Counter[str]:
        """How many closings per `OnDemandClosingState`."""
        states = OnDemandClosing.objects.filter(export=self.export).order_by().values_list("state")
        return Counter(dict(states.annotate(Count("pk"))))

    @property
    def taken(self) -> int:
        """How many closings are in the file, or went to Exact by it and were not refused there."""
        return self.counts[OnDemandClosingState.TAKEN] - self.stuck_count

    @cached_property
    def stuck_count(self) -> int:
        """Of an export to Exact: how many it sent that are not there, nor on their way any more."""
        return self._stuck.count() if self.export.to_exact else 0

    @property
    def _stuck(self) -> QuerySet[OnDemandClosing]:
        sent = OnDemandClosing.objects.filter(export=self.export, state=OnDemandClosingState.TAKEN)
        return sent.filter(closing__state__in=NOT_ON_ITS_WAY).order_by("place")

    @cached_property
    def stuck(self) -> list[LeftOut]:
        """The first of those, each with what Exact said."""
        rows = self._stuck.select_related("closing__establishment").defer("closing__document")[:SHOWN_MAX]
        closings = [row.closing for row in rows] if self.stuck_count else []
        why = why_stuck(closings)
        return [LeftOut(closing=it, state=it.state, reasons=why[it.pk]) for it in closings]

    @property
    def already(self) -> int:
        """How many were left out: an earlier file for import holds them, or they were in Exact."""
        return self.counts[OnDemandClosingState.ALREADY]

    @property
    def there(self) -> int:
        """How many closings are where it was to bring them: in its file; or in Exact, sent by it or before."""
        return self.taken + (self.already if self.export.to_exact else 0)

    @property
    def held_count(self) -> int:
        """How many wait for a person or an activation, whether or not they are among those listed."""
        return self.counts[OnDemandClosingState.HELD]

    @cached_property
    def _left_words(self) -> tuple[str, str]:
        rows = OnDemandClosing.objects.filter(export=self.export, state=OnDemandClosingState.HELD)
        return words_on_left({*rows.order_by().values_list("closing__state", flat=True).distinct()})

    @property
    def held_word(self) -> str:
        """What those are, in a word: held, failed, or left out when they are neither all."""
        return self._left_words[0]

    @property
    def held_heading(self) -> str:
        """What the list of them is called."""
        return self._left_words[1]

    @property
    def skipped_count(self) -> int:
        """How many have no entry: trainings, empty ones, those others stand for, those set aside."""
        return self.counts[OnDemandClosingState.SKIPPED]

    @cached_property
    def earlier(self) -> list[EarlierFile]:
        """The files for import that held closings of this export before it."""
        return earlier_files(self.export)

    @property
    def earlier_count(self) -> int:
        """How many closings of this export earlier files for import hold."""
        return sum(it.closings for it in self.earlier)

    @cached_property
    def held(self) -> list[LeftOut]:
        """The first of those that wait, each with why."""
        return [*self._list_left_out(OnDemandClosingState.HELD)]

    @cached_property
    def skipped(self) -> list[LeftOut]:
        """The first of those without an entry, each with why."""
        return [*self._list_left_out(OnDemandClosingState.SKIPPED)]

    @cached_property
    def exact_states(self) -> list[tuple[str, int]]:
        """Of an export to Exact: where its closings stand now."""
        states = StoredClosing.objects.filter(
            pk__in=OnDemandClosing.objects.filter(export=self.export).values("closing_id")
        )
        counted = Counter(states.values_list("state", flat=True))
        return [(str(ClosingState(state).label), count) for state, count in sorted(counted.items())]

    @property
    def problems(self) -> list[str]:
        """What was wrong with the export as a whole, in sentences."""
        return [sentence(problem) for problem in self.export.problems]

    @cached_property
    def verdict(self) -> Verdict:
        """What became of the export, in one word."""
        return verdict_of(self.export)

    @property
    def verdict_words(self) -> str:
        """The verdict in the reader's language."""
        return str(VERDICTS[self.verdict])

    @property
    def box(self) -> str:
        """The console's class of the box that says the verdict."""
        return BOXES.get(self.verdict, "info")

    @property
    def percent(self) -> int:
        """0 to 99 while it goes on, 100 when it is over, however that was."""
        return 100 if self.export.finished else min(99, 100 * self.export.done // max(self.export.total, 1))

    @cached_property
    def compared(self) -> list[dict[str, Any]]:
        """The accounts of the comparison with Exact, as people read amounts."""
        rows = (self.export.comparison or {}).get("rows", [])
        return [
            {
                "what": named(row["what"]),
                "ours": euros(Decimal(row["ours"])),
                "exact": euros(Decimal(row["exact"])),
                "difference": euros(Decimal(row["difference"])),
                "differs": Decimal(row["difference"]) != 0,
            }
            for row in rows
        ]

    @cached_property
    def differences(self) -> list[EntryDifference]:
        """Every entry that is not in Exact as it was posted, named."""
        return [EntryDifference.of(it) for it in (self.export.comparison or {}).get("differences", [])]

    @property
    def differences_unnamed(self) -> int:
        """How many more there are than are named."""
        return int((self.export.comparison or {}).get("differing", 0)) - len(self.differences)

    @property
    def compared_at(self) -> datetime | None:
        """When Exact's books were read."""
        return _moment(self.export.comparison)

    @property
    def last_read_at(self) -> datetime | None:
        """When Exact's books had been read before a comparison that could not read them; None when never."""
        last = (self.export.comparison or {}).get("last_read_at")
        return datetime.fromisoformat(last) if last else None

    @property
    def shows_exact(self) -> bool:
        """Whether there is a reading of Exact, of now or of before, to show figures of."""
        compared = self.export.comparison
        return compared is not None and (not compared["trouble"] or self.last_read_at is not None)

    @property
    def read_back_at(self) -> datetime | None:
        """When the file's bytes were read back."""
        return _moment(self.export.read_back)

    @cached_property
    def takings(self) -> dict[str, Any] | None:
        """Sales per rate, receipts per means and the turnover, as people read amounts."""
        return (
            None
            if self.export.takings is None
            else _readable(self.export.takings)
            | {name: _readable(self.export.takings[name]) for name in ("rates", "means")}
        )

    @cached_property
    def bridge(self) -> list[BridgeRow]:
        """From what the tills say to what is booked."""
        document = (self.export.takings or {}).get("bridge")
        return [] if document is None else [*bridge_rows(Bridge.from_document(document))]

    @cached_property
    def sheet(self) -> dict[str, Any] | None:
        """The control sheet with amounts as people read them."""
        return (
            None if self.export.sheet is None else {name: _readable(value) for name, value in self.export.sheet.items()}
        )

    @property
    def who(self) -> str:
        """The person, the till or the calendar that asked."""
        return str(self.export.asked_by or self.export.asked_by_till or _("the calendar"))

    @property
    def place(self) -> str:
        """Of which establishments it is."""
        return place_of(self.export)

    @property
    def shops(self) -> str:
        """The same where the customer is named beside it."""
        return shops_of(self.export)

    @property
    def booked(self) -> str:
        """The turnover booked; "" before it is known."""
        return euros(Decimal(self.export.takings["turnover"])) if self.export.takings else ""

    @property
    def debit(self) -> str:
        """All debits of the file, which are its credits."""
        return euros(Decimal(self.export.sheet["debit"])) if self.export.sheet else ""

    @cached_property
    def rates(self) -> list[str]:
        """Turnover per VAT rate, a sentence each."""
        words = _("VAT {rate} %: net {net}, VAT {vat}, gross {gross}")
        rates = (self.takings or self.sheet or {}).get("rates", [])
        return [words.format(**{**rate, "rate": number_format(rate["rate"])}) for rate in rates]

    def _list_left_out(self, state: OnDemandClosingState) -> Iterator[LeftOut]:
        rows = OnDemandClosing.objects.filter(export=self.export, state=state).order_by("place")
        for row in rows.select_related("closing__establishment").defer("closing__document")[:SHOWN_MAX]:
            yield LeftOut(closing=row.closing, state=row.state, reasons=[sentence(it) for it in row.problems])


def _moment(document: dict[str, Any] | None) -> datetime | None:
    return datetime.fromisoformat(document["read_at"]) if document else None


AMOUNTS = frozenset({"debit", "credit", "net", "vat", "gross", "balance", "amount", "turnover"})


def _readable(value: Any) -> Any:
    if isinstance(value, list):
        return [_readable(it) for it in value]
    if isinstance(value, dict):
        return {name: euros(Decimal(it)) if name in AMOUNTS else it for name, it in value.items()}
    return value
