"""The console's forms: asking for an export, and how files are written."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import dates, timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from ledger import texts
from ledger.files.ciel import CielCharset, DecimalSign
from ledger.files.fec import FiscalYear
from ledger.files.sage import SageLabelWidth
from ledger.files.sage_text import SageTextCharset, Separator
from on_demand.asked_days import asked_days
from on_demand.book_years import is_numbered_otherwise, is_too_long, longest_days
from on_demand.models import (
    FOR_IMPORT,
    BookYear,
    FileSettings,
    KeptNumber,
    MonthlyExport,
    OnDemandExport,
    OnDemandFormat,
)
from on_demand.options import FileOptions, JournalName, ThirdPartyName
from on_demand.period import FAULTS, LONGEST_DAYS, period_faults
from on_demand.places import Chosen, PlacesField
from on_demand.rows_field import Column, RowsField
from tenants.models import User


class DayField(forms.DateField):
    """A day of the years that closings may have."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not texts.in_years(value):
            raise ValidationError(_now("The year must be between 2000 and 2100."), code="out_of_years")


class AskForm(forms.Form):
    """Which closings, which days, which format, whose e-mail. Offers and accepts only what the user may see."""

    where = PlacesField(label=_("Establishments"))
    first = DayField(label=_("From"))
    last = DayField(label=_("To"))
    format = forms.ChoiceField(label=_("Format"), choices=OnDemandFormat.choices)
    email = forms.EmailField(
        label=_("E-mail (optional)"),
        required=False,
        widget=forms.EmailInput(attrs={"placeholder": "compta@example.fr"}),
        help_text=_("Gets the report, and the file."),
    )
    again = forms.BooleanField(
        label=_("Everything again"),
        required=False,
        help_text=_("Ciel and Sage: also what an earlier file holds, for instance when its import was refused."),
    )

    def __init__(self, data: QueryDict, *, user: User) -> None:
        filled, days = data.copy(), asked_days({it: str(data[it]) for it in data}, timezone.localdate(), usual=USUAL)
        filled["first"], filled["last"] = days.first, days.last
        self.month, self.was = days.month, days.shown
        super().__init__(filled)
        self.places.offer(user, data)
        if "where" not in data:
            filled.setlist("where", self.places.only)
        if not user.has_perm("on_demand.send_ondemandexport"):
            into_files: Any = self.fields["format"]
            into_files.choices = [it for it in OnDemandFormat.choices if it[0] != OnDemandFormat.EXACT]

    @property
    def places(self) -> PlacesField:
        """The field of the establishments."""
        field = self.fields["where"]
        assert isinstance(field, PlacesField)
        return field

    def clean_where(self) -> list[Chosen]:
        chosen: list[Chosen] = self.cleaned_data["where"]
        if len(chosen) > CUSTOMERS_MAX:
            words = _now("{count} customers are chosen; {most} at most can be exported together.")
            raise ValidationError(words.format(count=len(chosen), most=CUSTOMERS_MAX), code="too_many")
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "first" in cleaned and "last" in cleaned:
            names = {"from": "first", "to": "last"}
            days = (cleaned["first"], cleaned["last"])
            for field, code in period_faults(*days, today=timezone.localdate(), longest=self._longest(cleaned, *days)):
                self.add_error(names[field], ValidationError(_now(FAULTS[code]), code=code))
        return cleaned

    def _longest(self, cleaned: dict[str, Any], first: date, last: date) -> int:
        if not cleaned.get("where") or "format" not in cleaned:
            return LONGEST_DAYS
        return min(longest_days(it.tenant, cleaned["format"], first, last) for it in cleaned["where"])

    def exports(self) -> list[OnDemandExport]:
        """The exports asked for, one for each customer, not stored."""
        return [*map(self._make_export, self.cleaned_data["where"])]

    def _make_export(self, chosen: Chosen) -> OnDemandExport:
        shop = chosen.shops[0] if len(chosen.shops) == 1 else None
        export = OnDemandExport(
            tenant=chosen.tenant,
            establishment=shop,
            first_date=self.cleaned_data["first"],
            last_date=self.cleaned_data["last"],
            format=self.cleaned_data["format"],
            email=self.cleaned_data["email"],
            again=self.cleaned_data["again"] and self.cleaned_data["format"] in FOR_IMPORT,
        )
        export.chosen = () if shop or chosen.whole else chosen.shops
        return export


# The preset of a new form: what an accountant asks for each month.
USUAL = "last_month"
CUSTOMERS_MAX = 60
# Encodings in words; the codes are those that the importing package asks for.
CHARSETS: dict[CielCharset | SageTextCharset, Any] = {
    CielCharset.ASCII: _("without accents (ASCII)"),
    CielCharset.CP850: _("DOS (CP850)"),
    CielCharset.WINDOWS: _("Windows (CP1252)"),
    SageTextCharset.WINDOWS: _("Windows (CP1252)"),
    SageTextCharset.CP850: _("DOS (CP850)"),
    SageTextCharset.LATIN_9: _("Western Europe (ISO 8859-15)"),
}
WIDTHS = {
    SageLabelWidth.OLD: _("35 characters (older versions)"),
    SageLabelWidth.NEW: _("69 characters (newer versions)"),
}


class FileSettingsForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """The options as fields; codes and names are tables, to which rows can be added."""

    journals = RowsField(
        [
            Column(words=_("Code in Exact"), example="70"),
            Column(words=_("Code in the file"), example="VE"),
            Column(words=_("Name in the file"), example="Ventes caisse", required=False),
        ],
        label=_("Journals"),
        help_text=_("What a journal of Exact is called in the file."),
    )
    third_parties = RowsField(
        [
            Column(words=_("Code in Exact"), example="0000002"),
            Column(words=_("Code in the file"), example="CAISSE"),
            Column(words=_("Name in the file"), example="Clients comptoir", required=False),
            Column(words=_("Account for Ciel"), example="411CAISSE", required=False),
        ],
        label=_("Third parties"),
        help_text=_("Who owes or pays: the walk-in customer, customers on account."),
    )
    accounts = RowsField(
        [
            Column(words=_("Account"), example="511500"),
            Column(words=_("Name in the file"), example="Cartes bancaires à encaisser"),
        ],
        label=_("Names of accounts"),
        help_text=_("Where another name is wanted than the one that Exact gives the account."),
    )
    last_month = forms.TypedChoiceField(
        label=_("Last month of the fiscal year"),
        choices=[*dates.MONTHS.items()],
        coerce=int,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Of the customer: an establishment has no fiscal year of its own."),
    )
    draft = forms.BooleanField(
        label=_("FEC as a draft"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=_("Leaves the validation date empty, for a package that validates by itself."),
    )
    ciel_decimal_sign = forms.ChoiceField(
        label=_("Ciel: decimal sign"),
        choices=[(DecimalSign.POINT.value, _("point")), (DecimalSign.COMMA.value, _("comma"))],
        widget=UnfoldAdminSelectWidget,
    )
    ciel_charset = forms.ChoiceField(
        label=_("Ciel: characters"),
        choices=[(it.value, CHARSETS[it]) for it in CielCharset],
        widget=UnfoldAdminSelectWidget,
        help_text=_("Without accents every version reads it."),
    )
    sage_label_width = forms.TypedChoiceField(
        label=_("Sage: width of labels"),
        choices=[(it.value, WIDTHS[it]) for it in SageLabelWidth],
        coerce=int,
        widget=UnfoldAdminSelectWidget,
    )
    sage_text_separator = forms.ChoiceField(
        label=_("Sage text: separator"),
        choices=[(Separator.SEMICOLON.value, _("semicolon")), ("tab", _("tab"))],
        widget=UnfoldAdminSelectWidget,
    )
    sage_text_charset = forms.ChoiceField(
        label=_("Sage text: characters"),
        choices=[(it.value, CHARSETS[it]) for it in SageTextCharset],
        widget=UnfoldAdminSelectWidget,
    )
    sage_text_headings = forms.BooleanField(
        label=_("Sage text: first line with headings"), required=False, widget=UnfoldBooleanWidget
    )

    class Meta:
        model = FileSettings
        fields = ["tenant", "establishment"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = FileOptions.model_validate(self.instance.options if self.instance.pk else {})
        self.initial = {
            **self.initial,
            **options.model_dump(mode="json"),
            "journals": [[key, it.code, it.name] for key, it in options.journals.items()],
            "third_parties": [[key, it.code, it.name, it.account] for key, it in options.third_parties.items()],
            "accounts": [[key, name] for key, name in options.accounts.items()],
            "sage_text_separator": "tab" if options.sage_text_separator is Separator.TAB else ";",
        }

    def clean_journals(self) -> dict[str, JournalName]:
        return {key: JournalName(code=code, name=name) for key, code, name in self.cleaned_data["journals"]}

    def clean_third_parties(self) -> dict[str, ThirdPartyName]:
        rows = self.cleaned_data["third_parties"]
        return {key: ThirdPartyName(code=code, name=name, account=account) for key, code, name, account in rows}

    def clean_accounts(self) -> dict[str, str]:
        return dict(self.cleaned_data["accounts"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        tenant = self.instance.tenant if self.instance.pk else cleaned.get("tenant")
        shop = self.instance.establishment if self.instance.pk else cleaned.get("establishment")
        if tenant is None:
            return cleaned
        if shop is not None and shop.tenant_id != tenant.pk:
            self.add_error("establishment", _("This establishment belongs to another customer."))
        before = FileOptions.model_validate(self.instance.options or {}).last_month
        numbered = KeptNumber.objects.filter(tenant=tenant).exists()
        if shop is None and numbered and cleaned.get("last_month") not in (None, before):
            self.add_error(
                "last_month",
                _("Entries were numbered for this fiscal year already: it cannot change any more."),
            )
        return cleaned

    def save(self, commit: bool = True) -> FileSettings:
        names = {*FileOptions.model_fields}
        given = {name: value for name, value in self.cleaned_data.items() if name in names}
        given["sage_text_separator"] = "\t" if given["sage_text_separator"] == "tab" else ";"
        options = FileOptions.model_validate(given)
        self.instance.options = options.model_dump(mode="json", exclude_defaults=True)
        saved: FileSettings = super().save(commit)
        return saved


class BookYearForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """A fiscal year: at most 24 months, beside no other, and not one in which numbers were given already."""

    class Meta:
        model = BookYear
        fields = ["tenant", "first_day", "last_day"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        tenant = self.instance.tenant if self.instance.pk else cleaned.get("tenant")
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if tenant is None or first is None or last is None:
            return cleaned
        wanted = FiscalYear(first=first, last=last)
        row = BookYear.objects.filter(pk=self.instance.pk).first()
        before = FiscalYear(first=row.first_day, last=row.last_day) if row else None
        # For an existing year the customer is no field of the form, so Django does not check this constraint.
        others = BookYear.objects.filter(tenant=tenant, first_day__lte=last, last_day__gte=first)
        if last <= first:
            self.add_error("last_day", _("The last day comes before the first."))
        elif is_too_long(wanted):
            self.add_error("last_day", _("A fiscal year has 24 months at most."))
        elif row is not None and others.exclude(pk=row.pk).exists():
            self.add_error("last_day", _("Another fiscal year of this customer holds some of these days."))
        elif is_numbered_otherwise(tenant, before, wanted):
            self.add_error(
                "last_day", _("Entries of these days were numbered: their fiscal year cannot change any more.")
            )
        return cleaned


class MonthlyExportForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """The file of the month, of a customer or of one establishment: on which day, as which format, to whom."""

    class Meta:
        model = MonthlyExport
        fields = ["tenant", "establishment", "day", "format", "email", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.addressee != self.instance.email:
            self.initial["email"] = ""  # of somebody whom the reader does not know

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        tenant, shop = cleaned.get("tenant"), cleaned.get("establishment")
        if shop is not None and tenant is not None and shop.tenant_id != tenant.pk:
            self.add_error("establishment", _("This establishment belongs to another customer."))
        return cleaned
