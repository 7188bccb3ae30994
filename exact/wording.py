"""The words for Exact's side: what is wrong with settings and entries there, and what Exact's resources are called."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from booking.setting_labels import WithGaps, is_number
from booking.setting_labels import label_of as label_of_setting
from exact.models import CatalogueKind
from ledger.money import BOOKS
from ledger.problem import Problem
from tenants.models import BookedLevel

SENTENCES: dict[str, str] = {
    "gl_account_missing": N_("No GL account is set ({field}). Set one in the mapping."),
    "gl_account_unknown": N_(
        "Exact does not know GL account {account} ({field}). Create it there, or correct it here."
    ),
    "gl_account_blocked": N_(
        "GL account {account} {name} is blocked in Exact ({field}). Unblock it there, or choose another account."
    ),
    "gl_account_type": N_(
        "GL account {account} {name} is not a customers' account in Exact ({field}). Choose a customers' account."
    ),
    "gl_account_not_for_sales": N_(
        "Exact does not allow GL account {account} {name} on a sales line ({field}). Choose another account."
    ),
    "cost_center_demanded": N_(
        "GL account {account} {name} demands a cost centre in Exact ({field}). Name one, take the demand away in "
        "Exact, or choose another account."
    ),
    "vat_code_missing": N_("No VAT code is set ({field}). Set one in the mapping."),
    "vat_code_unknown": N_("Exact does not know VAT code {vat_code} ({field}). Create it there, or correct it here."),
    "vat_code_blocked": N_(
        "VAT code {vat_code} {name} is blocked in Exact ({field}). Unblock it there, or choose another code."
    ),
    "vat_code_for_purchases": N_("VAT code {vat_code} {name} is for purchases ({field}). Choose one for sales."),
    "vat_code_including": N_("VAT code {vat_code} {name} includes VAT ({field}). Choose one of the excluding kind."),
    "vat_rate_differs": N_(
        "VAT code {vat_code} is {found} % in Exact, the till uses {rate} % ({field}). Choose a code of the till's rate."
    ),
    "account_named_otherwise": N_(
        "Exact calls GL account {account} “{name}”, which speaks of {found} %; this is the slot of {rate} % ({field}). "
        "Is it the one you mean?"
    ),
    "account_of_other_rate": N_(
        "GL account {account} {name} has VAT code {vat_code} ({found} %) in Exact; this is the slot of {rate} % "
        "({field}). Is it the one you mean?"
    ),
    "account_of_sales_for_payments": N_(
        "GL account {account} {name} is one of sales in Exact ({field}): what is paid would stand there as turnover. "
        "Choose an account of money or of debts."
    ),
    "account_of_vat_for_payments": N_(
        "GL account {account} {name} is one of VAT in Exact ({field}): what is paid would stand there as VAT. "
        "Choose an account of money or of debts."
    ),
    "journal_unknown": N_("Exact does not know journal {journal} ({field}). Create it there, or correct it here."),
    "journal_blocked": N_(
        "Journal {journal} {name} is blocked in Exact ({field}). Unblock it there, or choose another journal."
    ),
    "journal_type": N_("Journal {journal} {name} is of the wrong type in Exact ({field}). Choose another journal."),
    "third_party_missing": N_("No third party is set for counter sales ({field}). Set one in the mapping."),
    "third_party_unknown": N_("Exact does not know third party {third_party}. Create it there, or correct the code."),
    "third_party_not_customer": N_(
        "Third party {third_party} {name} is not a customer in Exact. Make it a customer there, or choose another one."
    ),
    "third_party_inactive": N_(
        "Third party {third_party} {name} is inactive or blocked in Exact. Make it active there, or choose another one."
    ),
    "payment_condition_missing": N_("Third party {third_party} {name} has no payment condition in Exact. Set one."),
    "payment_condition_unknown": N_(
        "Exact does not know payment condition {condition}. Create it there, or choose another one for the third party."
    ),
    "period_unknown": N_("Exact has no financial period for {date}. Open the year there."),
    "period_closed": N_(
        "Period {period} of journal {journal} is closed in Exact. Reopen it there; what was refused can be sent again."
    ),
    "cost_center_unknown": N_(
        "GL account {account} {name} demands a cost centre; Exact does not know {cost_center}, or no longer uses it. "
        "Create it there, or choose another one."
    ),
    "right_missing": N_(
        "The Exact user has no right to {resource}. Give it in Exact (user's rights), or log in as another user."
    ),
    "division_archived": N_("The company {division} is archived in Exact. Restore it there, or choose another."),
    "division_gone": N_(
        "The Exact user can no longer enter the company {division}. Give the right back in Exact, or link again."
    ),
    "parameters_missing": N_(
        "The till has not sent its VAT parameters yet. Send them from the till, then check again."
    ),
}
# What checks and problems are about that is no setting, or a setting of no subject that could be named.
FIELDS: dict[str, str] = {
    "division": N_("Company"),
    "rights": N_("Rights of the Exact user"),
    "vat": N_("VAT rates"),
    "vat.sales_account": N_("sales account"),
    "vat.vat_code": N_("VAT code"),
    "accounts.customer": N_("customer"),
    "accounts.means": N_("means of payment"),
    "accounts.receipt": N_("other receipts"),
    "accounts.movement": N_("cash movement"),
    "accounts.difference": N_("cash difference"),
    "accounts.suspense": N_("gap of a closing that does not balance"),
    "period": N_("Period of today"),
}
RESOURCES: dict[str, str] = {
    "bulk/Financial/GLAccounts": N_("the chart of accounts"),
    "vat/VATCodes": N_("the VAT codes"),
    "financial/Journals": N_("the journals"),
    "cashflow/PaymentConditions": N_("the payment conditions"),
    "hrm/Costcenters": N_("the cost centres"),
    "financial/FinancialPeriods": N_("the financial periods"),
    "read/financial/JournalStatusList": N_("the closed periods"),
    "crm/Accounts": N_("the customers"),
    "salesentry/SalesEntries": N_("the sales entries"),
    "financialtransaction/CashEntries": N_("the cash entries"),
    "financialtransaction/BankEntries": N_("the bank entries"),
}
MONEY_FACTS = frozenset(
    {
        *("net", "tax", "gross", "sales", "other_receipts", "payments", "movements", "float_open", "counted", "banked"),
        *("expected", "found", "difference", "tolerance", "before", "amount"),
    }
)
SIGNS = {BOOKS: "€"}
NOTHING = "–"  # where a sentence names what is empty: no third party
DAYS = frozenset({"date", "received", "former", "earliest", "latest"})
INSTANTS = frozenset({"told", "ended", "since", "opened_at", "closed_at"})
# Facts that have the name of an amount or a number elsewhere, and are a day or a count here.
DAYS_OF = {"business_date": {"found"}, "file_outside_fiscal_year": {"first", "last"}}
COUNTS_OF = {"ticket_count": {"found"}}
PERCENT_CODES = frozenset({"vat_rate_differs", "slot_rate_mismatch", "account_of_other_rate"})
TEXTS_OF = {"account_named_otherwise": {"found"}}  # several rates, as the name has them
# Of what the fact `kind` says the kind, where a sentence names it.
KINDS: dict[str, str] = {"receipt_unmapped": "receipts", "movement_unmapped": "movements"}


def label_of(field: str, facts: Mapping[str, str]) -> str:
    """What a field of a check or a problem is called: "vat[1].vat_code" of slot 2 is "VAT 2 (10 %): VAT code"."""
    if field in FIELDS:
        return _(FIELDS[field])
    try:
        return label_of_setting(field, facts)
    except (KeyError, ValueError):
        return field


def resource_name(resource: str) -> str:
    """What one of Exact's resources is called: "the chart of accounts"."""
    return _(RESOURCES[resource]) if resource in RESOURCES else resource


def explain(problem: Problem, *, naming_the_setting: bool = True) -> str:
    """The sentence for a problem of Exact's side; without the setting's name where that stands above it."""
    return said(SENTENCES, problem.to_document(), naming_the_setting=naming_the_setting)


def said(sentences: Mapping[str, str], problem: Mapping[str, Any], *, naming_the_setting: bool = True) -> str:
    """The sentence for a problem's document, in the active language. An unknown code is shown as it is."""
    code = problem["code"]
    template = sentences.get(code)
    if template is None:
        return str(code)
    facts = problem["facts"]
    spoken = _(template) if naming_the_setting else _(template).replace(" ({field})", "")
    return spoken.format_map(WithGaps({name: _say_fact(code, name, value, facts) for name, value in facts.items()}))


def _say_fact(code: str, name: str, value: str, facts: Mapping[str, str]) -> str:
    if name in COUNTS_OF.get(code, ()) or name in TEXTS_OF.get(code, ()):
        return value
    if name in DAYS or name in DAYS_OF.get(code, ()):
        return _date(value)
    if name in INSTANTS:
        return date_format(localtime(datetime.fromisoformat(value)), "SHORT_DATETIME_FORMAT")
    if name == "rate" or (code in PERCENT_CODES and name in ("expected", "found")):
        return _number(value)
    if name == "field":
        return label_of(value, facts)
    if name == "level":
        return str(BookedLevel(value).label)
    if name == "catalogue":
        return str(CatalogueKind(value).label)
    if name == "resource":
        return resource_name(value)
    if name == "kind" and code in KINDS:
        return label_of(f"{KINDS[code]}.{value}", {})
    if name == "label" and not value:  # tills may leave it out
        return facts.get("means") or (label_of(f"receipts.{facts['kind']}", {}) if "kind" in facts else NOTHING)
    return _money(value) if name in MONEY_FACTS else value or NOTHING


def _money(value: str) -> str:
    """1 234,50 €, or 1 234,50 CHF; what is no amount, as a currency that came for another, stays as it is."""
    amount, _space, currency = value.partition(" ")
    return in_currency(Decimal(amount), currency or BOOKS) if is_number(amount) else value


def in_currency(amount: Decimal, currency: str) -> str:
    """1 234,56 € in French, 1,234.56 € in English; any other currency by its code."""
    sign = SIGNS.get(currency, currency)
    return f"{number_format(amount, decimal_pos=2, force_grouping=True)}\N{NO-BREAK SPACE}{sign}"


def _number(value: str) -> str:
    if not is_number(value):
        return value
    return number_format(Decimal(value), decimal_pos=2, use_l10n=True, force_grouping=True)


def _date(value: str) -> str:
    return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
