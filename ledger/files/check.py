"""All that a format can't hold, found before a byte is written, each named once with the setting that mends it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from ledger.entry import Entry, Line, LineRole
from ledger.files.booked import BookedClosing
from ledger.files.journal_lines import setting_of
from ledger.files.labels import is_code
from ledger.files.layout import Layout
from ledger.money import ZERO, money_text
from ledger.problem import Problem

_COLLECTED_VAT = "4457"
_FIRST_SEEN = frozenset({"closing", "date"})  # facts that differ between two sights of one problem
_OF_ALL = frozenset({"establishment"})  # what the chart names is named once for all establishments of a file
_LARGEST_CLASS = "8"  # PCG: classes 1 to 8; 9 and 0 are no general accounts


def check_file(closings: Iterable[BookedClosing], layout: Layout) -> list[Problem]:
    """Return everything that keeps closings from being written in a layout, and what a person should know.

    Only VAT on an account that is not one of collected VAT (PCG 4457) does not block: a till may well send 445600.

    Each problem comes once per establishment and account, journal or third party; its facts say ``format``,
    ``establishment``, ``setting`` (where to mend it: "slots/2/vat_account"), what does not fit (``account``,
    ``journal``, ``third_party``, ``document``, ``amount``), and the first ``closing`` it was found in.
    """
    checker = FileChecker(layout)
    for closing in closings:
        checker.look_at(closing)
    return checker.problems()


class FileChecker:
    """What `check_file` does, a closing at a time.

    It remembers what it has looked at, so that a year of closings asks about each account once.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.limits = layout.limits
        self._found: dict[tuple[str, ...], Problem] = {}
        self._seen: set[tuple[str | int | None, ...]] = set()
        self._movements = 0
        self._look_at_settings()

    def problems(self) -> list[Problem]:
        """Each thing once, with the first closing that showed it, however many did."""
        return list(self._found.values())

    def _look_at_settings(self) -> None:
        for problem in self.layout.setting_problems():
            self._keep(problem, {"establishment": "", "closing": ""})

    def look_at(self, closing: BookedClosing) -> None:
        """Look at a closing's entries, and at what they name, before any of it is written."""
        where = {"establishment": closing.establishment, "closing": str(closing.number)}
        for problem in self._check_closing(closing):
            self._keep(problem, where)

    def look_at_validated(self, closing: BookedClosing, day: date) -> None:
        """Look at an entry that stands in the file as an earlier one holds it: only its day can be wrong."""
        for problem in self.layout.day_problems(day):
            self._keep(problem, {"establishment": closing.establishment, "closing": str(closing.number)})

    def _keep(self, problem: Problem, where: Mapping[str, str]) -> None:
        facts = {"format": self.layout.name, **where, **problem.facts}
        apart = _FIRST_SEEN | _OF_ALL if facts.get("setting", "").startswith("chart/") else _FIRST_SEEN
        same = tuple(value for name, value in facts.items() if name not in apart)
        self._found.setdefault((problem.code, *same), replace(problem, facts=facts))

    def _check_closing(self, closing: BookedClosing) -> Iterator[Problem]:
        yield from self.layout.closing_problems(closing)
        yield from self._refuse_long("document", closing.document, "closing_number")
        self._movements += len(closing.entries)
        if self.limits.movements is not None and self._movements > self.limits.movements:
            facts = {"setting": "period", "maximum": str(self.limits.movements)}
            yield Problem(code="file_too_many_entries", facts=facts)
        for entry in closing.entries:
            yield from self._check_entry(closing.establishment, entry)

    def _check_entry(self, establishment: str, entry: Entry) -> Iterator[Problem]:
        if self._is_new(establishment, entry.journal, entry.kind):
            journal = self.layout.chart.journal(entry.journal, entry.kind)
            yield from self._code_problems("journal", journal.code, f"chart/journals/{entry.journal}")
        for line in entry.lines:
            if self._is_new(establishment, line.account, line.third_party, line.role, line.vat_slot, line.means):
                yield from self._account_problems(line, setting_of(entry, line))
            if self.limits.amount is not None:
                amount = money_text(abs(line.amount))
                if len(amount) > self.limits.amount:
                    yield from self._refuse_long("amount", amount, setting_of(entry, line))

    def _account_problems(self, line: Line, setting: str) -> Iterator[Problem]:
        chart = self.layout.chart
        third_party = chart.third_party(line.third_party)
        written = self.layout.account_in_file(line.account, third_party)
        in_account = written != line.account
        yield from self._code_problems(
            "account", written, f"chart/third_parties/{line.third_party}" if in_account else setting
        )
        if not _is_in_french_chart(written):
            yield Problem(code="file_account_outside_chart", facts={"setting": setting, "account": written})
        if not chart.account_name(line.account):
            facts = {"setting": f"chart/accounts/{line.account}", "account": line.account}
            yield Problem(code="file_account_without_name", facts=facts)
        if line.role is LineRole.VAT and not line.account.startswith(_COLLECTED_VAT):
            facts = {"setting": setting, "account": line.account, "rate": money_text(line.vat_rate or ZERO)}
            yield Problem(code="file_vat_account_not_collected", facts=facts, blocking=False)
        if line.third_party and not in_account:
            yield from self._code_problems("third_party", third_party.code, f"chart/third_parties/{line.third_party}")

    def _code_problems(self, what: str, code: str, setting: str) -> Iterator[Problem]:
        if not is_code(code, self.layout.charset):
            yield Problem(code=f"file_{what}_characters", facts={"setting": setting, what: code})
        yield from self._refuse_long(what, code, setting)

    def _refuse_long(self, what: str, text: str, setting: str) -> Iterator[Problem]:
        maximum: int | None = getattr(self.limits, what)
        if maximum is not None and len(text) > maximum:
            facts = {"setting": setting, what: text, "maximum": str(maximum)}
            yield Problem(code=f"file_{what}_too_long", facts=facts)

    def _is_new(self, *key: str | int | None) -> bool:
        if key in self._seen:
            return False
        self._seen.add(key)
        return True


def _is_in_french_chart(account: str) -> bool:
    """The first three characters of an account are digits of the French chart (LPF art. A47 A-1, field 5)."""
    start = account[:3]
    return len(start) == 3 and start.isascii() and start.isdigit() and "1" <= start[0] <= _LARGEST_CLASS
