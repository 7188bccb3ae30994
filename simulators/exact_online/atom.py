"""Atom, the answer to a caller that does not ask for JSON (rules 3.2): the same rows, with their types."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from .edm import Property, Resource, load_resources
from .resources.catalogue import PROJECTIONS

ATOM = "http://www.w3.org/2005/Atom"
DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"
METADATA = f"{DATA}/metadata"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
FEED_TYPE = "application/atom+xml;type=feed"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
for _prefix, _namespace in (("", ATOM), ("d", DATA), ("m", METADATA)):
    register_namespace(_prefix, _namespace)


def feed_or_entry(body: dict[str, Any], resource: Resource) -> bytes:
    """A body `{"d": …}` as an Atom document: a feed for a list, an entry for one row."""
    inner = body["d"]
    rows = inner if isinstance(inner, list) else inner.get("results")
    root = _feed(rows, resource) if rows is not None else _entry(inner, resource)
    if isinstance(inner, dict) and "__next" in inner:
        SubElement(root, f"{{{ATOM}}}link", rel="next", href=inner["__next"])
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _feed(rows: list[dict[str, Any]], resource: Resource) -> Element:
    feed = Element(f"{{{ATOM}}}feed")
    feed.extend(_entry(row, resource) for row in rows)
    return feed


def _entry(row: dict[str, Any], resource: Resource) -> Element:
    entry = Element(f"{{{ATOM}}}entry")
    uri = row["__metadata"]["uri"]
    SubElement(entry, f"{{{ATOM}}}id").text = uri
    SubElement(entry, f"{{{ATOM}}}category", term=row["__metadata"]["type"], scheme=f"{DATA}/scheme")
    for link in resource.collections:
        if link.name in row:
            _link(entry, f"{uri}/{link.name}", link, row[link.name], resource)
    content = SubElement(entry, f"{{{ATOM}}}content", type="application/xml")
    properties = SubElement(content, f"{{{METADATA}}}properties")
    for prop in resource.scalars:
        if prop.name in row:
            _property(properties, prop, row[prop.name])
    return entry


def _link(entry: Element, href: str, link: Property, value: Mapping[str, Any] | None, resource: Resource) -> None:
    """Where the rows behind a link are, and the rows themselves when they were asked for."""
    element = SubElement(
        entry, f"{{{ATOM}}}link", rel=f"{DATA}/related/{link.name}", type=FEED_TYPE, title=link.name, href=href
    )
    if value is not None and "results" in value:
        child = load_resources()[PROJECTIONS[resource.name].links[link.name].resource]
        SubElement(element, f"{{{METADATA}}}inline").append(_feed(value["results"], child))


def _property(properties: Element, prop: Property, value: Any) -> None:
    element = SubElement(properties, f"{{{DATA}}}{prop.name}")
    if prop.type != "Edm.String" and value is not None:
        element.set(f"{{{METADATA}}}type", prop.type)
    if value is None:
        element.set(f"{{{METADATA}}}null", "true")
    else:
        text = _text(prop, value)
        element.text = "".join(character for character in text if character >= " " or character in "\t\n\r")


def _text(prop: Property, value: Any) -> str:
    match prop.type:
        case "Edm.Boolean":
            return str(value).lower()
        case "Edm.DateTime":
            milliseconds = int(value.removeprefix("/Date(").removesuffix(")/"))
            moment = EPOCH + timedelta(milliseconds=milliseconds)
            return moment.replace(tzinfo=None).isoformat(timespec="milliseconds").removesuffix(".000")
    return str(value)
