"""What refusals say to a till's programmer: each by its code, each fault of a document by pydantic's type of it."""

from django.utils.translation import gettext_noop as N_

from ledger import texts
from ledger.money import MONEY_TEXT, RATE_TEXT
from on_demand import period

TITLES: dict[str, str] = {
    "not_authenticated": N_("No valid till key. Pair this till again from the console."),
    "key_missing": N_("No till key came with this call. Send Authorization: Bearer and the key of this till."),
    "key_unknown": N_("There is no such till key. Check that the till sends its key whole, or pair it again."),
    "key_replaced": N_("This till key was replaced by a newer one. Send the key that this till was given last."),
    "key_revoked": N_("This till key was revoked. Pair this till again from the console."),
    "suspended": N_("This till or its customer is suspended. Call your reseller."),
    "taken_over": N_(
        "This establishment is another company's on that day. Keep the closing, pair this till with its new code, and "
        "send it again then."
    ),
    "throttled": N_("Too many calls. Try again later."),
    "not_json": N_("The body is not JSON. Correct it and try again."),
    "bad_request": N_("The call cannot be understood. Check its address and headers."),
    "too_deep": N_("The JSON is nested deeper than 64 levels. Correct it and try again."),
    "too_complex": N_("The JSON has more than 100,000 lists. Leave out what is not asked for and try again."),
    "length_required": N_("The length of the body is not known here. Send it with Content-Length."),
    "charset_unsupported": N_("The declared charset is not UTF-8. Send UTF-8, and say so or nothing."),
    "too_large": N_("The body is larger than 2 MiB. Send less and try again."),
    "unsupported_media_type": N_("Send application/json, plain or with gzip encoding."),
    "closing_invalid": N_(
        "The closing has fields that are missing or of the wrong type. Correct those that are named and send it again."
    ),
    "closing_conflict": N_(
        "Another closing with this number was already received with other content. Call your reseller."
    ),
    "parameters_invalid": N_(
        "The parameters have fields that are missing or of the wrong type. Correct those that are named and send them "
        "again."
    ),
    "pairing_invalid": N_(
        "The pairing request has fields that are missing or of the wrong type. Correct those that are named and try "
        "again."
    ),
    "pairing_refused": N_("This pairing code is unknown, already used or over. Make a new one in the console."),
    "export_invalid": N_("This export is not possible as it was asked for."),
    "export_not_done": N_("The export is not finished yet. Ask again in a moment."),
    "export_has_no_file": N_("This export has no file."),
    "query_invalid": N_("A parameter of the address is not valid. Correct it and try again."),
    "not_found": N_("There is nothing here. Check the address."),
    "method_not_allowed": N_("This method is not possible here. Use another one."),
    "not_acceptable": N_("Only JSON can be answered. Ask for JSON in the Accept header."),
    "unavailable": N_("The service cannot take this at the moment. Nothing is lost: send it again."),
    "server_error": N_("Something went wrong on our side. Nothing is lost: send it again."),
}
# pydantic's error types, by what a till programmer needs to hear.
MESSAGES: dict[str, str] = {
    "missing": N_("This field is missing. Add it."),
    "string_type": N_("A string is expected."),
    "string_pattern_mismatch": N_("This has not the expected form. Correct it."),
    "string_too_short": N_("This must not be empty. Fill it in."),
    "string_too_long": N_("This is too long: at most {max} characters."),
    "int_type": N_("A whole number is expected."),
    "int_from_float": N_("A whole number is expected."),
    "int_parsing": N_("A whole number is expected."),
    "bool_type": N_("true or false is expected."),
    "list_type": N_("A list is expected."),
    "model_type": N_("An object is expected."),
    "literal_error": N_("One of these is expected: {values}"),
    "enum": N_("One of these is expected: {values}"),
    "greater_than_equal": N_("This is too small: at least {min}."),
    "less_than_equal": N_("This is too large: at most {max}."),
    "too_short": N_("This list is too short: at least {min}."),
    "too_long": N_("This list is too long: at most {max}."),
    "date_type": N_("A date is expected: YYYY-MM-DD."),
    "date_parsing": N_("A date is expected: YYYY-MM-DD."),
    "date_from_datetime_parsing": N_("A date is expected: YYYY-MM-DD."),
    "date_from_datetime_inexact": N_("A date is expected: YYYY-MM-DD."),
    "datetime_type": N_("An instant with its offset is expected (ISO 8601)."),
    "datetime_parsing": N_("An instant with its offset is expected (ISO 8601)."),
    "datetime_from_date_parsing": N_("An instant with its offset is expected (ISO 8601)."),
    "date_out_of_range": N_("The year must be between 2000 and 2100."),
    "datetime_out_of_range": N_("The year must be between 2000 and 2100."),
    "datetime_offset": N_("The offset must be between -15:59 and +15:59."),
    "cursor_invalid": N_("Take the cursor from `next` of the page before, as it stands there."),
    "email_invalid": N_("This is not an e-mail address."),
    **period.FAULTS,
    "again_for_files_only": N_("Only a file can be made again; in Exact nothing is ever sent twice."),
    "sum_too_large": N_("The amounts of this list add up to more than 99,999,999,999.99. Check its lines."),
    "slot_twice": N_("This slot is there twice: say each slot once."),
    "string_nul": N_("A NUL character is not allowed."),
    "string_unicode": N_("Half of a surrogate pair is not allowed."),
    "string_control": N_("A control character is not allowed."),
    "timezone_aware": N_("The offset is missing. Add it, for example +01:00."),
}
PATTERN_HINTS: dict[str, str] = {
    MONEY_TEXT: N_('Money is a string with two decimals and a point, for example "12.50".'),
    RATE_TEXT: N_('A rate is a string with two decimals and a point, for example "20.00".'),
    texts.CURRENCY: N_('A currency is three capital letters, for example "EUR".'),
    texts.BASE64: N_("Base64 is expected: letters, digits, + and /, with = at the end."),
}
