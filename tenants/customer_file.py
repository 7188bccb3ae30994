"""A reseller's customers, establishments and tills from a file: CSV or XLSX, one till a row.

A customer is known again by its SIREN, else by its name; an establishment by its SIRET, else its code, else its name;
a till by its name. So the same file read twice changes nothing the second time.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import resources
from import_export.results import RowResult

from tenants.establishment_code import free_code
from tenants.models import Establishment, Reseller, Tenant, Till
from tenants.sheet import SheetRow, read_sheet
from tenants.unreadable import Unreadable

BYTES_MAX = 1_000_000
UNPACKED_MAX = 20_000_000
ROWS_MAX = 3_000
# Our name of a column → how people head it, without accents and capitals. The first is the template's.
HEADINGS: dict[str, tuple[str, ...]] = {
    "customer": ("client", "raison sociale", "customer"),
    "siren": ("siren",),
    "establishment": ("etablissement", "enseigne", "establishment"),
    "code": ("code",),
    "siret": ("siret",),
    "email": ("e-mail", "email", "mail", "courriel"),
    "till": ("caisse", "till"),
}
NEEDED = ("customer", "establishment")
DIGITS = {"siren": 9, "siret": 14}
_DIGITS = re.compile(r"[0-9]+").fullmatch
EXAMPLES = (
    ("Le Zinc SARL", "552100554", "Le Zinc de la Gare", "ZINC01", "55210055400013", "compta@exemple.fr", "Caisse bar"),
    (
        "Le Zinc SARL",
        "552100554",
        "Le Zinc de la Gare",
        "ZINC01",
        "55210055400013",
        "compta@exemple.fr",
        "Caisse salle",
    ),
    ("Boulangerie Martin", "", "Fournil du Marché", "", "", "", "Caisse 1"),
)


class FileRow(NamedTuple):
    """A row of the file: its number there, its texts by our names of the columns, and what is wrong with them."""

    number: int
    values: dict[str, str]
    faults: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRows:
    """The rows of a file, and the headings of columns that nobody reads."""

    rows: list[FileRow]
    not_read: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSeen:
    """What a row of the file does, or what is wrong with it. `number` is the row's in the spreadsheet."""

    number: int
    values: dict[str, str]
    outcome: list[str]
    errors: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a file does, row by row. With one row wrong nothing of it is kept."""

    rows: list[RowSeen]
    kept: bool

    @property
    def shown(self) -> list[RowSeen]:
        """The rows to be mended come first."""
        return sorted(self.rows, key=lambda row: not row.errors)

    @property
    def wrong(self) -> int:
        """How many rows have an error."""
        return sum(bool(row.errors) for row in self.rows)

    @property
    def changes(self) -> int:
        """How many rows would add or change a customer, establishment or till."""
        return sum(bool(row.outcome) for row in self.rows)


def read_file(content: bytes) -> CustomerRows:
    """The rows of a CSV or XLSX file. Raises `Unreadable`."""
    if len(content) > BYTES_MAX:
        raise Unreadable(_("The file is too large: at most 1 MB."))
    headings, *found = read_sheet(content, unpacked_max=UNPACKED_MAX, rows_max=ROWS_MAX) or [
        SheetRow(number=1, cells=[])
    ]
    columns = _columns(headings.cells)
    rows = [_row(row, columns, wide=len(headings.cells)) for row in found]
    rows = [row for row in rows if row.faults or any(row.values.values())]
    if not rows:
        raise Unreadable(_("The file has no row below its headings."))
    others = [it for at, it in enumerate(headings.cells) if it and at not in columns.values()]
    return CustomerRows(rows=rows, not_read=others)


def template(kind: str) -> bytes:
    """An example to fill in: "csv" as French spreadsheets read it, or "xlsx"."""
    headings = [names[0] for names in HEADINGS.values()]
    sheet = tablib.Dataset(*EXAMPLES, headers=headings, title="clients")
    if kind == "xlsx":
        packed: bytes = sheet.export("xlsx")
        return packed
    text: str = sheet.export("csv", delimiter=";")
    return text.encode("utf-8-sig")


def import_rows(rows: list[FileRow], reseller: Reseller, *, keep: bool) -> Outcome:
    """Look at the rows as customers of `reseller`, and with `keep` store them: all, or none when one is wrong."""
    resource = CustomerFile(reseller, rows)
    sheet = tablib.Dataset(*(list(row.values.values()) for row in rows), headers=list(rows[0].values))
    result = resource.import_data(sheet, dry_run=not keep, use_transactions=True, rollback_on_validation_errors=True)
    wrong = {row.number: row.error.messages for row in result.invalid_rows}
    wrong |= {row.number: [_("This row could not be stored. Try again.")] for row in result.error_rows}
    seen = [
        RowSeen(number=row.number, values=row.values, outcome=resource.outcomes.get(at, []), errors=wrong.get(at, []))
        for at, row in enumerate(rows, 1)
    ]
    return Outcome(rows=seen, kept=keep and not wrong)


@dataclass(slots=True)
class _Known:
    """What is there already, and what the file has said so far."""

    tenants: list[Tenant]
    shops: dict[int, list[Establishment]] = field(default_factory=dict)
    tills: dict[int, dict[str, Till]] = field(default_factory=dict)


class CustomerFile(resources.ModelResource):
    """One row: a till with the establishment and the customer it stands at, which are made or renamed as the row says.

    `outcomes` tells per row what it changes, in words.
    """

    class Meta:
        model = Till
        fields = ("name",)
        import_id_fields = ()
        skip_diff = True
        report_skipped = True

    def __init__(self, reseller: Reseller, rows: list[FileRow]) -> None:
        super().__init__()
        self.reseller = reseller
        self.rows = rows
        self.outcomes: dict[int, list[str]] = {}
        self.said: dict[tuple[str, object], tuple[int, str]] = {}
        self.known = self._what_is_there()

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """Find or make the row's customer and establishment. Raises `ValidationError` with all that is wrong."""
        this = self.rows[kwargs["row_number"] - 1]
        said: list[str] = []
        self.outcomes[kwargs["row_number"]] = said
        if this.faults:
            raise ValidationError(this.faults)
        number = this.number
        _check_needed(row)
        tenant = self._tenant(row, number, said)
        row["shop"] = self._shop(tenant, row, number, said)

    def get_instance(self, instance_loader: object, row: dict[str, Any]) -> Till | None:
        return self.known.tills.get(row["shop"].pk, {}).get(row["till"].lower())

    def init_instance(self, row: dict[str, Any]) -> Till:
        shop = row["shop"]
        return Till(tenant_id=shop.tenant_id, establishment=shop, name=row["till"])

    def import_instance(self, instance: Till, row: dict[str, Any], **kwargs: Any) -> None:
        """The name is all a row says of a till, and the till was found by it."""

    def skip_row(self, instance: Till, original: Till | None, row: dict[str, Any], errors: Any = None) -> bool:
        return instance.pk is not None or not row["till"]

    def validate_instance(self, instance: Till, errors: Any = None, validate_unique: bool = True) -> None:
        """Unique by the look-up above; the columns' own rules are left."""
        _check(instance, {"name": "till"})

    def after_save_instance(self, instance: Till, row: dict[str, Any], **kwargs: Any) -> None:
        self.known.tills.setdefault(row["shop"].pk, {})[instance.name.lower()] = instance
        self.outcomes[kwargs["row_number"]].append(_("new till"))

    def after_import_row(self, row: dict[str, Any], row_result: RowResult, **kwargs: Any) -> None:
        row.pop("shop", None)

    def after_import(self, dataset: tablib.Dataset, result: object, **kwargs: Any) -> None:
        """No row brings an id of its own, so that the sequences of ids need not be set after it."""

    def _what_is_there(self) -> _Known:
        known = _Known(tenants=[*Tenant.objects.filter(reseller=self.reseller)])
        for shop in Establishment.objects.filter(tenant__reseller=self.reseller):
            known.shops.setdefault(shop.tenant_id, []).append(shop)
        for till in Till.objects.filter(tenant__reseller=self.reseller):
            known.tills.setdefault(till.establishment_id, {})[till.name.lower()] = till
        return known

    def _tenant(self, row: dict[str, Any], number: int, said: list[str]) -> Tenant:
        name, siren = row["customer"], row.get("siren", "") or row.get("siret", "")[:9]
        same_siren = [it for it in self.known.tenants if siren and it.siren == siren]
        # A name alone finds a customer too, unless both have a SIREN and they differ.
        same_name = [it for it in self.known.tenants if it.name.lower() == name.lower() and not (siren and it.siren)]
        tenant = next(iter([*same_siren, *same_name]), None)
        if tenant is None:
            tenant = Tenant(reseller=self.reseller, name=name, siren=siren)
            _check(tenant, {"name": "customer", "siren": "siren"})
            tenant.save()
            self.known.tenants.append(tenant)
            said.append(_("new customer"))
        elif _take_over(tenant, {"name": name, "siren": siren}):
            _check(tenant, {"name": "customer", "siren": "siren"})
            tenant.save(update_fields=["name", "siren"])
            said.append(_("customer changed"))
        self._refuse_second_name(("customer", tenant.pk), name, number)
        return tenant

    def _shop(self, tenant: Tenant, row: dict[str, Any], number: int, said: list[str]) -> Establishment:
        name, code, siret = row["establishment"], row.get("code", "").upper(), row.get("siret", "")
        email = row.get("email", "")
        there = self.known.shops.setdefault(tenant.pk, [])
        if siret and tenant.siren and siret[:9] != tenant.siren:
            raise ValidationError(
                _("The SIRET does not begin with the customer's SIREN {siren}.").format(siren=tenant.siren)
            )
        shop = _find_first(
            [it for it in there if siret and it.siret == siret],
            [it for it in there if code and it.code == code and not (siret and it.siret)],
            [it for it in there if it.name.lower() == name.lower() and not code and not (siret and it.siret)],
        )
        names = {"name": "establishment", "code": "code", "siret": "siret", "contact_email": "email"}
        if shop is None:
            code = code or free_code(name, [it.code for it in there])
            if any(it.code == code for it in there):
                raise ValidationError(
                    _("This customer already has an establishment with this code. Choose another code.")
                )
            shop = Establishment(tenant=tenant, name=name, code=code, siret=siret, contact_email=email)
            _check(shop, names)
            shop.save()
            there.append(shop)
            said.append(_("new establishment"))
        elif _take_over(shop, {"name": name, "siret": siret, "contact_email": email}):
            _check(shop, names)
            shop.save(update_fields=["name", "siret", "contact_email"])
            said.append(_("establishment changed"))
        self._refuse_second_name(("establishment", shop.pk), name, number)
        return shop

    def _refuse_second_name(self, what: tuple[str, object], name: str, number: int) -> None:
        """Two rows of one file must not give one customer or establishment two names."""
        first, before = self.said.setdefault(what, (number, name))
        if before != name:
            words = _("Row {first} calls it “{before}”.")
            raise ValidationError(words.format(first=first, before=before))


def _take_over(row: Tenant | Establishment, values: dict[str, str]) -> bool:
    """Take over what the file says; an empty cell changes nothing. Returns whether anything is new."""
    new = {name: value for name, value in values.items() if value and getattr(row, name) != value}
    for name, value in new.items():
        setattr(row, name, value)
    return bool(new)


def _find_first(*ways: list[Establishment]) -> Establishment | None:
    return next((found[0] for found in ways if found), None)


def _check_needed(row: dict[str, Any]) -> None:
    for needed in NEEDED:
        if not row[needed]:
            raise ValidationError(_("The column “{column}” is empty.").format(column=HEADINGS[needed][0]))


def _check(instance: Tenant | Establishment | Till, columns: dict[str, str]) -> None:
    """The columns' own rules. Raises `ValidationError` in words that name the file's columns."""
    others = {it.name for it in instance._meta.fields} - {*columns}
    try:
        instance.clean_fields(exclude=others)
    except ValidationError as wrong:
        raise ValidationError(
            [
                _name_column(columns[name], str(message))
                for name, found in wrong.message_dict.items()
                for message in found
            ]
        ) from None


def _columns(headings: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower().strip(" *")
        for ours, names in HEADINGS.items():
            if plain in names and ours in found:
                words = _("Two columns are the same: “{first}” and “{second}”. Keep one of them.")
                raise Unreadable(words.format(first=headings[found[ours]], second=heading))
            if plain in names:
                found[ours] = at
    missing = [HEADINGS[needed][0] for needed in NEEDED if needed not in found]
    if missing:
        raise Unreadable(_("The first line must name the columns; missing: {names}.").format(names=", ".join(missing)))
    return {ours: found[ours] for ours in HEADINGS if ours in found}


def _row(row: SheetRow, columns: dict[str, int], *, wide: int) -> FileRow:
    """The row by our names, with what is wrong with each cell that is read."""
    cells = {ours: row.cells[at] if at < len(row.cells) else "" for ours, at in columns.items()}
    faults = {ours: row.faults[at] for ours, at in columns.items() if at in row.faults}
    for ours, long in DIGITS.items():
        if text := cells.get(ours, ""):
            cells[ours] = text = _without_spaces(text)
            if _DIGITS(text) and len(text) < long:
                faults.setdefault(ours, _say_too_few(text, long))
    told = [_name_column(ours, fault) for ours, fault in faults.items()]
    if any(row.cells[wide:]):
        told.append(_("This row has more cells than the first line has headings. Check its separators."))
    return FileRow(number=row.number, values=cells, faults=told)


def _say_too_few(text: str, long: int) -> str:
    words = _("{found} has {count} digits instead of {long}. A spreadsheet drops zeros in front: make the column text.")
    return words.format(found=text, count=len(text), long=long)


def _without_spaces(text: str) -> str:
    """552 100 554 and 552.100.554 are one SIREN."""
    bare = re.sub(r"[\s.]", "", text)
    return bare if _DIGITS(bare) else text


def _name_column(ours: str, fault: str) -> str:
    return f"{HEADINGS[ours][0]}\u00a0: {fault}"
