"""What a setting is: a row of the table (`booking.settings_table`), and groups of rows that have the same subjects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Generic, TypeVar

from django.utils.functional import Promise

from booking.codes import CodeKind
from booking.places import Place
from booking.subjects import Situation, Subjects

K = TypeVar("K")


class Source(StrEnum):
    """Where a setting's value comes from."""

    TILL = "till"
    RESELLER = "reseller"
    DEFAULT = "default"


class Need(Enum):
    """When a setting is held against the books that entries go to."""

    EVERY_CLOSING = auto()
    """Before an activation, which a wrong one refuses."""
    SOME_CLOSINGS = auto()
    """Before an activation, which a wrong one does not refuse: it holds the closings that use it."""
    WHERE_USED = auto()
    """In an entry, or with another setting, that uses it."""
    FILES = auto()
    """Never: only files have it."""


class Area(StrEnum):
    """What settings are about, in the order in which people read of it."""

    CUSTOMER = "customer"
    VAT = "vat"
    FORMER = "former"
    JOURNALS = "journals"
    MEANS = "means"
    KINDS = "kinds"
    RECEIPTS = "receipts"
    DRAWER = "drawer"
    CUSTOMERS = "customers"
    FAMILIES = "families"
    LINES = "lines"


def of_default(_situation: Situation, _key: object) -> Source:
    """For settings that only people or the default give: without people's value the default holds."""
    return Source.DEFAULT


def of_till(_situation: Situation, _key: object) -> Source:
    """For settings that the till gives: without people's value the till's holds."""
    return Source.TILL


def _offer_always(_situation: Situation, _key: object) -> bool:
    return True


def _name_nothing(_situation: Situation, _key: object) -> str:
    return "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Generic[K]):
    """One setting, or one for each subject of its group.

    `field` is its name in forms, checks and problems, with {} for the subject's name: "vat[{}].vat_code".
    `code` is what its value is a code of; None for yes or no.
    `label` is English for gettext, with places for the subject's facts; {setting} is the label of the first row.
    `label_without_rate` is the label of a VAT slot of which no rate is known.
    `place` is where people's value is kept, `in_force` the value that holds, "" for none.
    `below` says whose value holds where people set none.
    `sent` is what the till's document says of it, as it stands there.
    `need` says when it is held against Exact; `of_sales`: its account is one of sales.
    `offered` says whether people are asked for it; what has a value is shown all the same.
    `left_open` is English for gettext: what holds when nobody sets it.
    `column` heads its column where the group's subjects are rows of a table.
    `goes_along`: people who set another row of the same subject let go of what its kind has for this one.
    """

    field: str
    code: CodeKind | None
    label: str
    place: Place[K]
    in_force: Callable[[Situation, K], str]
    below: Callable[[Situation, K], Source] = of_default
    sent: Callable[[Mapping[str, Any], K], object] | None = None
    need: Need = Need.SOME_CLOSINGS
    of_sales: bool = False
    label_without_rate: str = ""
    offered: Callable[[Situation, K], bool] = _offer_always
    left_open: Callable[[Situation, K], str] = _name_nothing
    column: str | Promise = ""
    goes_along: bool = False

    def field_of(self, name: str) -> str:
        """Return the field of one subject: "means.CB"."""
        return self.field.replace("{}", name)

    def name_in(self, field: str) -> str | None:
        """Return the subject's name in a field, or None for another setting's field."""
        before, each, after = self.field.partition("{}")
        if not each:
            return "" if field == before else None
        is_ours = len(field) >= len(before) + len(after) and field.startswith(before) and field.endswith(after)
        return field[len(before) : len(field) - len(after)] if is_ours else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Generic[K]):
    """Settings of the same subjects, which people see together.

    `till_says_which`: only the till's document says which subjects there are.
    """

    area: Area
    subjects: Subjects[K]
    settings: tuple[Setting[K], ...]
    till_says_which: bool = False

    @property
    def columns(self) -> tuple[str | Promise, ...]:
        """The titles of its columns; none where each setting is a row."""
        return tuple(it.column for it in self.settings if it.column)
