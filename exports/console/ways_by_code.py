"""The ways out for each reason for which a closing waits. Each reason has one; a test compares the list with all codes.

Setting aside and a corrected version fit every held closing, so they are listed only where no other way fits.
"""

from exact.wording import SENTENCES as OF_EXACT
from exports.console import ways_out as ways
from exports.console.ways_out import COVERED_IN_PART, WAVED_THROUGH, Stand, Way
from exports.coverage.anew import ANEW_WITHIN
from exports.coverage.judge import CORRECTION_WAITS, WHICH
from exports.models import StoredClosing
from exports.words.problems import MENDED_IN_THE_MAPPING
from ledger.gap import GAP_CODES
from tenants.models import User

_OF_SETTINGS = (ways.MEND_MAPPING, ways.SEND_AGAIN)
_LAST = (ways.LEAVE_UNBOOKED,)
# Reasons to be mended in Exact or in the mapping; after that the closing goes by itself, or is sent again.
_SETTINGS = (
    *OF_EXACT,
    *MENDED_IN_THE_MAPPING,
    *("customer_account_missing", "sales_journal_missing", "deductible_vat_unmapped", "difference_unmapped"),
    *("offered_without_vat", "account_missing", "journal_account_unknown", "walk_in_account_used"),
    *("gone_from_exact", "reconnect_required"),
)
# Reasons of closings of which a part is in Exact, or an entry that differs from the one that was sent.
_STANDING = (
    *("standing_otherwise", "standing_other_customer", "standing_in_other_company", "alike_in_exact"),
    *("amount_differs_in_exact", "vat_differs_in_exact", "line_differs_in_exact", "vat_line_differs_in_exact"),
    *("lines_not_shown", "doubled_in_exact", "found_after_all"),
)
_REFUSED = ("refused_after_all", "never_a_clear_answer", "taken_out_again")
# Reasons that only a corrected version from the till settles; a person accepts it on the closing's page.
_TILLS = ("offered_vat", "currency", "movement_tax", "vat_without_net", "scope_unexpected", "scope_missing")

WAYS_BY_CODE: dict[str, tuple[Way, ...]] = {
    **dict.fromkeys(_SETTINGS, _OF_SETTINGS),
    **dict.fromkeys(WAVED_THROUGH, (ways.BOOK_AS_IT_IS,)),
    **dict.fromkeys(COVERED_IN_PART, (ways.BOOK_THE_REST, ways.DECIDE)),
    **dict.fromkeys(("tickets_overlap", "same_again"), (ways.DECIDE, ways.BOOK_AS_IT_IS)),
    **dict.fromkeys(GAP_CODES, (ways.BOOK_THE_GAP, *_LAST)),
    **dict.fromkeys(_STANDING, (ways.REPLACE, ways.TAKE_OUT)),
    **dict.fromkeys(_REFUSED, (ways.SEND_AGAIN, *_LAST)),
    **dict.fromkeys(_TILLS, _LAST),
    ANEW_WITHIN: (ways.BOOK_AS_IT_IS, *_LAST),
    CORRECTION_WAITS: (ways.DECIDE,),
    WHICH: (ways.SAY_WHICH,),
    "first_review": (ways.RELEASE,),
}
# A held closing fits these by its reasons alone, so a list leads straight to their page.
FROM_A_LIST = (ways.RELEASE, ways.DECIDE, ways.BOOK_THE_REST, ways.BOOK_AS_IT_IS, ways.BOOK_THE_GAP)


def nearest_way(closing: StoredClosing, code: str, user: User) -> tuple[str, str] | None:
    """The first way out of a held closing's reason that a list can lead to: what it is called and its address.

    `None` when there is none that this person may go. Reads nothing.
    """
    stand = Stand(closing, ())
    for way in WAYS_BY_CODE.get(code, ()):
        if way in FROM_A_LIST and way.fits(stand) and user.has_perm(way.permission, closing):
            return str(way.label), way.leads_to(stand)
    return None
