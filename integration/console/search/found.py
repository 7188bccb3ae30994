"""What a search finds, by sort of row; each is looked for among what the person may see."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from exact.models import Connection, Division, Posting
from exact.web.addresses import with_pages
from exact.web.links import entry_link
from exports.console import links
from exports.console.closing_filters import find, names_a_closing
from exports.console.state_shown import name_states
from exports.models import StoredClosing
from exports.way.assign import assignments_of
from exports.words.assignments import say_seen_to
from exports.words.money import in_currency
from integration.console.places.succession import successions_of
from ledger import texts
from tenants.models import Establishment, Tenant, Till, User
from tenants.scope import visible_to

SHOWN = 8
EMPTY = SafeString("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One row found: its name, what tells it from others, and its page; a link to somewhere else `beside` it."""

    title: str
    detail: str
    address: str
    beside: SafeString = EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What was found of one sort. `more` leads to all of it when only some are shown, else ""."""

    title: str | Promise
    hits: list[Hit]
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A sort of rows: what it is called, the right to see it, where all of it is listed, and how it is looked for."""

    title: str | Promise
    permission: str
    listed: str
    look: Callable[[User, str], Iterator[Hit]]


def search(user: User, term: str) -> list[Section]:
    """Look for a term in every sort the person may see; sorts in which nothing is found are left out.

    Closings come first where the term names one, else after whom it names.
    """
    first = names_a_closing(term)
    sorts = sorted(SORTS, key=lambda it: it.look is not _find_closings) if first else SORTS
    return [section for sort in sorts if user.has_perm(sort.permission) and (section := _look(sort, user, term))]


def _look(sort: Sort, user: User, term: str) -> Section | None:
    hits = [*sort.look(user, term)]
    more = f"{reverse(sort.listed)}?{urlencode({'q': term})}" if len(hits) > SHOWN and sort.listed else ""
    return Section(title=sort.title, hits=hits[:SHOWN], more=more) if hits else None


def _find_closings(user: User, term: str) -> Iterator[Hit]:
    rows = find(visible_to(user, StoredClosing.objects.defer("document")), term)
    found = [*rows.select_related("establishment").order_by("-business_date", "-closed_at", "pk")[: SHOWN + 1]]
    ids = [it.pk for it in found]
    assigned, entries, states = assignments_of(ids), _entries_named(term, ids), name_states(found)
    for it in found:
        said = [
            str(it.establishment),
            date_format(it.business_date, "SHORT_DATE_FORMAT"),
            in_currency(it.gross, it.currency),
            states[it.pk],
            *([say_seen_to([str(assigned[it.pk].person)], of=1)] if it.pk in assigned else []),
        ]
        address = reverse("admin:exports_storedclosing_change", args=[it.pk])
        entry = entries.get(it.pk)
        beside = format_html(_now("entry {number}"), number=entry_link(entry)) if entry else EMPTY
        yield Hit(title=str(it), detail=" · ".join(said), address=address, beside=beside)


def _entries_named(term: str, closings: Iterable[UUID]) -> dict[UUID, Posting]:
    """Closing → its entry that has this number in Exact."""
    rows = Posting.objects.filter(closing_id__in=closings, entry_number="".join(term.split()))
    return {it.closing_id: it for it in with_pages(rows).defer("entry")}


def _find_shops(user: User, term: str) -> Iterator[Hit]:
    wanted = (
        Q(code__istartswith=term) | Q(name__plain_contains=term) | _is(term, "siret") | Q(contact_email__iexact=term)
    )
    rows = visible_to(user, Establishment.objects.filter(wanted)).select_related("tenant").order_by("code")
    shops = [*rows[: SHOWN + 1]]
    moved = successions_of(user, shops)
    for it in shops:
        detail = " · ".join([it.tenant.name, *([moved[it.pk].words] if it.pk in moved else [])])
        yield Hit(title=str(it), detail=detail, address=links.shop(it.pk))


def _find_customers(user: User, term: str) -> Iterator[Hit]:
    rows = visible_to(user, Tenant.objects.filter(Q(name__plain_contains=term) | _is(term, "siren")))
    for it in rows.order_by("name")[: SHOWN + 1]:
        yield Hit(title=it.name, detail=it.siren, address=links.customer(it.pk))


def _find_tills(user: User, term: str) -> Iterator[Hit]:
    rows = visible_to(user, Till.objects.filter(Q(name__plain_contains=term) | Q(device__icontains=term)))
    for it in rows.select_related("establishment").order_by("establishment__code", "name")[: SHOWN + 1]:
        yield Hit(title=str(it), detail=it.device, address=links.shop(it.establishment_id))


def _find_companies(user: User, term: str) -> Iterator[Hit]:
    code = texts.whole(term)
    wanted = Q(name__plain_contains=term) if code is None else Q(code=code)
    for it in visible_to(user, Division.objects.filter(wanted)).select_related("tenant").order_by("name")[: SHOWN + 1]:
        yield Hit(title=it.label, detail=it.tenant.name, address=links.customer(it.tenant_id))


def _find_consents(user: User, term: str) -> Iterator[Hit]:
    rows = visible_to(user, Connection.objects.filter(user_name__plain_contains=term)).select_related("tenant")
    for it in rows.defer("access_token", "refresh_token").order_by("user_name")[: SHOWN + 1]:
        yield Hit(title=it.user_name, detail=it.tenant.name, address=links.customer(it.tenant_id))


def _find_people(user: User, term: str) -> Iterator[Hit]:
    rows = visible_to(user, User.objects.filter(Q(name__plain_contains=term) | Q(email__icontains=term)))
    for it in rows.order_by("email")[: SHOWN + 1]:
        detail = " · ".join(filter(None, (it.email if it.name else "", str(it.get_role_display()))))
        yield Hit(title=str(it), detail=detail, address=reverse("admin:tenants_user_change", args=[it.pk]))


def _is(term: str, column: str) -> Q:
    """A number as people write it, with blanks in it."""
    digits = "".join(term.split())
    return Q(**{f"{column}__startswith": digits}) if digits.isascii() and digits.isdecimal() else Q(pk=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to do in a few pages, which begins in a list: what it is called, and how it goes on there."""

    title: str | Promise
    detail: str | Promise
    listed: str


TASKS = (
    Task(
        title=_("Replace a till"),
        detail=_("Choose the till, then “Replace”"),
        listed="admin:tenants_till_changelist",
    ),
    Task(
        title=_("Move an establishment to another company"),
        detail=_("Choose the establishment, then “Another company…”"),
        listed="admin:tenants_establishment_changelist",
    ),
)


def _find_tasks(user: User, term: str) -> Iterator[Hit]:
    for it in TASKS:
        if all(word in str(it.title).casefold() for word in term.casefold().split()):
            yield Hit(title=str(it.title), detail=str(it.detail), address=reverse(it.listed))


SORTS = (
    Sort(title=_("Guided tasks"), permission="tenants.change_till", listed="", look=_find_tasks),
    Sort(
        title=_("Establishments"),
        permission="tenants.view_establishment",
        listed="admin:tenants_establishment_changelist",
        look=_find_shops,
    ),
    Sort(
        title=_("Customers"),
        permission="tenants.view_tenant",
        listed="admin:tenants_tenant_changelist",
        look=_find_customers,
    ),
    Sort(title=_("Tills"), permission="tenants.view_till", listed="admin:tenants_till_changelist", look=_find_tills),
    Sort(
        title=_("Closings"),
        permission="exports.view_storedclosing",
        listed="admin:exports_storedclosing_changelist",
        look=_find_closings,
    ),
    Sort(title=_("Companies in Exact"), permission="exact.view_division", listed="", look=_find_companies),
    Sort(title=_("Who linked Exact"), permission="exact.view_connection", listed="", look=_find_consents),
    Sort(title=_("Users"), permission="tenants.view_user", listed="admin:tenants_user_changelist", look=_find_people),
)
