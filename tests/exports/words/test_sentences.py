"""Every sentence about a problem, with the facts its code raises: none has a hole, in either language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from clyo_ingest.continuity import Neighbour, Neighbours, check_sequence
from clyo_ingest.succession import Told, breaks
from exact.company import preflight
from exact.company.facts import ACCOUNTS_RECEIVABLE, COST_CENTER_DEMANDED
from exact.models import CatalogueItem, CatalogueKind, DivisionAccess, Lane
from exports.words.problems import MENDED_IN_THE_MAPPING, SENTENCES, sentence
from integration.rooms import APPS
from ledger.book import book
from ledger.check import check_arrival, check_closing
from ledger.problem import Problem
from ledger.supplement import supplement
from on_demand.to_file import _documents
from tests.conftest import ROOT
from tests.ledger.given import LABEL, PLAN, closing, pay, sale, took
from tests.ledger.test_check import WRONG
from tests.ledger.test_plan_check import GAPS
from tests.spoken import READ_OF_FILES, asked, fault_of, listening

HOLES = re.compile(r"…|\(\s*\)|\s{2}|^\s|\bNone\b|\{|\}")
CURRENCY_BEFORE_EURO = re.compile(r"[A-Z]{3}\s*€")
# What is raised far from here, by a lane, a run or a file. That it is raised with these very facts, each test sees to
# that lets it be raised (`tests.spoken`).
ELSEWHERE: dict[str, dict[str, str]] = {
    "right_missing": {"field": "rights", "resource": "salesentry/SalesEntries"},
    "division_archived": {"field": "division", "division": "8301 - CLYO"},
    "division_gone": {"field": "division", "division": "8301 - CLYO"},
    "tickets_overlap": {"station": "1", "first": "80412", "last": "80533", "other": "1042"},
    "other_level_booked": {"level": "general"},
    "checked_against": {"others": "Z 7 (1), Z 7 (2)", "found": "1400.00", "expected": "1400.00"},
    "covered_within": {"others": "Z 42"},
    "set_aside": {"why": "typed by hand"},
    "others_set_aside": {"others": "Z 42"},
    "counters_anew_within": {"station": "1", "since": "2026-03-14T08:55:00+01:00"},
    "correction_waits": {"number": "1042"},
    "partly_booked": {"others": "Z 7 (1)", "found": "1400.00", "expected": "840.00", "difference": "560.00"},
    "sums_differ": {"others": "Z 42", "found": "1401.00", "expected": "1400.00", "difference": "1.00"},
    "same_again": {"other": "Z 42", "found": "1400.00"},
    "scope_unexpected": {"scope": "X"},
    "tickets_uncovered": {"station": "2", "first": "1", "last": "60"},
    "standing_in_other_company": {"company": "8301 - CLYO"},
    "alike_in_exact": {"reference": "Z1042-3F7KQ2M9XAQT-V70.01", "number": "26700012"},
    "run_nothing_new": {"count": "12"},
    "run_late_closings": {"count": "2", "closings": "Z 1042 PARIS01, Z 1043 PARIS01"},
    "parameters_of_another_till": {"version": "1", "till": "Caisse 1", "told": "2026-03-14T08:55:00+01:00"},
    "slots_gone": {"slots": "4, 5"},
    "run_left_out": {"count": "2", "closings": "Z 1042 PARIS01, Z 1043 PARIS01"},
    "run_again": {"count": "12"},
    "before_start": {"date": "2026-03-14"},
    "consent_lapses": {"date": "2026-03-14"},
    "consent_in_doubt": {"refused_at": "14:11", "again_at": "14:26"},
    "account_named_otherwise": {
        "field": "vat[1].sales_account",
        "slot": "2",
        "account": "707020",
        "name": "Ventes 20 %",
        "rate": "10.00",
        "found": "20",
    },
    "account_of_other_rate": {
        "field": "vat[1].sales_account",
        "slot": "2",
        "account": "707020",
        "name": "Ventes",
        "rate": "10.00",
        "vat_code": "VN",
        "found": "20.00",
    },
    "account_of_sales_for_payments": {"field": "means_by_kind.card", "account": "707000", "name": "Ventes"},
    "account_of_vat_for_payments": {"field": "means_by_kind.card", "account": "445711", "name": "TVA 20 %"},
    "unclear_answer": {"status": "502"},
    "gone_from_exact": {"catalogue": "gl_account", "item": "707000"},
    "amount_differs_in_exact": {"expected": "1100.00", "found": "1100.01"},
    "vat_differs_in_exact": {"expected": "100.00", "found": "100.01"},
    "line_differs_in_exact": {"account": "707000", "expected": "-250.00", "found": "250.00"},
    "vat_line_differs_in_exact": {"vat_code": "VN", "expected": "-49.99", "found": "-50.00"},
    "never_a_clear_answer": {"count": "6"},
    "taken_out_again": {"number": "26700001"},
    "doubled_in_exact": {"numbers": "26700001, 26700002"},
    "fec_numbers_absent": {"count": "2", "numbers": "VE-2026-000001 (Z1042 PARIS01), VE-2026-000002 (Z1043 PARIS01)"},
    "fec_corrected": {"count": "2", "closings": "Z 1042 PARIS01, Z 1043 PARIS01"},
    "fec_corrected_elsewhere": {"count": "1", "closings": "Z 1042 PARIS01"},
    "fec_undone": {"count": "1", "closings": "Z 1042 PARIS01"},
    "fec_undone_elsewhere": {"count": "1", "closings": "Z 1042 PARIS01"},
    "fec_once_more": {"count": "1", "closings": "Z 1042 PARIS01"},
    "fec_once_more_elsewhere": {"count": "1", "closings": "Z 1042 PARIS01"},
    "import_gone_since": {"count": "2", "closings": "Z 1042 PARIS01, Z 1043 PARIS01"},
    "import_back_since": {"count": "1", "closings": "Z 1042 PARIS01"},
    "run_file_differs": {"place": "7"},
    "mail_server_away": {},
}
FILE_CODES = ("account", "journal", "third_party", "document", "amount")
# What the checks of a file may say, of which each problem says its own.
OF_A_FILE = {
    "format": "Ciel",
    "establishment": "PARIS01",
    "closing": "1042",
    "setting": "means/CB",
    "account": "707000123456",
    "journal": "VENTES",
    "third_party": "DUPONT",
    "document": "Z1042",
    "amount": "1234567890.00",
    "maximum": "11",
    "rate": "10.00",
    "siren": "123",
    "other": "732829320",
    "date": "2026-03-14",
    "first": "2025-01-01",
    "last": "2025-12-31",
}


@dataclass
class Chart:
    """What a company of Exact has, in so far as the checks ask for it."""

    items: list[CatalogueItem] = field(default_factory=list)

    def get(self, kind: CatalogueKind, code: str) -> CatalogueItem | None:
        return next((it for it in self.items if (it.kind, it.code) == (kind, code)), None)

    def of_kind(self, kind: CatalogueKind) -> list[CatalogueItem]:
        return [it for it in self.items if it.kind == kind]

    def period_of(self, day: date) -> CatalogueItem | None:
        return next(iter(self.of_kind(CatalogueKind.PERIOD)), None)


def item(kind: CatalogueKind, code: str, **facts: Any) -> CatalogueItem:
    return CatalogueItem(kind=kind, code=code, name="Nom", facts=facts)


def of_exact() -> Iterator[Problem]:
    """Everything the checks against a company can say."""
    chart: Any = Chart(
        [
            item(
                CatalogueKind.GL_ACCOUNT,
                "411",
                IsBlocked=True,
                Type=ACCOUNTS_RECEIVABLE,
                UseCostcenter=COST_CENTER_DEMANDED,
            ),
            item(CatalogueKind.VAT_CODE, "VX", IsBlocked=True, VATTransactionType="P", Type="I", Percentage=0.2),
            item(CatalogueKind.JOURNAL, "70", IsBlocked=True, Type=90),
            item(CatalogueKind.THIRD_PARTY, "2", Status="S", Blocked=True),
            item(CatalogueKind.COST_CENTER, "OTHER", Active=True),
            item(CatalogueKind.PERIOD, "2026/3", closed_journals=["70"]),
        ]
    )
    where, day = "vat.sales_account", date(2026, 3, 14)
    for code, center in (("", ""), ("999", ""), ("411", ""), ("411", "BAR")):
        yield from preflight.account_problems(chart, code, where, must_be=110, sales_line=True, cost_center=center)
    for code in ("", "VN", "VX"):
        yield from preflight.vat_code_problems(chart, code, Decimal("10.00"), "vat.vat_code")
    for code in ("71", "70"):
        yield from preflight.journal_problems(chart, code, "journals.sales", (20,))
    for code in ("", "3", "2"):
        yield from preflight.third_party_problems(chart, code, "third_party", day)
    for code in ("", "30"):
        yield from preflight.payment_condition_problems(chart, code, chart.items[3])
    for company in (chart, Chart()):
        yield from preflight.period_problems(company, day, ("70",))


def of_the_till() -> Iterator[Problem]:
    """What closings say by themselves, under a plan, among others."""
    for case in WRONG:
        yield from check_closing(closing(**case.values[0]))
    for case in GAPS:
        yield from book(case.values[0], case.values[1], label=LABEL).problems
    nameless = closing(other_receipts=[took("settlement", "80.00")], payments=[{**pay("DIVERS", "80.00"), "label": ""}])
    yield from book(nameless, PLAN, label=LABEL).problems
    bare = closing(sales=[sale(2, "0.00", "1.00")], payments=[pay("ESP", "1.00")])
    yield from book(bare, PLAN, label=LABEL).problems
    yield from check_arrival(bare, received_at=datetime(2026, 1, 2, tzinfo=UTC))
    yield from of_successors()
    for number in (1000, 1040, 1041):
        yield from among(number)
    sold = closing(sales=[sale(2, "10.00", "1.00")], payments=[pay("ESP", "11.00")])
    stands = book(sold, PLAN, label=LABEL).entries[:1]
    yield from supplement(sold, replace(PLAN, third_party="9"), stands, label=LABEL).problems
    yield from supplement(sold, PLAN, [*stands, *stands], label=LABEL).problems


def among(before: int) -> list[Problem]:
    given = closing(totals={"gross": "0.00", "perpetual_before": "1.00", "perpetual_after": "1.00"}, number=1042)
    earlier = Told(number=before)
    other = Neighbour(given_id(), before, Decimal("5.00"), Decimal("5.00"), earlier)
    return check_sequence(given, Neighbours(same=None, before=other, after=None), Told(number=given.number))


def of_successors() -> Iterator[Problem]:
    """What two closings of one sequence say of each other."""
    day, night = datetime(2026, 3, 14, 9, tzinfo=UTC), datetime(2026, 3, 14, 22, tzinfo=UTC)
    first = Told(
        number=1042,
        business_date=day.date(),
        opened_at=day,
        closed_at=night,
        float_left=Decimal("150.00"),
        signature="a",
        signature_before="b",
    )
    for changes in (
        {"business_date": date(2026, 1, 2), "float_open": Decimal("100.00"), "signature": "a"},
        {"business_date": day.date(), "opened_at": night - timedelta(hours=1), "closed_at": night, "signature": "c"},
        {},
    ):
        yield from breaks(first, Told(number=1043, **changes))  # type: ignore[arg-type]


def given_id() -> Any:
    return "0198d0a4-0000-7000-8000-000000000000"


def raised() -> list[Problem]:
    elsewhere = [Problem(code=code, facts=facts) for code, facts in ELSEWHERE.items()]
    of_files = [
        Problem(code=code, facts={name: OF_A_FILE[name] for name in {*asked(code), *READ_OF_FILES}})
        for code in SENTENCES
        if code.startswith("file_")
    ]
    without_facts = [Problem(code=code) for code, words in SENTENCES.items() if not asked(code)]
    return [*of_the_till(), *of_exact(), *elsewhere, *of_files, *without_facts]


def test_facts__are_those_the_sentence_asks_and_no_others() -> None:
    assert [fault for fault in map(fault_of, raised()) if fault] == []


def test_codes__with_a_sentence_are_raised_somewhere() -> None:
    """A sentence nobody says any more is not kept. Some codes are put together: "file_" and what, "slot_" and what."""
    rooms = [path for room in ("ledger", *APPS) for path in (ROOT / room).rglob("*.py")]
    told = "".join(path.read_text() for path in rooms if path.name not in ("problems.py", "wording.py", "causes.py"))
    made = {f"not_sent_{code}" for code, _ in Lane._meta.get_field("pause_code").flatchoices}
    made |= {f"division_{access}" for access in DivisionAccess.values}
    made |= {f"file_{what}_{how}" for what in FILE_CODES for how in ("characters", "too_long")}
    assert [code for code in SENTENCES if f'"{code}"' not in told and code not in made] == []


def test_codes__that_are_mended_in_the_mapping_say_so() -> None:
    assert [code for code in MENDED_IN_THE_MAPPING if "in the mapping" not in SENTENCES[code]] == []


def test_listening__hears_a_lacking_fact_and_an_idle_one() -> None:
    assert fault_of(Problem(code="scope_unexpected")) == "scope_unexpected: lacks ['scope'], tells [] to nobody"
    idle = Problem(code="scope_missing", facts={"scope": "X"})
    assert fault_of(idle) == "scope_missing: lacks [], tells ['scope'] to nobody"
    with listening() as faults:
        record = Problem(code="partly_booked")
        assert record_by_product(record) == record.to_document()
    assert faults == ["partly_booked: lacks ['difference', 'expected', 'found', 'others'], tells [] to nobody"]


def record_by_product(problem: Problem) -> Any:
    """As a room of the product stores it."""
    (document,) = _documents([problem])
    return document


@pytest.mark.parametrize("language", ["fr", "en"])
def test_sentences__say_all_facts_of_every_code(language: str) -> None:
    problems = raised()
    assert {it.code for it in problems} >= set(SENTENCES), "a sentence nobody raised here: show what it says"
    with translation.override(language):
        said = {sentence(it.to_document()): it for it in problems}
    holed = {words: it for words, it in said.items() if HOLES.search(words) or CURRENCY_BEFORE_EURO.search(words)}
    assert holed == {}


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (
            Problem(code="number_gap", facts={"first": "1043", "last": "1043"}),
            "La clôture Z 1043 n’est pas arrivée avant celle-ci. Faites-la renvoyer par la caisse.",
        ),
        (
            Problem(code="currency", facts={"expected": "EUR", "found": "CHF"}),
            "Seuls les euros peuvent être comptabilisés ; cette clôture est en CHF. "
            "Vérifiez la devise de la caisse, puis écartez cette clôture.",
        ),
        (
            Problem(code="account_missing", facts={"kind": "settlement", "label": "", "amount": "80.00"}),
            "Règlements de créances (80,00 €) n’indique aucun compte client. Vérifiez le ticket sur la caisse.",
        ),
    ],
    ids=["one number", "another currency", "a settlement without a name"],
)
def test_sentence__in_french(problem: Problem, expected: str) -> None:
    with translation.override("fr"):
        said = sentence(problem.to_document())
    assert re.sub("[\u202f\xa0]", " ", said) == expected
