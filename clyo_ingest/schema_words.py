"""What the OpenAPI document says of the whole till API, in words: its rules, its parts, its headers, its refusals.

For the programmers of tills, so in English only. What one address says stands with its view, what one field says with
its model.
"""

from enum import StrEnum

TITLE = "Clyo → Exact: the till API"

INTRODUCTION = """\
A till sends its closings (clôtures); each is booked in Exact Online once.

**Key.** `POST /pair` turns a pairing code from the console into the till's key. Every other call carries it:
`Authorization: Bearer <till key>`.

**Bodies.** JSON in UTF-8, at most 2 MiB before and after unpacking, with `Content-Type: application/json`. A body may
be chunked, packed with gzip (`Content-Encoding: gzip`) and begin with a byte order mark. Unknown fields are kept with
the raw push and ignored.

**Values.** Money is a string with two decimals and a point (`"12.50"`), a rate likewise (`"20.00"`). A day is written
`2026-03-14`, an instant with its offset (`2026-03-14T08:55:00+01:00`), both in the years 2000 to 2100. Digits are
ASCII; no text holds control characters.

**Retries.** The identity of a closing is its till, kind, scope and number. The same closing again is answered 200 and
nothing happens twice, so keep the bytes in a spool and send the same bytes until they are answered 2xx. After 429 and
503 wait as long as `Retry-After` says; after 500, and when no answer came, send again with growing pauses. After any
other 4xx the same bytes will be refused again: tell a person.

**Refusals** are `application/problem+json` (RFC 9457) whatever `Accept` says. `code` never changes; sentences are in
the language of `Accept-Language`, French by default. `X-Request-ID` names the call in our logs: tell it to support.

**Growth.** Fields, codes and addresses are added; none is changed or dropped.
"""


class Tag(StrEnum):
    """The parts of the API."""

    KEYS = "Keys"
    PARAMETERS = "Parameters"
    ACTIVATION = "Activation"
    CLOSINGS = "Closings"
    EXPORTS = "Exports"
    LOG = "Log"
    SCHEMA = "Schema"


TAGS: dict[Tag, str] = {
    Tag.KEYS: "Pair a till, change its key, ask who it is.",
    Tag.PARAMETERS: "What the tills of an establishment say of VAT, accounts and journals: they share one set.",
    Tag.ACTIVATION: "The export to Exact of the till's establishment: begin it, see how it is, stop it.",
    Tag.CLOSINGS: "Push closings, and see what became of them.",
    Tag.EXPORTS: "The export on demand: a range of days to Exact, or into a file.",
    Tag.LOG: "What happened to the establishment's closings on one day.",
    Tag.SCHEMA: "This document.",
}

KEY = "The till's key, from `POST /pair` or `POST /key/rotate`. One till, one key; it is shown once."

HEADERS: dict[str, str] = {
    "X-Request-ID": "The number of this call in our logs: the one that was sent when it looks sane, else a new one.",
    "Retry-After": "How many seconds to wait before the same call is sent again.",
    "WWW-Authenticate": "`Bearer`: how to say who is calling.",
    "Content-Disposition": "The name to keep the file under.",
}

# By status: the name of the answer, and when it comes.
REFUSALS: dict[int, tuple[str, str]] = {
    400: ("BadRequest", "The call cannot be read: the body is not JSON, or an address or a header is broken."),
    401: ("Unauthorized", "No key, or one that is unknown, replaced or revoked."),
    403: (
        "Forbidden",
        "The till, its establishment, its customer or its reseller is suspended; or the closing is of a day on which "
        "the establishment was another company's.",
    ),
    404: ("NotFound", "There is nothing here that is this till's."),
    411: ("LengthRequired", "Nobody says where the body ends. Send `Content-Length`."),
    413: ("ContentTooLarge", "The body is larger than 2 MiB, or than what the call says."),
    415: ("UnsupportedMediaType", "Another media type, packing or charset than JSON, gzip and UTF-8."),
    422: ("UnprocessableContent", "Something is missing or wrong. `errors` names every fault, each with its place."),
    429: ("TooManyRequests", "Too many calls: a till may push {push}, an address may try {pairing} pairing codes."),
    500: ("ServerError", "Something went wrong on our side. Nothing is lost: send it again, with growing pauses."),
    503: ("Unavailable", "This cannot be taken at the moment. Nothing is lost: send it again."),
}
# Headers of answers: how long to wait, and how to authenticate.
HEADERS_OF: dict[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}

ACCEPT_LANGUAGE = "The language of sentences: `fr` (the default) or `en`."
REQUEST_ID = "A number of your own for this call: 1 to 64 of A–Z, a–z, 0–9, `.`, `_` and `-`. Any other is replaced."
CONTENT_ENCODING = "How the body is packed. Absent: not at all."
