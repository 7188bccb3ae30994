"""Where in the console to find a setting that a problem of a file names: "slots/2/vat_account" in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from booking.means_settings import KIND_ACCOUNT
from booking.setting_labels import label_of

# By the setting's path; its middle part is a code: a VAT slot, a means of payment.
WORDS: dict[str, str] = {
    "chart/journals": N_("file settings, journals, {code}"),
    "chart/third_parties": N_("file settings, third parties, {code}"),
    "chart/accounts": N_("file settings, names of accounts, {code}"),
    "slots/sales_account": N_("mapping, VAT {code}, sales account"),
    "slots/vat_account": N_("mapping, VAT {code}, VAT account"),
    "means": N_("mapping, means of payment {code}"),
    "journal_accounts": N_("account of journal {code} in Exact"),
    "customer_account": N_("mapping, customer account"),
    "receipt_accounts": N_("mapping, other receipts"),
    "movement_accounts": N_("mapping, cash movements"),
    "shortage_account": N_("mapping, cash shortages"),
    "surplus_account": N_("mapping, cash surpluses"),
    "suspense_account": N_("mapping, gap of a closing that does not balance"),
}


def setting_in_words(path: str) -> str:
    """ "mapping, VAT 2, VAT account" in the active language; a path nobody named stays as it is."""
    head, *rest = path.split("/")
    if head == "means_by_kind":
        setting = label_of(KIND_ACCOUNT.field_of(rest[0]), {})
        return _("mapping, {setting}").format(setting=setting)
    if head == "slots" and len(rest) == 2:
        key, code = f"slots/{rest[1]}", rest[0]
    elif head == "chart" and len(rest) >= 2:
        key, code = f"chart/{rest[0]}", "/".join(rest[1:])
    else:
        key, code = head, "/".join(rest)
    return _(WORDS[key]).format(code=code) if key in WORDS else path
