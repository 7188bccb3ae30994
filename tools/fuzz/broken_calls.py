"""Every kind of call a till makes, and addresses a browser may be sent to: each made right, then broken."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from exports.models import ClosingState
from ledger.kinds import ClosingKind
from tools.fuzz import documents
from tools.fuzz.breaking import MOMENTS, NAMES, NUMBERS, broken, text_of
from tools.fuzz.call import Call
from tools.fuzz.texts import FORMATS, MARKUP, SCRIPTS, UNUSABLE, anything
from tools.fuzz.wire import sent_otherwise

API = "/api/v1/"
JSON = ("Content-Type", "application/json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the calls of one batch name: the keys of its two tills, a pairing code, a closing and exports there are."""

    key: str
    other_key: str
    code: str
    closing: str
    export: str


# How often each of the calls made of one document is broken: in the document, and in how it is sent.
BREAKS = ((0, 0), (1, 0), (1, 0), (1, 0), (2, 0), (3, 0), (0, 1), (0, 1), (0, 2), (1, 1))
SIBLINGS = 5


@st.composite
def siblings(draw: st.DrawFn, names: Names) -> list[Call]:
    """Calls made of one document, or asking for one thing: each broken by itself, or whole."""
    kind = draw(st.sampled_from(KINDS))
    document = draw(_draw_whole(kind, names)) if kind not in ("page", "query") else None
    made = []
    for _sibling in range(SIBLINGS):
        inside, outside = draw(st.sampled_from(BREAKS))
        match kind:
            case "page":
                call = draw(_pages())
            case "query":
                call = draw(_asking(names, inside))
            case _:
                call = draw(_sending(kind, names, _number_later(document, draw(st.integers(0, SIBLINGS))), inside))
        made.append(draw(sent_otherwise(call, outside)) if outside else call)
    return made


KINDS = (
    *(["closing general"] * 6 + ["closing station"] * 3 + ["closing drawer"] * 3),
    *(["parameters"] * 4 + ["pairing"] * 2 + ["export"] * 2 + ["query"] * 4 + ["page"]),
)
ADDRESSES = {"parameters": ("PUT", "parameters"), "pairing": ("POST", "pair"), "export": ("POST", "exports")}


def _draw_whole(kind: str, names: Names) -> st.SearchStrategy[documents.Document]:
    """A document that nothing is wrong with."""
    match kind:
        case "parameters":
            return documents.parameters()
        case "pairing":
            return documents.pairings(names.code)
        case "export":
            return documents.exports()
    return documents.closings(kind.removeprefix("closing "))


def _number_later(document: Any, later: int) -> Any:
    """The closing so many numbers later; 0 is the very same one again."""
    return document | {"number": document["number"] + later} if "number" in document else document


@st.composite
def _sending(draw: st.DrawFn, kind: str, names: Names, document: Any, times: int) -> Call:
    """A document with so many breaks."""
    found, said = draw(broken(document, times)) if times else (document, ())
    text = text_of(found, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, None, 1])))
    body = text.encode("utf-8", "surrogatepass")
    method, address = ADDRESSES.get(kind, ("POST", "closings"))
    key = names.other_key if kind in ("parameters", "export") else names.key
    headers = (JSON, ("Authorization", f"Bearer {key}"))
    return Call(
        kind=kind, method=method, path=API + address, headers=headers, body=body, length=str(len(body)), said=said
    )


QUERY_VALUES = st.one_of(
    st.sampled_from([*ClosingState.values, *(kind.value for kind in ClosingKind)]),
    st.sampled_from(MOMENTS),
    st.sampled_from([str(it) for it in NUMBERS] + ["٣", "²", "1_0", "9" * 4400, " 1"]),
    st.sampled_from(["", "MjAyNi0wMy0xNHw=", "====", "json", "txt", "api"]),
    anything,
)
QUERY_NAMES = st.sampled_from(["from", "to", "state", "kind", "number", "cursor", "date", "format", "limit", *NAMES])


@st.composite
def _asking(draw: st.DrawFn, names: Names, times: int) -> Call:
    """What a till asks for; not in it: the end of its activation, which would be the end of what is looked at."""
    asked = draw(st.sampled_from(ASKED))
    pairs = draw(st.lists(st.tuples(QUERY_NAMES, QUERY_VALUES), max_size=times + 1))
    wanted = [("date", "2026-11-28")] if asked == "log" and draw(st.booleans()) else []
    query = "&".join(f"{_quote_text(name)}={_quote_text(value)}" for name, value in [*wanted, *pairs])
    ids = {"closing": names.closing, "export": names.export}
    path = API + asked.format(**ids)
    return Call(
        kind="query",
        method="POST" if asked in ("activation", "key/rotate") and draw(st.booleans()) else "GET",
        path=path,
        query=query,
        headers=(("Authorization", f"Bearer {names.other_key}"),),
        said=tuple(f"{name[:20]}={value[:40]!r}" for name, value in pairs),
    )


ASKED = (
    *(["closings"] * 8 + ["log"] * 6 + ["till", "activation", "parameters"] * 2 + ["schema"]),
    *(
        "closings/{closing}",
        "exports/{export}",
        "exports/{export}/file",
        "closings/{closing}x",
        "exports/0",
        "key/rotate",
    ),
)
ROOTS = (
    "/",
    "/console/",
    "/activation/",
    "/console/login/",
    "/console/exports/storedclosing/",
    "/exports/file/",
    "/health/",
)


@st.composite
def _pages(draw: st.DrawFn) -> Call:
    """An address for people, with something in it that nobody put there."""
    text = st.one_of(st.sampled_from(MARKUP + FORMATS + SCRIPTS + UNUSABLE), anything)
    more, asked = _quote_text(draw(text)), _quote_text(draw(text))
    call = Call(
        kind="page",
        method=draw(st.sampled_from(["GET", "GET", "POST", "HEAD"])),
        path=draw(st.sampled_from(ROOTS)) + more,
        query=draw(st.sampled_from(["", f"next={asked}", f"{asked}={asked}", f"q={asked}&p={asked}"])),
        said=(f"{more} {asked}"[:120],),
    )
    return draw(sent_otherwise(call, draw(st.integers(0, 2))))


def _quote_text(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))
