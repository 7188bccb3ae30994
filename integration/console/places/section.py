"""The sections of which a place's page consists. A further one is a function, a template and a row of its page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.http import QueryDict

from tenants.models import User

Place = TypeVar("Place")
# The value that the template gets as `it`; None: the section is not shown to this person.
Told = Mapping[str, Any] | None


class Column(StrEnum):
    """Where on the page: what it is stands left, what happens there right; on a phone what happens comes first."""

    FACTS = "facts"
    NEWS = "news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The person who looks at a page, and the query of its address."""

    user: User
    query: QueryDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Generic[Place]):
    """One part of a page: `tell` looks only at what the visitor may see, `name` is its anchor and its template's."""

    name: str
    column: Column
    tell: Callable[[Visit, Place], Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A section with what it says, for the page's template."""

    name: str
    template: str
    it: Mapping[str, Any]


def drawn(sections: Iterable[Section[Place]], folder: str, visit: Visit, place: Place) -> dict[str, list[Drawn]]:
    """The sections that have something to say, by their column; templates are looked for in `folder`."""
    columns: dict[str, list[Drawn]] = {column.value: [] for column in Column}
    for section in sections:
        it = section.tell(visit, place)
        if it is not None:
            template = f"console/places/{folder}/{section.name}.html"
            columns[section.column.value].append(Drawn(name=section.name, template=template, it=it))
    return columns
