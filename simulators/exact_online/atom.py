"""Atom, the answer to a caller that does not ask for JSON (rules 3.2): enough to show such a caller its mistake."""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

ATOM = "http://www.w3.org/2005/Atom"
DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"
METADATA = f"{DATA}/metadata"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
for _prefix, _namespace in (("", ATOM), ("d", DATA), ("m", METADATA)):
    register_namespace(_prefix, _namespace)


def feed_or_entry(body: dict[str, Any]) -> bytes:
    """A body `{"d": …}` as an Atom document: a feed for a list, an entry for one row."""
    inner = body["d"]
    rows = inner if isinstance(inner, list) else inner.get("results")
    root = _feed(rows) if rows is not None else _entry(inner)
    if isinstance(inner, dict) and "__next" in inner:
        SubElement(root, f"{{{ATOM}}}link", rel="next", href=inner["__next"])
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _feed(rows: list[dict[str, Any]]) -> Element:
    feed = Element(f"{{{ATOM}}}feed")
    feed.extend(_entry(row) for row in rows)
    return feed


def _entry(row: dict[str, Any]) -> Element:
    entry = Element(f"{{{ATOM}}}entry")
    SubElement(entry, f"{{{ATOM}}}id").text = row["__metadata"]["uri"]
    SubElement(entry, f"{{{ATOM}}}category", term=row["__metadata"]["type"])
    content = SubElement(entry, f"{{{ATOM}}}content", type="application/xml")
    properties = SubElement(content, f"{{{METADATA}}}properties")
    for name, value in row.items():
        if name != "__metadata" and not isinstance(value, dict):
            _property(properties, name, value)
    return entry


def _property(properties: Element, name: str, value: Any) -> None:
    element = SubElement(properties, f"{{{DATA}}}{name}")
    if value is None:
        element.set(f"{{{METADATA}}}null", "true")
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        element.text = "".join(character for character in text if character >= " " or character in "\t\n\r")
