"""The settings as the screen lays them out: sections of rows, each row one subject with a cell for each setting."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.codes import CodeKind
from booking.effective import InForce
from booking.means_settings import MEANS_ACCOUNT
from booking.models import AskedMeans
from booking.setting import Area
from booking.setting_labels import ANSWERS, SOURCES, in_words, label
from exact.company.catalogue_search import FoundItem
from exact.models import CatalogueKind
from exact.settings.comparison import Compared, Verdict
from exact.wording import explain
from exports.console.closing_page import rate

VERDICTS = {
    Verdict.KNOWN: gettext_lazy("known to Exact"),
    Verdict.UNKNOWN: gettext_lazy("unknown in Exact"),
    Verdict.WRONG: gettext_lazy("to be mended"),
    Verdict.NOT_COMPARED: "",
}
# Kinds of code that are chosen from a list, if the list is short enough. Accounts are searched for instead.
CHOSEN = (CodeKind.VAT_CODE, CodeKind.JOURNAL, CodeKind.PAYMENT_CONDITION, CodeKind.COST_CENTER)


@dataclass(frozen=True, slots=True)
class Heading:
    """The texts above a section. `folded`: seldom needed, shown closed."""

    title: str | Promise
    about: str | Promise
    folded: bool = False


HEADINGS: Mapping[Area, Heading] = {
    Area.CUSTOMER: Heading(
        gettext_lazy("Counter customer"),
        gettext_lazy("Every closing is booked on this customer, and leaves it at zero."),
    ),
    Area.VAT: Heading(
        gettext_lazy("VAT 1 to 10"),
        gettext_lazy("The till sends its slots with their rates; Exact's VAT code must have the same rate."),
    ),
    Area.FORMER: Heading(
        gettext_lazy("VAT rates of before"),
        gettext_lazy("Closings that come late, and refunds, are booked with what their slot had at their rate."),
    ),
    Area.JOURNALS: Heading(
        gettext_lazy("Journals"),
        gettext_lazy("The sale goes into the sales journal, what was paid into the receipts journal."),
    ),
    Area.MEANS: Heading(
        gettext_lazy("Means of payment of the tills"),
        gettext_lazy("One by one; what is left open goes as its kind does."),
    ),
    Area.KINDS: Heading(
        gettext_lazy("Means of payment by kind"),
        gettext_lazy("Without an account the money stays on the journal's own account, as cash does."),
    ),
    Area.RECEIPTS: Heading(
        gettext_lazy("Tips, deposits, gift cards"),
        gettext_lazy("Money taken that is no sale."),
    ),
    Area.DRAWER: Heading(
        gettext_lazy("Cash drawer"),
        gettext_lazy("Differences at the count, and cash that comes and goes without a sale."),
    ),
    Area.CUSTOMERS: Heading(
        gettext_lazy("Customers on account"),
        gettext_lazy("The till's customer code, and the third party it is in Exact."),
        folded=True,
    ),
    Area.FAMILIES: Heading(
        gettext_lazy("Accounts by family"),
        gettext_lazy("Families of articles that are sold on an account of their own."),
        folded=True,
    ),
    Area.LINES: Heading(
        gettext_lazy("How lines are made"),
        gettext_lazy("Finer lines say more and are longer to read."),
        folded=True,
    ),
}


@dataclass(slots=True, kw_only=True)
class Cell:
    """One setting: its value, who set it, what Exact says of it, and the form field that changes it.

    `own`: what people set, or typed into the form; `value`: what is in force. With `options` the field is a choice,
    else a text field that suggests the items of its `kind`.
    """

    name: str
    label: str
    own: str
    value: str
    source: str
    source_label: str
    kind: str
    found: str = ""
    verdict: str = ""
    verdict_label: str = ""
    sentences: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    fix: str = ""
    fix_label: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    matches: list[FoundItem] | None = None
    changed: bool = False
    left_open: str = ""


@dataclass(slots=True, kw_only=True)
class Row:
    """One subject: VAT slot 2, the means of payment CB."""

    title: str
    detail: str
    cells: list[Cell]


@dataclass(slots=True, kw_only=True)
class Section:
    """Rows of one sort, with the titles of their columns. `folded`: seldom needed, shown closed."""

    key: str
    title: str
    about: str
    rows: list[Row]
    columns: tuple[str | Promise, ...] = ()
    folded: bool = False

    @property
    def to_mend(self) -> int:
        """How many cells have something wrong."""
        return sum(bool(cell.sentences) for row in self.rows for cell in row.cells)


class Sheet:
    """Lays the settings out. `lists` are the company's items to choose from, by kind; `stored` what people had set."""

    def __init__(
        self,
        settings: Iterable[Compared],
        *,
        stored: Mapping[str, str],
        lists: Mapping[CatalogueKind, list[FoundItem]],
        matches: Mapping[str, list[FoundItem]],
    ) -> None:
        self.lists, self.stored, self.matches = lists, stored, matches
        self.settings = {it.in_force.field: it for it in settings}

    def sections(self) -> list[Section]:
        """All sections that have rows."""
        return [it for it in map(self._section, HEADINGS) if it.rows]

    def cells(self) -> list[Cell]:
        """Every cell that is shown, in its place's order."""
        return [cell for section in self.sections() for row in section.rows for cell in row.cells]

    def question(self, asked: AskedMeans) -> Cell:
        """The cell that answers where a means of payment goes."""
        return self._cell(self.settings[MEANS_ACCOUNT.field_of(asked.code)])

    def _section(self, area: Area) -> Section:
        heading = HEADINGS[area]
        its = [it for it in self.settings.values() if it.in_force.group.area is area]
        return Section(
            key=area.value,
            title=str(heading.title),
            about=str(heading.about),
            rows=[self._row([*cells]) for _subject, cells in groupby(its, key=_row_of)],
            columns=its[0].in_force.group.columns if its else (),
            folded=heading.folded,
        )

    def _row(self, settings: list[Compared]) -> Row:
        title, detail = _titles(settings[0].in_force)
        return Row(title=title, detail=detail, cells=[self._cell(it) for it in settings])

    def _cell(self, compared: Compared) -> Cell:
        it, code = compared.in_force, compared.in_force.code
        cell = Cell(
            name=it.field,
            label=label(it.group, it.setting, it.subject),
            own=it.own,
            value=in_words(it.setting, it.value),
            source=it.source.value,
            source_label=str(SOURCES[it.source]),
            kind=code.value if code else "",
            found=compared.found,
            verdict=compared.verdict.value,
            verdict_label=str(VERDICTS[compared.verdict]),
            sentences=[explain(problem, naming_the_setting=False) for problem in compared.problems],
            hints=[explain(problem, naming_the_setting=False) for problem in compared.hints],
            matches=self.matches.get(it.field),
            changed=it.own != self.stored.get(it.field, ""),
            left_open=_(it.left_open),
        )
        if compared.fix and compared.fix.field == it.field:
            cell.fix, cell.fix_label = compared.fix.value, f"{compared.fix.value} {compared.fix.name}".strip()
        if code is None:
            cell.options = [(key, str(words)) for key, words in ANSWERS.items()]
            cell.options.insert(0, ("", _("as by default") if it.own else cell.value))
        elif code in CHOSEN and (items := self.lists.get(CatalogueKind(code))):
            cell.options = _options(cell, items)
        return cell


def _row_of(compared: Compared) -> str:
    """What makes settings share a row: their subject, where their group has columns; else each has its own row."""
    it = compared.in_force
    return it.subject.name if it.group.columns else it.field


def _titles(it: InForce) -> tuple[str, str]:
    """What a row is called, and what else there is to say of its subject."""
    if it.group.columns and "rate" in it.facts:
        return _("VAT {slot}").format(slot=it.facts["slot"]), rate(it.facts["rate"])
    if "label" in it.facts:
        return it.facts["label"] or it.subject.name, it.subject.name if it.facts["label"] else ""
    return label(it.group, it.setting, it.subject), ""


def _options(cell: Cell, items: list[FoundItem]) -> list[tuple[str, str]]:
    """The options of a choice: first the value that holds without one, then what Exact has."""
    known = [(it.code, f"{it.code} – {it.name}") for it in items]
    unlisted = [(cell.own, cell.own)] if cell.own and cell.own not in {it.code for it in items} else []
    in_force = f"{cell.value} – {cell.found}" if cell.found else cell.value or cell.left_open
    return [("", _("as the till says, or by default") if cell.own else in_force), *unlisted, *known]
