"""The filters of the list of closings, and its search by any number that a person has before them."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from exact.models import Finding, Posting
from exports.console.typed_search import read_amount, read_day, read_month
from exports.coverage.aside import IS_ASIDE
from exports.coverage.stopped import LABEL as LINK_LOST
from exports.coverage.stopped import STOPPED, UNDER_WAY, stopped_among, stopped_shops
from exports.models import ClosingState, StoredClosing
from exports.models.closings import SET_ASIDE_WORDS
from exports.way.assign import OPEN_ONES
from exports.words.of_several import OF_SEVERAL
from exports.words.problems import SENTENCES
from ledger import texts
from postgres.rows import begins
from tenants.models import Establishment, Reseller, User

FOUND_MAX = 200
# In a problem's sentence: its facts, the facts in brackets, and the end of its first part.
PLACE = re.compile(r"\{\w+\}")
IN_BRACKETS = re.compile(r"\s*\([^()]*\{\w+\}[^()]*\)")
END = re.compile(r"\s*[.:;?](?:\s|$)")
WORDS_MAX = 12
ATTENTION = (ClosingState.HELD, ClosingState.FAILED)


class StateFilter(DropdownFilter):
    """One state, or a group of states people ask for together. What was set aside is a group beside "archived"."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        groups = [
            ("attention", _("to be dealt with")),
            ("differs", _("differs in Exact")),
            (STOPPED, LINK_LOST),
            ("moving", _("on its way")),
            ("aside", SET_ASIDE_WORDS),
        ]
        return [*groups, *ClosingState.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StoredClosing]) -> QuerySet[StoredClosing]:
        chosen = self.value()
        match chosen:
            case "differs":
                return queryset.filter(pk__in=Finding.objects.filter(settled_at=None).values("posting__closing_id"))
            case "aside":
                return queryset.filter(IS_ASIDE)
            case ClosingState.ARCHIVED:
                return queryset.filter(~IS_ASIDE, state=chosen)
            case "attention":
                return queryset.filter(Q(state__in=ATTENTION) | stopped_among(stopped_shops()))
            case "stopped":
                return queryset.filter(stopped_among(stopped_shops()))
            case "moving":
                return queryset.filter(state__in=UNDER_WAY).exclude(establishment__in=stopped_shops())
        return queryset.filter(state=chosen) if chosen else queryset


class SeenToFilter(DropdownFilter):
    """Closings the person sees to, or that nobody does."""

    title, parameter_name = _("who sees to it"), "seen_to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("me", _("I do")), ("nobody", _("nobody")), ("somebody", _("somebody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StoredClosing]) -> QuerySet[StoredClosing]:
        of_closing, user = OPEN_ONES.filter(closing=OuterRef("pk")), request.user
        assert isinstance(user, User)
        match self.value():
            case "me":  # few: so these are read first, and the closings by their ids
                return queryset.filter(pk__in=[*OPEN_ONES.filter(person=user).values_list("closing", flat=True)])
            case "nobody":
                return queryset.filter(~Exists(of_closing))
            case "somebody":
                return queryset.filter(Exists(of_closing))
        return queryset


class ResellerFilter(DropdownFilter):
    """For support: one reseller's customers."""

    title, parameter_name = _("reseller"), "reseller"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if not getattr(request.user, "is_support", False):
            return []
        return [(str(pk), name) for pk, name in Reseller.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StoredClosing]) -> QuerySet[StoredClosing]:
        chosen = texts.whole(self.value() or "")
        return queryset if chosen is None else queryset.filter(tenant__reseller=chosen)


class ProblemFilter(DropdownFilter):
    """Closings with a problem of one code."""

    title, parameter_name = _("problem"), "problem"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*_list_titles(get_language())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StoredClosing]) -> QuerySet[StoredClosing]:
        chosen = self.value()
        with_some = queryset.exclude(problems=[])  # lets the partial index on closings with problems be used
        return with_some.filter(problems__contains=[{"code": chosen}]) if chosen in SENTENCES else queryset


@cache
def _list_titles(_language: str | None) -> tuple[tuple[str, str], ...]:
    """All codes with their titles in the active language, by title: none of them changes while a process runs."""
    return tuple(sorted(((code, title_of(code)) for code in SENTENCES), key=lambda choice: choice[1]))


def title_of(code: str) -> str:
    """The first part of a code's sentence, without its facts, short enough for a list."""
    said = PLACE.sub("…", IN_BRACKETS.sub("", _now(OF_SEVERAL.get(code, SENTENCES[code]))))
    words = END.split(said, maxsplit=1)[0].split()
    return " ".join(words[:WORDS_MAX]) + (" …" if len(words) > WORDS_MAX else "")


def find(rows: QuerySet[StoredClosing], term: str) -> QuerySet[StoredClosing]:
    """Closings by number, a ticket in them, an entry's reference or number in Exact, day, month or turnover; else by
    whose; or by both: "PONT01 28/11".

    Each way to find is a query of its own, on one index, of at most 200 rows: one joined query could use no index.
    """
    term = " ".join(term.split())
    found = _find_named(rows, term)
    if found is not None:
        return found
    if (shops := _list_shops(term)) or " " not in term:
        return rows.filter(establishment__in=shops)
    for whose, named in _split(term):
        if names_a_closing(named) and (shops := _list_shops(whose)):
            found = _find_named(rows.filter(establishment__in=shops), named)
            return rows.none() if found is None else found
    return rows.none()


def names_a_closing(term: str) -> bool:
    """Whether a term is a number, a reference, a day, a month or an amount, rather than somebody's name."""
    return read_month(term, today=timezone.localdate()) is not None or any(True for _way in _ways(term))


def _split(term: str) -> Iterator[tuple[str, str]]:
    """Each way to cut a term in two: whose closings, and which; whose may stand before or after."""
    words = term.split()
    for at in range(1, len(words)):
        before, after = " ".join(words[:at]), " ".join(words[at:])
        yield before, after
        yield after, before


def _list_shops(term: str) -> list[int]:
    """The establishments of a name or code, as a list: so the planner sees whether they are few or many."""
    named = Q(code__iexact=term) | Q(name__plain_contains=term) | Q(tenant__name__plain_contains=term)
    return [*Establishment.objects.filter(named).values_list("pk", flat=True)]


def _find_named(rows: QuerySet[StoredClosing], term: str) -> QuerySet[StoredClosing] | None:
    """Closings by what names them; None if the term names none."""
    if (month := read_month(term, today=timezone.localdate())) is not None:
        return rows.filter(business_date__range=month)
    found: set[UUID] = set()
    for wanted in _ways(term):
        found |= {*rows.order_by().filter(wanted).values_list("pk", flat=True)[:FOUND_MAX]}
    return rows.filter(pk__in=found) if found else None


def _ways(term: str) -> Iterator[Q]:
    if (day := read_day(term, today=timezone.localdate())) is not None:
        yield Q(business_date=day)
    if (amount := read_amount(term)) is not None:
        yield Q(gross=amount)
    number = texts.whole(term.upper().removeprefix("Z").strip())
    if number is not None:
        yield Q(number=number)
        yield Q(pk__in=Posting.objects.filter(entry_number=str(number)).values("closing_id"))
        yield Q(covered_tickets__tickets__contains=number)
    elif len(term) >= 3 and "-" in term:
        yield Q(pk__in=Posting.objects.filter(begins("reference", term.upper())).values("closing_id"))
