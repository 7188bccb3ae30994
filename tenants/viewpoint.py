"""The scope of a search for concerns: all that a person may see, or some establishments of it."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from tenants.models import User
from tenants.scope import visible_to

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A person, and the keys of the establishments to look at when it is not all. `read_max` bounds what is read.

    `kept`: what was read for it already, by who read it: two places of one page that ask the same read it once.
    """

    user: User
    shops: Collection[int] | None = None
    read_max: int = 5000
    kept: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def rows(self, rows: QuerySet[M], *, shop: str = "establishment") -> QuerySet[M]:
        """The part of `rows` to look at; `shop` is the way from a row to its establishment."""
        own = visible_to(self.user, rows)
        return own if self.shops is None else own.filter(**{f"{shop}__in": self.shops})
