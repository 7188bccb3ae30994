"""The samples that came with the specification, byte for byte: one closing of 1,442.20 at three rates."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ledger.entry import Entry, EntryKind, LineRole
from ledger.files.booked import BookedClosing
from ledger.files.chart import Chart, FileJournal
from ledger.files.ciel import Ciel
from ledger.files.fec import Fec
from ledger.files.layout import Layout
from ledger.files.numbering import EntryNumber
from ledger.files.sage import Sage
from ledger.files.sage_text import SageText
from tests.ledger.files.given import LABEL, SIREN, WALK_IN, YEAR, NumberedClosing, entry, line, made

SAMPLES = Path(__file__).parent / "samples"
CHART = Chart(
    accounts={
        "411000": "Clients",
        "707010": "Ventes 10%",
        "707020": "Ventes 20%",
        "707055": "Ventes 5,5%",
        "445710": "TVA 10%",
        "445720": "TVA 20%",
        "445755": "TVA 5,5%",
        "530000": "Caisse",
        "511500": "CB a encaisser",
        "511200": "Cheques a encaisser",
        "511800": "Titres-restaurant",
    },
    journals={"CA": FileJournal(code="CA", name="Caisse")},
    third_parties={"CAISSE": WALK_IN},
)
SALES = entry(
    line("411000", "1442.20", LineRole.CUSTOMER, third_party="CAISSE"),
    line("707010", "-1000.00", LineRole.SALES),
    line("707020", "-250.00", LineRole.SALES),
    line("707055", "-40.00", LineRole.SALES),
    line("445710", "-100.00", LineRole.VAT),
    line("445720", "-50.00", LineRole.VAT),
    line("445755", "-2.20", LineRole.VAT),
    journal="VE",
)
RECEIPTS = Entry(
    kind=EntryKind.RECEIPTS,
    journal="CA",
    date=date(2026, 3, 14),
    label=LABEL,
    lines=(
        line("530000", "310.20", LineRole.JOURNAL),
        line("511500", "900.00"),
        line("511200", "80.00"),
        line("511800", "152.00"),
        line("411000", "-1442.20", LineRole.CUSTOMER, third_party="CAISSE"),
    ),
)
BOOKED = BookedClosing(
    establishment="PARIS01",
    siren=SIREN,
    number=1042,
    business_date=date(2026, 3, 14),
    entries=(SALES, RECEIPTS),
)
# The sample's numbers run through all journals; either way is legal, and they are given from outside.
NUMBERS = (EntryNumber("VE", 1), EntryNumber("CA", 2))
CLOSING = NumberedClosing(booked=BOOKED, numbers=NUMBERS)


@pytest.mark.parametrize(
    ("layout", "sample", "name"),
    [
        (Fec(siren=SIREN, year=YEAR, chart=CHART), "123456789FEC20261231.txt", "123456789FEC20261231.txt"),
        (Ciel(chart=CHART), "XIMPORT.TXT", "XIMPORT.TXT"),
        (Sage(chart=CHART), "sage100_mecg.txt", "SAGE100-20260314-20260314.txt"),
        (SageText(chart=CHART), "sage_parametrable.txt", "SAGE100-TEXTE-20260314-20260314.txt"),
    ],
    ids=lambda it: it.name if isinstance(it, Layout) else "",
)
def test_make_file__is_the_sample(layout: Layout, sample: str, name: str) -> None:
    content, made_file = made([CLOSING], layout)
    assert made_file.problems == ()
    assert content.split(b"\r\n") == (SAMPLES / sample).read_bytes().split(b"\r\n")
    assert made_file.name == name


def test_fec__a_draft_leaves_the_validation_date_to_the_package() -> None:
    content, _ = made([CLOSING], Fec(siren=SIREN, year=YEAR, chart=CHART, draft=True))
    sample = (SAMPLES / "123456789FEC20261231.txt").read_bytes()
    assert content == sample.replace(b"\t20260331\t", b"\t\t")


def test_fec__the_document_of_a_station_names_it() -> None:
    content, _ = made([replace(CLOSING, booked=replace(BOOKED, scope="2"))], Fec(siren=SIREN, year=YEAR, chart=CHART))
    assert content.count(b"\tZ-PARIS01-2-1042\t") == 12


SHORT_FORMATS = [Ciel(chart=CHART), Sage(chart=CHART), SageText(chart=CHART)]


@pytest.mark.parametrize("layout", SHORT_FORMATS, ids=lambda it: it.name)
@pytest.mark.parametrize(
    ("apart", "document"),
    [
        ({"scope": "2"}, "Z2-1042"),
        ({"scope": "BAR"}, "ZBAR-1042"),
        ({"shop": "B"}, "ZB-1042"),
        ({"shop": "B", "scope": "2"}, "ZB2-1042"),
        ({"scope": "TERRASSE"}, "Z1042-FLX"),
        ({"scope": "Bar d'été"}, "Z1042-FBL"),
    ],
)
def test_document__of_a_second_sequence_is_told_apart_where_room_is_short(
    layout: Layout, apart: dict[str, str], document: str
) -> None:
    both = [CLOSING, replace(CLOSING, booked=replace(BOOKED, **apart))]
    content, file = made(both, layout)
    assert file.problems == ()
    assert content.decode(layout.charset).count(document) >= 12
    assert len(document) <= 12


def test_document__of_the_first_sequence_is_the_tills_own_number() -> None:
    assert BOOKED.document == "Z1042"
