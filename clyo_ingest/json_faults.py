"""What is wrong with a body that is no JSON, in the language of the call: Python's own messages are English."""

from json import JSONDecodeError

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

FAULTS = {
    "Expecting value": N_("A value is missing at line {line} column {column}."),
    "Expecting ',' delimiter": N_("A comma is missing at line {line} column {column}."),
    "Expecting ':' delimiter": N_("A colon is missing at line {line} column {column}."),
    "Expecting property name enclosed in double quotes": N_(
        "A name in double quotes is missing at line {line} column {column}."
    ),
    "Illegal trailing comma before end of object": N_("Nothing follows the comma at line {line} column {column}."),
    "Illegal trailing comma before end of array": N_("Nothing follows the comma at line {line} column {column}."),
    "Unterminated string starting at": N_("The text that begins at line {line} column {column} never ends."),
    "Invalid control character at": N_("A control character stands in a text at line {line} column {column}."),
    "Invalid control character": N_("A control character stands in a text at line {line} column {column}."),
    "Invalid \\escape": N_("A backslash escapes nothing at line {line} column {column}."),
    "Invalid \\uXXXX escape": N_("Four hexadecimal digits are missing after \\u at line {line} column {column}."),
    "Extra data": N_("More follows after the end of the JSON at line {line} column {column}."),
}
ANY = N_("The JSON is broken at line {line} column {column}.")


def fault_of(error: JSONDecodeError) -> str:
    """The fault and its place (lines and columns count from 1)."""
    told = FAULTS.get(error.msg.rstrip(": "), ANY)
    return _(told).format(line=error.lineno, column=error.colno)
