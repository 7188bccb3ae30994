"""Whose concerns are looked for: what a person may see, all of it or one establishment's."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet

from tenants.models import Establishment, User
from tenants.scope import visible_to

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A person, and the one establishment to look at when it is not all. `read_max` bounds what is read of each."""

    user: User
    shop: Establishment | None = None
    read_max: int = 5000

    def rows(self, rows: QuerySet[M], *, shop: str = "establishment") -> QuerySet[M]:
        """The part of `rows` to look at; `shop` is the way from a row to its establishment."""
        own = visible_to(self.user, rows)
        return own if self.shop is None else own.filter(**{shop: self.shop})
