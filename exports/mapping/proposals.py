"""Which accounts a new means of payment most likely goes to: those called like it, and those of the kind it is."""

from booking.effective import effective_settings
from booking.means_settings import KIND_ACCOUNT, MEANS_ACCOUNT
from booking.models import AskedMeans
from exact.company.catalogue_search import FoundItem, search
from exact.models import CatalogueItem, CatalogueKind
from exact.settings.account_uses import is_fit
from exact.settings.payment_words import kinds_named
from exports.mapping.desk import Desk

PROPOSED_MAX = 3


def proposed_accounts(desk: Desk, asked: AskedMeans) -> list[FoundItem]:
    """At most three open accounts of the company, the likeliest first; none while there is no company."""
    if desk.division is None:
        return []
    called = search(desk.division, CatalogueKind.GL_ACCOUNT, str(asked), limit=2 * PROPOSED_MAX)
    settings = {it.field: it for it in effective_settings(desk.mapping, desk.seen)}
    goes = settings.get(MEANS_ACCOUNT.field_of(asked.code))
    usual = [settings[KIND_ACCOUNT.field_of(kind.value)].value for kind in kinds_named(str(asked))]
    codes = [*dict.fromkeys(filter(None, [*(it.code for it in called), *usual]))]
    chart = CatalogueItem.objects.filter(division=desk.division, kind=CatalogueKind.GL_ACCOUNT, code__in=codes)
    fitting = (it for it in chart if not it.facts["IsBlocked"] and (goes is None or is_fit(goes, it)))
    names = {it.code: it.name for it in fitting}
    return [FoundItem(code=code, name=names[code]) for code in codes if code in names][:PROPOSED_MAX]
