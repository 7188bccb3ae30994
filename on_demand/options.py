"""How a customer's files are written: the settings of people, the defaults, and the layout that follows from them."""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field

from booking.mapping import DEFAULT_RECEIPTS_JOURNAL, DEFAULT_SALES_JOURNAL
from exact.models import CatalogueItem, CatalogueKind
from ledger.files.chart import Chart, FileJournal, FileThirdParty
from ledger.files.ciel import Ciel, CielCharset, DecimalSign
from ledger.files.fec import Fec
from ledger.files.layout import Layout
from ledger.files.sage import Sage, SageLabelWidth
from ledger.files.sage_text import SageText, SageTextCharset, Separator
from on_demand.book_years import year_of
from on_demand.models import FileSettings, OnDemandExport, OnDemandFormat
from tenants.models import Establishment, Tenant

# What French packages usually call the two journals and the walk-in customer.
DEFAULT_JOURNALS = {
    DEFAULT_SALES_JOURNAL: FileJournal(code="VE", name="Ventes caisse"),
    DEFAULT_RECEIPTS_JOURNAL: FileJournal(code="CA", name="Encaissements caisse"),
}
WALK_IN = FileThirdParty(code="CAISSE", name="Clients comptoir")


class JournalName(BaseModel):
    """A journal's code and name in the file."""

    model_config = ConfigDict(extra="forbid")

    code: str
    name: str = ""


class ThirdPartyName(BaseModel):
    """A third party's code, name and (for Ciel) account in the file."""

    model_config = ConfigDict(extra="forbid")

    code: str
    name: str = ""
    account: str = ""


class FileOptions(BaseModel):
    """All file settings; the keys of its tables are codes as entries have them (70, 0000002, 707000)."""

    model_config = ConfigDict(extra="forbid")

    journals: dict[str, JournalName] = {}
    third_parties: dict[str, ThirdPartyName] = {}
    accounts: dict[str, str] = {}
    last_month: int = Field(default=12, ge=1, le=12)
    draft: bool = False
    ciel_decimal_sign: DecimalSign = DecimalSign.POINT
    ciel_charset: CielCharset = CielCharset.ASCII
    sage_label_width: SageLabelWidth = SageLabelWidth.OLD
    sage_text_separator: Separator = Separator.SEMICOLON
    sage_text_charset: SageTextCharset = SageTextCharset.WINDOWS
    sage_text_headings: bool = True


def options_of(tenant: Tenant, establishment: Establishment | None) -> FileOptions:
    """The settings in force: the establishment's own, else the customer's, else the defaults."""
    rows = FileSettings.objects.filter(tenant=tenant)
    whole = rows.filter(establishment=None).first()
    of_all = FileOptions.model_validate(whole.options if whole else {})
    own = rows.filter(establishment=establishment).first() if establishment else None
    if own is None:
        return of_all
    # The fiscal year is the legal entity's, and numbers are given per year.
    return FileOptions.model_validate(own.options).model_copy(update={"last_month": of_all.last_month})


def layout_of(export: OnDemandExport, *, walk_ins: Iterable[str]) -> Layout:
    """The layout of an export's file. `walk_ins` are the third parties its establishments sell to at the counter."""
    options = options_of(export.tenant, export.establishment)
    chart = chart_of(export.tenant, options, walk_ins)
    match OnDemandFormat(export.format):
        case OnDemandFormat.FEC:
            year = year_of(export.tenant, export.first_date, last_month=options.last_month)
            return Fec(chart=chart, siren=export.tenant.siren, year=year, draft=options.draft)
        case OnDemandFormat.CIEL:
            return Ciel(chart=chart, decimal_sign=options.ciel_decimal_sign, encoding=options.ciel_charset)
        case OnDemandFormat.SAGE:
            return Sage(chart=chart, label_width=options.sage_label_width)
        case OnDemandFormat.SAGE_TEXT:
            return SageText(
                chart=chart,
                label_width=options.sage_label_width,
                separator=options.sage_text_separator,
                encoding=options.sage_text_charset,
                headings=options.sage_text_headings,
            )
        case OnDemandFormat.EXACT:
            raise ValueError("Exact is no file")


def chart_of(tenant: Tenant, options: FileOptions, walk_ins: Iterable[str]) -> Chart:
    """Names: people's first, then those that the customer's companies in Exact give their accounts."""
    return Chart(
        accounts={**_read_names_in_exact(tenant), **options.accounts},
        journals={
            **DEFAULT_JOURNALS,
            **{key: FileJournal(code=it.code, name=it.name) for key, it in options.journals.items()},
        },
        third_parties={
            **{code: WALK_IN for code in walk_ins if code},
            **{
                key: FileThirdParty(code=it.code, name=it.name, account=it.account)
                for key, it in options.third_parties.items()
            },
        },
    )


def _read_names_in_exact(tenant: Tenant) -> Mapping[str, str]:
    accounts = CatalogueItem.objects.filter(tenant=tenant, kind=CatalogueKind.GL_ACCOUNT).exclude(name="")
    return dict(accounts.order_by("division_id").values_list("code", "name"))
