"""The sentences people read about problems: one for each code, in the reader's language, with the facts in it.

Codes never change; sentences may. A sentence ends with what to do next.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as N_

from exact.api.consent import DOUBTFUL
from exact.models import Posting
from exact.wording import SENTENCES as OF_EXACT
from exact.wording import said
from exports.words.of_several import OF_SEVERAL
from exports.words.setting_words import setting_in_words

# Between a first sentence, which says what is odd, and the next, which says what to do.
FIRST = re.compile(r"(?<=\.)\s+(?=[A-ZÀ-Ý])")
SENTENCES: dict[str, str] = {
    **OF_EXACT,
    # within the closing
    "sale_total": N_(
        "Net {net} plus VAT {tax} is {expected}, not {found}. Have the till send it corrected, or book the gap."
    ),
    "sale_sign": N_("A refund has no positive amount: {found}. Check this line on the till."),
    "receipts_identity": N_(
        "Sales of {sales} and other receipts of {other_receipts} are {expected}, payments are {found}: {difference} "
        "differ. Compare them with the printed Z; then have the till send it corrected, book the gap, or set it aside."
    ),
    "turnover_total": N_(
        "The closing says a turnover of {found}, its lines add up to {expected}. Compare them with the printed Z."
    ),
    "perpetual_total": N_(
        "The perpetual total after the closing should be {expected} ({before} before it, and {gross}); the till sent "
        "{found}. Compare it with the printed Z; if the lines are right, book it as it is."
    ),
    "cash_expected": N_(
        "The cash expected in the drawer should be {expected} (float {float_open}, cash payments {payments}, "
        "movements {movements}); the till sent {found}. Check the movements of the drawer."
    ),
    "cash_float_left": N_(
        "The float left should be {expected} ({counted} counted less {banked} banked); the till sent {found}. Check "
        "the count."
    ),
    "movement_tax": N_(
        "The VAT of the cash movement “{label}” ({found}) does not fit its amount ({amount}). Check this movement on "
        "the till."
    ),
    "closed_before_opened": N_(
        "The closing ends on {closed_at}, before it begins on {opened_at}. Check the till's clock."
    ),
    "business_date": N_(
        "The business date {found} does not fit the opening and closing times, which allow {earliest} to {latest}. "
        "Check the till's clock."
    ),
    "business_date_future": N_(
        "The business date {date} had not come yet when this closing arrived, on {received}. Check the till's clock."
    ),
    "ticket_count": N_(
        "{found} tickets do not fit the numbers {first} to {last} of station {station}. Check the tickets of this "
        "station."
    ),
    "tickets_overlap_within": N_(
        "Tickets {first} to {last} and {other_first} to {other_last} of station {station} overlap in this closing. "
        "Check the tickets of this station."
    ),
    "vat_tolerance": N_(
        "VAT {slot} ({rate} %): {found} of VAT on {net} is further from the rate ({expected}) than rounding explains "
        "({tolerance}). Check this line on the till."
    ),
    "offered_vat": N_(
        "The VAT detail of offered items comes to {found} where the closing allows {expected}. Check the offered "
        "items on the till."
    ),
    "currency": N_(
        "Only euros can be booked; this closing is in {found}. Check the till's currency; then set this one aside."
    ),
    # between closings
    "number_gap": N_("Closings Z {first} – {last} never arrived before this one. Have the till push what is missing."),
    "perpetual_break": N_(
        "The perpetual total begins at {found} but closing {other} ended at {expected}: turnover is missing or "
        "double between them. Have the till send what is missing; if nothing is, book it as it is."
    ),
    "date_back": N_(
        "Closing Z {later} is dated {date}, closing Z {earlier} before it {former}. Check the till's clock; "
        "if the till was restored, say so on its page."
    ),
    "clock_back": N_(
        "Closing Z {later} tells {told}, closing Z {earlier} before it had ended on {ended}. Check the till's clock; "
        "if the till was restored, say so on its page."
    ),
    "float_gap": N_(
        "Closing Z {later} began with {found} in the drawer, closing Z {earlier} had left {expected}. Count the drawer."
    ),
    "signature_break": N_(
        "The signature of closing Z {later} does not go on from closing Z {earlier}'s. Have the till's maker look; "
        "if the till was restored, say so on its page."
    ),
    "signature_repeated": N_(
        "Closings {earlier} and {later} carry the same signature. Have the till's maker look at how it signs."
    ),
    "signature_missing": N_(
        "Closing Z {later} is not signed, closing Z {earlier} was. Have the till's maker look at how it signs."
    ),
    "tickets_overlap": N_(
        "Tickets {first} to {last} of station {station} are already covered by closing {other}. "
        "Say which of the two counts."
    ),
    # from which day, and who looks first
    "before_start": N_(
        "It is dated {date}, before the first day that is booked in Exact here. You have nothing to do; move that day "
        "if it shall be booked too."
    ),
    "first_review": N_(
        "Waits for your review: a person looks at the first closings before they go to Exact. Look at the entries, "
        "then release."
    ),
    # which closing counts
    "other_level_booked": N_(
        "Not booked by itself: this establishment books other closings ({level}). You have nothing to do."
    ),
    "checked_against": N_("Checked against {others}: {found} = {expected}. The sales are in the books once."),
    "covered_within": N_("All its sales are in {others}, which counts: nothing is booked twice."),
    "partly_booked": N_(
        "{others} cover a part of it: {expected} of {found}. {difference} are left. Have the till push the closing "
        "that is missing, or book what is left."
    ),
    "sums_differ": N_(
        "It covers the same sales as {others}, but says {found} where they say {expected}: {difference} differ. "
        "Compare them on the till; then book the difference, or leave it."
    ),
    "counters_anew_within": N_(
        "Nobody can tell which tickets of station {station} these are: on {since} a till was replaced by one that "
        "counts from 1, or is used again beside it. Book it as it is only if its sales are in no closing of these "
        "tills, nor will be; else set it aside."
    ),
    "same_again": N_(
        "Its hours are those of closing {other} or overlap with them, its sums are the same ({found}), and no tickets "
        "or totals tell them apart. Book it as it is only if it is another one."
    ),
    "which_closing_counts": N_(
        "Closings of two kinds arrive without their tickets, so nobody sees whether they are the same sales. "
        "Say once which kind is booked; what waits then goes."
    ),
    "scope_unexpected": N_(
        "A general closing has no scope, this one says “{scope}”. It is not booked beside the one without. "
        "Correct the till's setting and have it push the closing without scope; then set this one aside."
    ),
    "scope_missing": N_(
        "A closing of a station or a drawer says which; this one does not. "
        "Correct the till's setting and have it push the closing with its scope; then set this one aside."
    ),
    "tickets_uncovered": N_(
        "Tickets {first} to {last} of station {station} are in no closing that is booked. "
        "Have the till push the closing that is missing."
    ),
    "hours_uncovered": N_(
        "No closing of the kind that is booked covers these hours: the sales are in no book. "
        "Have the till push the closing that is missing, or change which kind is booked."
    ),
    "others_set_aside": N_(
        "{others} told its sales and was set aside. It is not booked by itself: book it after all if its sales are in "
        "no book yet."
    ),
    "set_aside": N_("Set aside by a person, so it is in no book: {why}"),
    "correction_waits": N_(
        "It is the corrected version of Z {number}. It is booked once the former version is set aside, its entries "
        "taken out of Exact."
    ),
    "found_after_all": N_(
        "It was to be taken out, and an entry of it was found in Exact after all. Take it out again, or leave it."
    ),
    # booking plan
    "customer_account_missing": N_("No customer account is set. Fill in the mapping of the establishment."),
    "sales_journal_missing": N_("No sales journal is set. Fill in the mapping of the establishment."),
    "slot_unmapped": N_(
        "VAT {slot} ({rate} %) is not among the till's parameters: {amount} cannot be booked. "
        "Have the till send them, or set this rate in the mapping."
    ),
    "slot_rate_mismatch": N_(
        "VAT {slot} came at {rate} % but is set at {expected} %, and never was at {rate} %. "
        "Have the till send its parameters, or set this rate in the mapping."
    ),
    "slot_without_vat_code": N_("VAT {slot} ({rate} %) has no VAT code. Set one in the mapping."),
    "slot_without_account": N_("VAT {slot} ({rate} %) has no sales account. Set one in the mapping."),
    "slot_without_vat_account": N_("VAT {slot} ({rate} %) has no VAT account. Set one in the mapping."),
    "vat_without_net": N_(
        "VAT {slot} ({rate} %) has {tax} of VAT without a net amount. Check these sales on the till."
    ),
    "means_unmapped": N_("New means of payment {label} ({means}, {amount}): which account? Set it in the mapping."),
    "offered_without_vat": N_(
        "Offered items of {amount} came as means of payment {label} without their VAT. Let the till send their VAT, "
        "or set an account for them in the mapping."
    ),
    "receipt_unmapped": N_("Other receipts of kind {kind} ({amount}): which account? Set it in the mapping."),
    "movement_unmapped": N_("Cash movements of kind {kind} ({amount}): which account? Set it in the mapping."),
    "deductible_vat_unmapped": N_("No account is set for deductible VAT ({amount}). Set one in the mapping."),
    "difference_unmapped": N_("No account is set for cash differences ({amount}). Set one in the mapping."),
    "standing_otherwise": N_(
        "What stands in Exact of this closing is {found} where the closing itself has {expected}. Replace an entry "
        "that stands: all of the closing's entries are then booked anew together."
    ),
    "standing_other_customer": N_(
        "{amount} of this closing stand on account {account}, third party {third_party}, in Exact; today's settings "
        "name account {account_now}, third party {third_party_now}. Set the former again, or replace the entry that "
        "stands: all of the closing's entries are then booked anew together."
    ),
    "standing_in_other_company": N_(
        "Entries of this closing stand in another company than {company}. Activate that company again, or correct "
        "them there."
    ),
    "account_missing": N_("{label} ({amount}) names no customer account. Check the ticket on the till."),
    "journal_account_unknown": N_("Journal {journal} has no account of its own in Exact. Give it one there."),
    "walk_in_account_used": N_(
        "{label} ({amount}) goes to account {account} with third party {third_party}, which is the walk-in "
        "customer's. Choose another account for it in the mapping."
    ),
    # the parameters
    "parameters_of_another_till": N_(
        "They replace version {version}, which {till} sent on {told}: parameters are the establishment's. "
        "Have all its tills send the same."
    ),
    "slots_gone": N_(
        "Closings used VAT {slots}, which is not among these parameters; what was set for it before goes on. "
        "Have every till send all its VAT rates."
    ),
    # the activation
    "reconnect_required": N_(
        "Exact no longer accepts the log-in: closings wait, nothing is lost. Choose “Activate the export to Exact” and "
        "log in again."
    ),
    "consent_in_doubt": DOUBTFUL,
    "consent_lapses": N_(
        "Exact did not let us renew the log-in for 20 days: it ends on {date}. Log in again before that."
    ),
    # what happened on the way to Exact
    "worker_ended": N_(
        "The program that was sending it ended. It is looked up in Exact before anything is sent again."
    ),
    "no_answer": N_("No answer from Exact. It is looked up there before anything is sent again."),
    "unclear_answer": N_(
        "Exact's answer could not be read (HTTP {status}). It is looked up there before anything is sent again."
    ),
    "doubtful_refusal": N_(
        "Exact says that something went wrong, maybe after it took the entry. It is looked up there before it counts "
        "as refused."
    ),
    "refused_after_all": N_("Looked up twice, not in Exact: it was refused. Send it again once its cause is mended."),
    "never_a_clear_answer": N_(
        "Sent {count} times without a clear answer, and not in Exact: something in between may let nothing pass. "
        "Let support look, then send it again."
    ),
    "past_came_back": N_(
        "The service's data came back from an earlier moment. It is looked up in Exact before anything is sent."
    ),
    "adopted_from_books": N_("Found in Exact's books under its reference, as it was meant."),
    "not_sent_before": N_("Looked up, not in Exact: it is sent."),
    "alike_in_exact": N_(
        "The service's data came back from an earlier moment, and Exact has an entry ({number}, {reference}) of this "
        "number with the same sums. If it is this closing's, leave it; else have this entry replaced."
    ),
    "sent_again": N_("Looked up twice, not in Exact: it is sent again."),
    "not_in_exact": N_("Looked up: not in Exact. What is sent again takes its place."),
    "not_sent_rate_limited": N_("Not sent: the limit of calls is reached. It goes on by itself."),
    "not_sent_reconnect_required": N_("Not sent: the customer must log in at Exact again."),
    "not_sent_consent_in_doubt": N_("Not sent: Exact refused the link. It is tried again by itself."),
    "not_sent_unavailable": N_("Not sent: Exact does not answer. It is tried again by itself."),
    "not_sent_refused": N_("Not sent: Exact refuses the call."),
    "gone_from_exact": N_("Exact no longer has this: {catalogue} {item}. Create it there or change the mapping."),
    "amount_differs_in_exact": N_("The amount is {found} in Exact, {expected} was sent. Correct the entry there."),
    "vat_differs_in_exact": N_("The VAT is {found} in Exact, {expected} was sent. Correct the entry there."),
    "line_differs_in_exact": N_("Account {account}: {found} in Exact, {expected} was sent."),
    "vat_line_differs_in_exact": N_("VAT code {vat_code}: {found} of VAT in Exact, {expected} was sent."),
    "taken_out_again": N_(
        "Exact booked another entry ({number}) than was sent; it was taken out there again. Nothing of it is booked."
    ),
    "entry_not_read": N_("Exact has it; its lines could not be read. They are compared before anything else is sent."),
    "lines_not_shown": N_(
        "Exact has the entry, but shows no lines of it. Compare it there with what was sent, then replace it if it is "
        "another one."
    ),
    "doubled_in_exact": N_("More than one entry stands in Exact: {numbers}. Delete there what is too much."),
    # files for accounting packages
    "file_account_too_long": N_(
        "Account {account} is longer than the {maximum} characters this file holds. "
        "Change it in the settings of {establishment} ({setting})."
    ),
    "file_account_characters": N_(
        "Account {account} has a character this file can't hold. "
        "Change it in the settings of {establishment} ({setting})."
    ),
    "file_account_outside_chart": N_(
        "Account {account} does not begin with three digits of the French chart of accounts. "
        "Change it in the settings of {establishment} ({setting})."
    ),
    "file_account_without_name": N_("Account {account} has no name. Give it one in the settings ({setting})."),
    "file_vat_account_not_collected": N_(
        "VAT at {rate} % goes to account {account}, which is not one of collected VAT (4457). "
        "Check it in the settings of {establishment} ({setting})."
    ),
    "file_journal_too_long": N_(
        "Journal {journal} is longer than the {maximum} characters this file holds. "
        "Give it a shorter code for files ({setting})."
    ),
    "file_journal_characters": N_(
        "Journal {journal} has a character this file can't hold. Give it another code for files ({setting})."
    ),
    "file_third_party_too_long": N_(
        "Third party {third_party} is longer than the {maximum} characters this file holds. "
        "Give it a shorter code for files ({setting})."
    ),
    "file_third_party_characters": N_(
        "Third party {third_party} has a character this file can't hold. Give it another code for files ({setting})."
    ),
    "file_document_too_long": N_(
        "Document {document} of {establishment} is longer than the {maximum} characters this file holds. "
        "Choose another format."
    ),
    "file_amount_too_long": N_(
        "{amount} in closing {closing} of {establishment} is wider than the file's column. Check the closing."
    ),
    "file_too_many_entries": N_("More than {maximum} entries do not fit in one file. Choose a shorter period."),
    "file_siren_invalid": N_("The SIREN {siren} is not nine digits. Correct it in the settings of the customer."),
    "file_of_two_companies": N_(
        "{establishment} belongs to company {other}, the file to company {siren}. Make a file for each."
    ),
    "file_outside_fiscal_year": N_(
        "The entry of {date} (closing {closing} of {establishment}) is outside the fiscal year of the file ({first} "
        "to {last}). Make a file for each year."
    ),
    # the export on demand
    "run_training": N_("A training closing: it is in no book."),
    "run_nothing_to_book": N_("There is nothing to book in it."),
    "run_waiting": N_("The establishment is not linked to Exact. Activate the export first."),
    "fec_numbers_absent": N_(
        "Numbers given before that are not in this file ({count}): {numbers}. Their closing is held now, or a change "
        "of the mapping put two of its entries together. A FEC may have no gap: mend the closing, or give its means "
        "of payment the journal they had, and export again; or keep to the file delivered before."
    ),
    "fec_corrected": N_(
        "Changed in Exact after a FEC held them ({count}): {closings}. What was validated stays under its number; its "
        "reversal and what stands in Exact now follow under new numbers."
    ),
    "fec_corrected_elsewhere": N_(
        "Changed in Exact after a FEC held them ({count}): {closings}. The correction is dated in another fiscal "
        "year, so it is not in this file: book the reversal and the entry that stands in Exact now in that year."
    ),
    "fec_undone": N_(
        "They count no more, after a FEC held them ({count}): {closings}. What was validated stays under its number; "
        "its reversal follows under a new one."
    ),
    "fec_undone_elsewhere": N_(
        "They count no more, after a FEC held them ({count}): {closings}. Their reversal is dated in another fiscal "
        "year, so it is not in this file: book it by hand in that year."
    ),
    "fec_once_more": N_(
        "They count again, after a FEC had undone them ({count}): {closings}. Their entries are in this file once "
        "more, under new numbers."
    ),
    "fec_once_more_elsewhere": N_(
        "They count again, after a FEC had undone them ({count}): {closings}. Their entries are dated in another "
        "fiscal year, so they are not in this file: book them by hand in that year."
    ),
    "import_gone_since": N_(
        "They count no more, and earlier files of this format hold them ({count}): {closings}. Where those files were "
        "imported, take their entries out of the books by hand."
    ),
    "import_back_since": N_(
        "They count again, and earlier files of this format hold them ({count}): {closings}. Where their entries were "
        "taken out of the books by hand, put them in again."
    ),
    "run_empty": N_("No closing of these dates can be put into a file. Choose other dates, or mend what is held."),
    "run_corrected": N_("Changed in Exact after a FEC held it: corrected in this one under new numbers."),
    "run_corrected_elsewhere": N_(
        "Changed in Exact after a FEC held it; the correction belongs to another fiscal year and is not in this file."
    ),
    "run_undone": N_("Counts no more, after a FEC held it: undone in this one under a new number."),
    "run_undone_elsewhere": N_(
        "Counts no more, after a FEC held it; its reversal belongs to another fiscal year and is not in this file."
    ),
    "run_once_more": N_("Counts again, after a FEC had undone it: in this one once more, under new numbers."),
    "run_once_more_elsewhere": N_(
        "Counts again, after a FEC had undone it; its entries belong to another fiscal year and are not in this file."
    ),
    "run_gone_since": N_(
        "Counts no more, after a file for import held it: where that was imported, take its entries out by hand."
    ),
    "run_back_since": N_(
        "Counts again, after it was said that it counts no more: where its entries were taken out by hand, put them in "
        "again."
    ),
    "run_late": N_("Came after the file of its month was made: it is in this one."),
    "run_late_closings": N_(
        "Closings that came after the file of their month was made, and are in this one ({count}): {closings}."
    ),
    "run_nothing_new": N_(
        "Nothing is new: earlier files of this format hold all that can go into one ({count} closings). Take those "
        "files, or ask for everything again if they were never imported."
    ),
    "run_again": N_(
        "Everything again, as was asked for: earlier files of this format hold {count} of these closings. Imported "
        "beside them, those closings are booked twice."
    ),
    "run_not_looked_at": N_("This export did not look at it: it came later, or the export ended before. Export again."),
    "run_in_earlier_file": N_("An earlier file of this format holds it: it is not in this one again."),
    "run_no_file": N_("The export ended without a file. What it says itself is to be mended; then export again."),
    "run_not_posted": N_("It is not in Exact: its own page, and the closing itself in the till's API, say why."),
    "run_left_out": N_("Left out of this export ({count}): {closings}. Each says why; mend that, then export again."),
    "run_file_differs": N_(
        "Read back, entry {place} of the file is not what was booked. Nothing was delivered; tell support."
    ),
    "run_broke": N_(
        "Something went wrong on our side. Nothing was delivered; support has been told. Export again later."
    ),
    "mail_server_away": N_("The mail server does not answer. Ask whoever runs this service."),
    # reposting
    "repost_not_failed": N_("Only a failed, held or waiting closing can be sent again. Choose another closing."),
    "repost_differs": N_("An entry of this closing stands in Exact with other amounts: replace that entry."),
    "repost_under_way": N_(
        "An entry of this closing is on its way, or being looked up in Exact. Try again in a few minutes."
    ),
    "repost_complete": N_("All of this closing stands in Exact: nothing is missing."),
    "repost_replacing": N_("An entry of this closing is being replaced: replace that entry anew."),
    # replacing
    "replace_not_posted": N_(
        "This entry is not in Exact now: it was replaced or taken out meanwhile, or was never posted. "
        "Its closing's page shows what is there."
    ),
    "replace_moved_on": N_("This entry has changed since it was shown. Look at it again."),
    "replace_under_way": N_("This entry is being replaced already."),
    "replace_not_bookable": N_("With today's settings this closing cannot be booked. Mend this first:"),
    "replace_other_company": N_("The establishment exports to another company now: correct this entry in Exact."),
    "replace_switched_off": N_(
        "The establishment's export is switched off, and the new entry would wait: switch it on first."
    ),
    "replace_changed_and_processed": N_(
        "This entry was changed in Exact and then processed there: only the bookkeeper can correct it. "
        "Accept the difference once that is done."
    ),
    "correct_settings_changed": N_("The settings were changed after the correction was shown. Look at it again."),
    "correct_moved_on": N_("This closing is no longer wholly in Exact. See its page."),
    "correct_nothing": N_("This closing stands already as today's settings book it."),
    "correct_no_answer": N_("Exact did not answer, several times. Correct it again later."),
    "correct_link_lost": N_(
        "The link to Exact is lost. Have somebody log in at Exact again, then correct this closing again."
    ),
    "run_stopped": N_("Left as it is: the run was stopped before."),
    "set_aside_not_held": N_(
        "Only a closing that is held, waits or failed can be set aside. Wait until it arrived, or take it out first."
    ),
    "set_aside_in_exact": N_("An entry of this closing is or may be in Exact: take it out there first."),
    "set_aside_other_counts": N_(
        "Another closing counts in its place. Set that one aside first; what it has in Exact is taken out then."
    ),
    "set_aside_not_freed": N_(
        "A closing that counts tells its sales, or it is booked by now: there is nothing to book. Look at its page."
    ),
    "take_out_not_asked": N_(
        "Exact could not be asked: nothing was taken out. The corrected closing waits; decide there."
    ),
    "take_out_switched_off": N_(
        "An entry of this closing can only be reversed in Exact, and the establishment's export is switched off: "
        "switch it on first."
    ),
    "take_out_nothing": N_("Nothing of this closing is in Exact: there is nothing to take out."),
    "replace_period_closed": N_("Neither the entry's period nor today's is open in Exact. Open one of them."),
}


# For a range of one number: "1043 to 1043" reads as if it might be none.
OF_ONE: dict[str, str] = {
    "number_gap": N_("Closing Z {first} never arrived before this one. Have the till push it."),
    "tickets_overlap": N_(
        "Ticket {first} of station {station} is already covered by closing {other}. Say which of the two counts."
    ),
}

# Where one family of goods is meant, and not all of a slot.
OF_FAMILY: dict[str, str] = {
    "slot_without_account": N_(
        "VAT {slot} ({rate} %) has no sales account for the family {family}. Set one in the mapping."
    ),
}

# Problems that are mended in the mapping, as their sentences say; all others on the till or in Exact.
MENDED_IN_THE_MAPPING = frozenset(
    {
        *("slot_unmapped", "slot_rate_mismatch", "slot_without_vat_code"),
        *("slot_without_account", "slot_without_vat_account"),
        *("means_unmapped", "receipt_unmapped", "movement_unmapped"),
    }
)


def sentence(problem: Mapping[str, Any]) -> str:
    """The sentence for a problem's document, in the active language. An unknown code is shown as it is."""
    facts = problem["facts"]
    if "setting" in facts:
        problem = {**problem, "facts": {**facts, "setting": setting_in_words(facts["setting"])}}
    of_one = "first" in facts and facts["first"] == facts.get("last") and problem["code"] in OF_ONE
    of_family = facts.get("family") and problem["code"] in OF_FAMILY
    return said(OF_ONE if of_one else OF_FAMILY if of_family else SENTENCES, problem)


def fact(problem: Mapping[str, Any]) -> str:
    """The same without what to do: its first sentence. For a problem that a person has let through."""
    return FIRST.split(sentence(problem), maxsplit=1)[0]


def of_several(problem: Mapping[str, Any]) -> str:
    """The sentence for a problem of several closings at once; its facts are those that all of them share."""
    return said(OF_SEVERAL, problem) if problem["code"] in OF_SEVERAL else sentence(problem)


def said_of(posting: Posting) -> list[str]:
    """What is wrong with a posting: Exact's own sentences, and ours."""
    return [*posting.messages, *map(sentence, posting.problems)]
