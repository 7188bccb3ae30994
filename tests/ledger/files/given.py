"""Booked closings in few words: the closing of the samples, the demo's week, and any that hypothesis draws."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from hypothesis import strategies as st

from booking.mapping import booking_plan
from booking.models import Mapping
from ledger.book import book
from ledger.closing import Closing
from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.files.booked import BookedClosing
from ledger.files.bridge import Told
from ledger.files.chart import Chart, FileJournal, FileThirdParty
from ledger.files.ciel import Ciel
from ledger.files.control_sheet import ControlSheet
from ledger.files.fec import Fec, FiscalYear
from ledger.files.layout import Layout
from ledger.files.make import Draft, FileWriter, completed
from ledger.files.numbering import EntryNumber, GivenNumber, number_entries
from ledger.files.sage import Sage
from ledger.files.sage_text import SageText
from ledger.files.totals import AccountTally, AccountTotal
from ledger.problem import Problem
from simulators.clyo_till.week.agenda import PARIS01, PARIS02
from simulators.clyo_till.week.closing import closings_of
from simulators.clyo_till.week.parameters import parameters_of
from tests.ledger.files.readers.ciel import read_ciel
from tests.ledger.files.readers.fec import read_fec
from tests.ledger.files.readers.line import ReadLine
from tests.ledger.files.readers.sage import read_sage
from tests.ledger.files.readers.sage_text import read_sage_text
from tests.ledger.strategies import closings as valid_closings
from tests.ledger.strategies import complete_plans

SIREN = "123456789"
YEAR = FiscalYear(first=date(2026, 1, 1), last=date(2026, 12, 31))
LABEL = "Z1042 PARIS01 14/03"
WALK_IN = FileThirdParty(code="CAISSE", name="Clients comptoir")
CHART = Chart(
    accounts={"511500": "Cartes bancaires à encaisser", "706000": "Prestations de services"},
    journals={
        "70": FileJournal(code="VE", name="Ventes caisse"),
        "30": FileJournal(code="CA", name="Caisse"),
        "20": FileJournal(code="BQ", name="Banque"),
    },
    third_parties={"0000002": WALK_IN},
)


@dataclass(frozen=True)
class Format:
    """A layout, and the reader that knows nothing of it."""

    layout: Layout
    read: Callable[[bytes], list[ReadLine]]


def formats(chart: Chart = CHART) -> list[Format]:
    return [
        Format(Fec(siren=SIREN, year=YEAR, chart=chart), read_fec),
        Format(Ciel(chart=chart), read_ciel),
        Format(Sage(chart=chart), read_sage),
        Format(SageText(chart=chart), read_sage_text),
    ]


@dataclass(frozen=True, kw_only=True)
class NumberedClosing:
    """A booked closing, the numbers its entries keep, and the day on which they were given."""

    booked: BookedClosing
    numbers: tuple[EntryNumber, ...]
    validated_on: date = date(2026, 3, 31)


@dataclass(frozen=True, kw_only=True)
class MadeFile:
    """What became of closings: no name and no sheet when something stood in the way."""

    name: str = ""
    sheet: ControlSheet | None = None
    problems: tuple[Problem, ...] = ()


def make_file(closings: Iterable[NumberedClosing], layout: Layout, write: Callable[[bytes], object]) -> MadeFile:
    """Draft, and write when nothing blocks, as the service does."""
    draft = Draft(layout)
    drafted = [(closing, draft.add(closing.booked)) for closing in closings]
    problems = tuple(draft.problems())
    if any(problem.blocking for problem in problems):
        return MadeFile(problems=problems)
    writer = FileWriter(layout, write)
    for closing, entries in drafted:
        for (_kind, _own, _journal, text), number in zip(entries, closing.numbers, strict=True):
            shown = number if isinstance(layout, Fec) else None
            given = GivenNumber(number=number, place=0, day=closing.validated_on)
            writer.write_entry(completed(text, given), shown)
    sheet = writer.end(draft)
    return MadeFile(name=sheet.file_name, sheet=sheet, problems=problems)


def made(closings: Iterable[NumberedClosing], layout: Layout) -> tuple[bytes, MadeFile]:
    """Make a file in memory."""
    out = BytesIO()
    made_file = make_file(closings, layout, out.write)
    return out.getvalue(), made_file


def line(account: str, amount: str, role: LineRole = LineRole.MEANS, **more: Any) -> Line:
    return Line(account=account, amount=Decimal(amount), role=role, **more)


def entry(*lines: Line, journal: str = "70", day: date = date(2026, 3, 14), label: str = LABEL) -> Entry:
    return Entry(kind=EntryKind.SALES, journal=journal, date=day, label=label, lines=lines)


def closing(*entries: Entry, number: int = 1042, **more: Any) -> NumberedClosing:
    """Number the entries from 1 within their journals."""
    last: dict[str, int] = {}
    numbers = []
    for given in entries:
        last[given.journal] = last.get(given.journal, 0) + 1
        numbers.append(EntryNumber(given.journal, last[given.journal]))
    facts = {"establishment": "PARIS01", "siren": SIREN, **more}
    booked = BookedClosing(number=number, business_date=date(2026, 3, 14), entries=entries, **facts)
    return NumberedClosing(booked=booked, numbers=tuple(numbers))


def week_of(establishment: Any) -> list[tuple[Closing, tuple[Entry, ...]]]:
    """Book a simulated till's week by the parameters it sends, as the product does."""
    plan = booking_plan(Mapping(parameters=parameters_of(establishment)), journal_accounts={})
    booked = []
    for document in closings_of(establishment):
        closing = Closing.from_document(document)
        label = f"Z{closing.number} {establishment.code} {closing.business_date:%d/%m}"
        booking = book(closing, plan, label=label)
        assert not [problem for problem in booking.problems if problem.blocking]
        booked.append((closing, booking.entries))
    return booked


def numbered_week() -> tuple[NumberedClosing, ...]:
    """Return both bistros' weeks, in order of business date, with the numbers of one company's books."""
    weeks = [(shop.code, *given) for shop in (PARIS01, PARIS02) for given in week_of(shop)]
    weeks.sort(key=lambda it: (it[1].business_date, it[1].closed_at, it[0]))
    keys = [
        ((code, closing.number, entry.journal), CHART.journals[entry.journal].code)
        for code, closing, entries in weeks
        for entry in entries
    ]
    numbers = number_entries(keys, kept={}, last={})
    return tuple(
        NumberedClosing(
            booked=BookedClosing(
                establishment=code,
                siren=SIREN,
                number=closing.number,
                business_date=closing.business_date,
                entries=entries,
                told=Told.of(closing.turnover, closing.offered),
            ),
            numbers=tuple(numbers[code, closing.number, entry.journal] for entry in entries),
            validated_on=closing.business_date + timedelta(days=1),
        )
        for code, closing, entries in weeks
        if entries
    )


# What a till's user can type, and what would break a file that takes it as it is.
WILD_LABELS = st.text(
    alphabet=st.sampled_from("aZ9 éÉœŒ€’«»\t\r\n|;\"'#=\\\x00\x1a\x85\xa0\u2028\u200b🍕Жß½") | st.characters(),
    max_size=90,
)


def _relabelled(draw: st.DrawFn, given: Entry) -> Entry:
    lines = tuple(replace(it, label=draw(WILD_LABELS)) for it in given.lines)
    return replace(given, lines=lines, label=draw(WILD_LABELS) if draw(st.booleans()) else given.label)


@st.composite
def booked_closings(draw: st.DrawFn) -> tuple[NumberedClosing, ...]:
    """Return one to three closings by any complete plan, their labels wild, numbered through per journal."""
    plan, last, booked = draw(complete_plans()), {}, []
    for number in range(1042, 1042 + draw(st.integers(1, 3))):
        given = replace(draw(valid_closings()), number=number)
        entries, numbers = [], []
        for made_entry in book(given, plan, label=f"Z{number} PARIS01 14/03").entries:
            journal = CHART.journals[made_entry.journal].code
            last[journal] = last.get(journal, 0) + 1
            entries.append(_relabelled(draw, made_entry))
            numbers.append(EntryNumber(journal, last[journal]))
        closing = BookedClosing(
            establishment="PARIS01",
            siren=SIREN,
            number=number,
            business_date=given.business_date,
            entries=tuple(entries),
        )
        booked.append(NumberedClosing(booked=closing, numbers=tuple(numbers)))
    return tuple(booked)


def totals_per_account(entries: Iterable[Entry]) -> dict[str, AccountTotal]:
    """Return debit, credit and balance per account: ``{"707000": AccountTotal(credit=1000.00)}``."""
    tally = AccountTally()
    for entry in entries:
        tally.add(entry)
    return {it.account: it for it in tally.totals()}
