"""The sentences for one problem of several closings at once: without the figures in which the closings differ.

A problem whose sentence has no such figures needs none here; a test names any other that is missing.
"""

from django.utils.translation import gettext_noop as N_

OF_SEVERAL: dict[str, str] = {
    # within the closings
    "sale_total": N_(
        "Net and VAT of a sale do not come to its total. Have the till send it corrected, or book the gap."
    ),
    "sale_sign": N_("A refund has no positive amount. Check these lines on the till."),
    "receipts_identity": N_(
        "Sales and payments differ. Compare the closings with their printed Z; then have the till send them corrected, "
        "book the gap, or set them aside."
    ),
    "turnover_total": N_("The turnover is not what the lines add up to. Compare the closings with their printed Z."),
    "perpetual_total": N_(
        "The perpetual total is not the former one and the turnover together. Compare it with the printed Z; if the "
        "lines are right, book them as they are."
    ),
    "perpetual_break": N_(
        "The perpetual total does not begin where the closing before it ended: turnover is missing or double between "
        "them. Have the till send what is missing; if nothing is, book them as they are."
    ),
    "cash_expected": N_(
        "The cash expected in the drawer is not what float, payments and movements come to. Check the movements of the "
        "drawer."
    ),
    "cash_float_left": N_("The float left is not what was counted less what was banked. Check the count."),
    "movement_tax": N_("The VAT of a cash movement does not fit its amount. Check these movements on the till."),
    "closed_before_opened": N_("The closings end before they begin. Check the till's clock."),
    "business_date": N_("The business date does not fit the opening and closing times. Check the till's clock."),
    "business_date_future": N_("The business date had not come yet when the closings arrived. Check the till's clock."),
    "ticket_count": N_("The tickets do not fit the numbers that were given. Check the tickets of these stations."),
    "tickets_overlap": N_("Tickets are already covered by another closing. Say which of the two counts."),
    "tickets_overlap_within": N_(
        "Tickets of a station overlap within one closing. Check the tickets of these stations."
    ),
    "offered_vat": N_(
        "The VAT detail of offered items is not what the closing allows. Check the offered items on the till."
    ),
    "vat_without_net": N_("There is VAT without a net amount. Check these sales on the till."),
    "same_again": N_(
        "Hours and sums are those of another closing, and no tickets or totals tell them apart. Book them as they are "
        "only if they are others."
    ),
    "counters_anew_within": N_(
        "Nobody can tell which tickets these are: a till was replaced by one that counts from 1, or is used again "
        "beside it. Book them as they are only if their sales are in no closing of these tills, nor will be; else set "
        "them aside."
    ),
    "sums_differ": N_(
        "They cover the same sales as others, with other sums. Compare them on the till; then book the difference, or "
        "leave it."
    ),
    "partly_booked": N_(
        "Others cover a part of them. Have the till push the closings that are missing, or book what is left."
    ),
    "correction_waits": N_(
        "They are corrected versions. Each is booked once its former version is set aside, its entries taken out of "
        "Exact."
    ),
    # booking plan
    "slot_unmapped": N_(
        "VAT {slot} ({rate} %) is not among the till's parameters. Have the till send them, or set this rate in the "
        "mapping."
    ),
    "means_unmapped": N_("New means of payment {label} ({means}): which account? Set it in the mapping."),
    "receipt_unmapped": N_("Other receipts of kind {kind}: which account? Set it in the mapping."),
    "movement_unmapped": N_("Cash movements of kind {kind}: which account? Set it in the mapping."),
    "deductible_vat_unmapped": N_("No account is set for deductible VAT. Set one in the mapping."),
    "difference_unmapped": N_("No account is set for cash differences. Set one in the mapping."),
    "offered_without_vat": N_(
        "Offered items came as means of payment {label} without their VAT. Let the till send their VAT, or set an "
        "account for them in the mapping."
    ),
    "account_missing": N_("Payments on account name no customer account. Check these tickets on the till."),
    "walk_in_account_used": N_(
        "{label} goes to account {account} with third party {third_party}, which is the walk-in customer's. Choose "
        "another account for it in the mapping."
    ),
    "period_unknown": N_("Exact has no financial period for these days. Open the year there."),
    # what stands in Exact
    "standing_otherwise": N_(
        "What stands in Exact is not what the closings have. Replace an entry that stands: all of a closing's entries "
        "are then booked anew together."
    ),
    "standing_other_customer": N_(
        "They stand on account {account}, third party {third_party}, in Exact; today's settings name account "
        "{account_now}, third party {third_party_now}. Set the former again, or replace the entries that stand."
    ),
    "alike_in_exact": N_(
        "The service's data came back from an earlier moment, and Exact has entries of these numbers with the same "
        "sums. If they are these closings', leave them; else have these entries replaced."
    ),
    "amount_differs_in_exact": N_("The amount in Exact is not the one that was sent. Correct the entries there."),
    "vat_differs_in_exact": N_("The VAT in Exact is not what was sent. Correct the entries there."),
    "line_differs_in_exact": N_("Account {account} has another amount in Exact than was sent."),
    "vat_line_differs_in_exact": N_("VAT code {vat_code} has another VAT in Exact than was sent."),
    "doubled_in_exact": N_("More than one entry of a closing stands in Exact. Delete there what is too much."),
    "never_a_clear_answer": N_(
        "Sent several times without a clear answer, and not in Exact: something in between may let nothing pass. Let "
        "support look, then send them again."
    ),
    "taken_out_again": N_(
        "Exact booked other entries than were sent; they were taken out there again. Nothing of them is booked."
    ),
}
