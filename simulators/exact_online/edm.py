"""The model of the API, loaded from `model/*.json`: what a resource is called, holds and allows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a resource. `methods` are the letters G, P, U of the methods that carry it."""

    name: str
    type: str
    methods: str
    key: bool = False
    mandatory: bool = False

    @property
    def is_collection(self) -> bool:
        """A collection is answered as a deferred link, or expanded (rules 3.4)."""
        return self.type.startswith("Collection(")

    def accepted_on(self, method: str) -> bool:
        """Whether a body of this method sets the property; all others are ignored silently (rules 3.7)."""
        return {"POST": "P", "PUT": "U"}[method] in self.methods


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, addressed by `name` behind the division: `salesentry/SalesEntries`."""

    name: str
    type: str
    methods: tuple[str, ...]
    page_size: int
    properties: Mapping[str, Property]

    @property
    def keys(self) -> tuple[Property, ...]:
        """The properties of the key, in the model's order; nearly always one."""
        return tuple(prop for prop in self.properties.values() if prop.key)

    @property
    def scalars(self) -> tuple[Property, ...]:
        """The properties that are values, in the model's order."""
        return tuple(prop for prop in self.properties.values() if not prop.is_collection)

    @property
    def collections(self) -> tuple[Property, ...]:
        """The properties that are links to other resources."""
        return tuple(prop for prop in self.properties.values() if prop.is_collection)


def _resource(facts: dict[str, Any]) -> Resource:
    properties = {
        entry["name"]: Property(
            entry["name"], entry["type"], entry["methods"], entry.get("key", False), entry.get("mandatory", False)
        )
        for entry in facts["properties"]
    }
    return Resource(facts["name"], facts["type"], tuple(facts["methods"]), facts["page_size"], properties)


@cache
def load_resources() -> Mapping[str, Resource]:
    """Every resource of the model by its name, read once."""
    folder = resources.files(__package__) / "model"
    found = {}
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if path.name.endswith(".json"):
            resource = _resource(json.loads(path.read_text(encoding="utf-8")))
            found[resource.name] = resource
    return found


@cache
def _names_by_lower_case() -> Mapping[str, str]:
    return {name.lower(): name for name in load_resources()}


def find_resource(name: str) -> Resource | None:
    """The resource of that name; upper and lower case do not matter in a URL."""
    known = _names_by_lower_case().get(name.lower())
    return load_resources()[known] if known else None
