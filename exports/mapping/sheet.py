"""The settings as the screen lays them out: sections of rows, each row one subject with a cell for each setting."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exact.company.catalogue_search import Found
from exact.effective import UNUSED, Setting, Source
from exact.fields import NO, YES
from exact.models import AskedMeans, CatalogueKind
from exact.settings.comparison import Compared, Verdict
from exact.wording import explain, label_of
from exports.console.closing_page import rate
from ledger.kinds import PaymentKind, ReceiptKind, Unnamed, Usual

SOURCES = {
    Source.TILL: gettext_lazy("till"),
    Source.RESELLER: gettext_lazy("set here"),
    Source.DEFAULT: gettext_lazy("default"),
}
VERDICTS = {
    Verdict.KNOWN: gettext_lazy("known to Exact"),
    Verdict.UNKNOWN: gettext_lazy("unknown in Exact"),
    Verdict.WRONG: gettext_lazy("to be mended"),
    Verdict.NOT_COMPARED: "",
}
ANSWERS = {YES: gettext_lazy("yes"), NO: gettext_lazy("no")}
COLUMNS: dict[str, tuple[str | Promise, ...]] = {
    "vat": (gettext_lazy("Sales account"), gettext_lazy("VAT code in Exact"), gettext_lazy("VAT account (files)")),
    "means": (gettext_lazy("Account"), gettext_lazy("Journal"), gettext_lazy("Third party")),
}
# What holds where a setting is left open, by its field.
LEFT_OPEN: dict[str, str | Promise] = {
    "banked": gettext_lazy("not booked"),
    "cost_center": gettext_lazy("no cost centre"),
    "journal": gettext_lazy("the receipts journal"),
    UNUSED: gettext_lazy("not used"),
}
# Chosen from a list, where it is short enough to open; a chart of accounts is searched instead.
CHOSEN = (
    CatalogueKind.VAT_CODE,
    CatalogueKind.JOURNAL,
    CatalogueKind.PAYMENT_CONDITION,
    CatalogueKind.COST_CENTER,
)


@dataclass(slots=True, kw_only=True)
class Cell:
    """One setting: what is in force, whose it is, what Exact says, and the control that sets it.

    `own` is what people set or are about to; `value` is what is in force. With `options` it is chosen, else
    typed with the suggestions of the list of its `kind`.
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
    fix: str = ""
    fix_label: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    matches: list[Found] | None = None
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
        return sum(bool(cell.sentences) for row in self.rows for cell in row.cells)


class Sheet:
    """Lays the settings out. `lists` are the company's items to choose from, by kind; `stored` what people had set."""

    def __init__(
        self,
        settings: Iterable[Compared],
        *,
        stored: Mapping[str, str],
        lists: Mapping[CatalogueKind, list[Found]],
        matches: Mapping[str, list[Found]],
    ) -> None:
        self.lists, self.stored, self.matches = lists, stored, matches
        self.settings = {it.setting.field: it for it in settings}

    def sections(self) -> list[Section]:
        """All sections that have rows."""
        return [it for it in self._all() if it.rows]

    def question(self, asked: AskedMeans) -> Cell:
        """The cell that answers where a means of payment goes."""
        return self._cell(self.settings[f"means.{asked.code}"])

    def _all(self) -> Iterator[Section]:
        yield from self._where_sales_go()
        yield from self._where_money_goes()
        yield from self._seldom_set()

    def _where_sales_go(self) -> Iterator[Section]:
        yield Section(
            key="customer",
            title=_("Counter customer"),
            about=_("Every closing is booked on this customer, and leaves it at zero."),
            rows=self._plain("customer_account", "third_party", "payment_condition", "cost_center"),
        )
        yield Section(
            key="vat",
            title=_("VAT 1 to 10"),
            about=_("The till sends its slots with their rates; Exact's VAT code must have the same rate."),
            rows=[*self._slots("vat[")],
            columns=COLUMNS["vat"],
        )
        yield Section(
            key="former",
            title=_("VAT rates of before"),
            about=_("Closings that come late, and refunds, are booked with what their slot had at their rate."),
            rows=[*self._slots("former[")],
            columns=COLUMNS["vat"],
        )
        yield Section(
            key="journals",
            title=_("Journals"),
            about=_("The sale goes into the sales journal, what was paid into the receipts journal."),
            rows=self._plain("journals.sales", "journals.receipts"),
        )

    def _where_money_goes(self) -> Iterator[Section]:
        yield Section(
            key="means",
            title=_("Means of payment of the tills"),
            about=_("One by one; what is left open goes as its kind does."),
            rows=[*self._means("means")],
            columns=COLUMNS["means"],
        )
        yield Section(
            key="kinds",
            title=_("Means of payment by kind"),
            about=_("Without an account the money stays on the journal's own account, as cash does."),
            rows=[*self._means("means_by_kind")],
            columns=COLUMNS["means"],
        )
        yield Section(
            key="receipts",
            title=_("Tips, deposits, gift cards"),
            about=_("Money taken that is no sale."),
            rows=self._group("receipts"),
        )
        yield Section(
            key="drawer",
            title=_("Cash drawer"),
            about=_("Differences at the count, and cash that comes and goes without a sale."),
            rows=[
                *self._plain("shortage", "surplus"),
                *self._group("movements"),
                *self._plain("deductible_vat", "banked"),
            ],
        )

    def _seldom_set(self) -> Iterator[Section]:
        yield Section(
            key="customers",
            title=_("Customers on account"),
            about=_("The till's customer code, and the third party it is in Exact."),
            rows=self._group("customers"),
            folded=True,
        )
        yield Section(
            key="families",
            title=_("Accounts by family"),
            about=_("Families of articles that are sold on an account of their own."),
            rows=self._group("family"),
            folded=True,
        )
        yield Section(
            key="lines",
            title=_("How lines are made"),
            about=_("Finer lines say more and are longer to read."),
            rows=self._plain("separate_refunds", "separate_families"),
            folded=True,
        )

    def _plain(self, *fields: str) -> list[Row]:
        return [self._row(self.settings[name]) for name in fields if name in self.settings]

    def _group(self, group: str) -> list[Row]:
        return [self._row(it) for name, it in self.settings.items() if name.partition(".")[0] == group]

    def _row(self, compared: Compared) -> Row:
        setting = compared.setting
        return Row(title=label_of(setting.field, setting.subject), detail="", cells=[self._cell(compared)])

    def _slots(self, group: str) -> Iterator[Row]:
        settings = self.settings.items()
        firsts = [it for name, it in settings if name.startswith(group) and name.endswith("].sales_account")]
        for first in firsts:
            index = first.setting.field.removesuffix(".sales_account")
            slot = first.setting.subject
            yield Row(
                title=_("VAT {slot}").format(slot=slot["slot"]),
                detail=rate(slot["rate"]),
                cells=[
                    self._cell(self.settings[f"{index}.{name}"])
                    for name in ("sales_account", "vat_code", "vat_account")
                ],
            )

    def _means(self, group: str) -> Iterator[Row]:
        for name, it in self.settings.items():
            its_group, _dot, code = name.partition(".")
            if its_group == group:
                parts = [f"{group}{suffix}.{code}" for suffix in ("", "_journal", "_party")]
                cells = [self._cell(self.settings[part]) for part in parts if part in self.settings]
                if group == "means_by_kind":
                    yield Row(title=label_of(name, {}), detail="", cells=cells)
                else:
                    label = it.setting.subject.get("label", "")
                    yield Row(title=label or code, detail=code if label else "", cells=cells)

    def _cell(self, compared: Compared) -> Cell:
        setting = compared.setting
        kind = setting.kind
        cell = Cell(
            name=setting.field,
            label=label_of(setting.field, setting.subject),
            own=setting.own,
            value=setting.value,
            source=setting.source.value,
            source_label=str(SOURCES[setting.source]),
            kind=kind.value if kind else "",
            found=compared.found,
            verdict=compared.verdict.value,
            verdict_label=str(VERDICTS[compared.verdict]),
            sentences=[explain(it, naming_the_setting=False) for it in compared.problems],
            matches=self.matches.get(setting.field),
            changed=setting.own != self.stored.get(setting.field, ""),
            left_open=_left_open(setting),
        )
        if compared.fix and compared.fix.field == setting.field:
            cell.fix, cell.fix_label = compared.fix.value, f"{compared.fix.value} {compared.fix.name}".strip()
        if kind is None:
            cell.value = str(ANSWERS[setting.value])
            cell.options = [(key, str(words)) for key, words in ANSWERS.items()]
            cell.options.insert(0, ("", _("as by default") if setting.own else cell.value))
        elif kind in CHOSEN and kind in self.lists and self.lists[kind]:
            cell.options = _options(cell, self.lists[kind])
        return cell


def _options(cell: Cell, items: list[Found]) -> list[tuple[str, str]]:
    """What may be chosen: first what holds without a choice, then what Exact has."""
    known = [(it.code, f"{it.code} – {it.name}") for it in items]
    unlisted = [(cell.own, cell.own)] if cell.own and cell.own not in {it.code for it in items} else []
    in_force = f"{cell.value} – {cell.found}" if cell.found else cell.value or cell.left_open
    return [("", _("as the till says, or by default") if cell.own else in_force), *unlisted, *known]


def _left_open(setting: Setting) -> str:
    """What holds when nobody sets it: the journal's own account, the customer account."""
    if UNUSED in setting.subject:
        return str(LEFT_OPEN[UNUSED])
    group, _dot, name = setting.field.partition(".")
    kind = setting.subject.get("kind", name)
    if group.endswith("_journal"):
        return str(LEFT_OPEN["journal"])
    if group in ("means", "means_by_kind"):
        return _without_account(PaymentKind(kind).usual)
    if group == "receipts":
        return _without_account(ReceiptKind(name).usual)
    return str(LEFT_OPEN.get(setting.field, "–"))


def _without_account(usual: Usual) -> str:
    match usual.unnamed:
        case Unnamed.JOURNAL:
            return _("the journal's own account")
        case Unnamed.CUSTOMER:
            return _("the customer account")
        case Unnamed.DIFFERENCE:
            return _("shortage or surplus")
        case Unnamed.NOWHERE:
            return _("none: such closings are held")
    assert_never(usual.unnamed)
