"""Choosing one customer to look at, for people who look after several: on any page, stored in the session.

The choice is on the person of the request, and `visible_to` filters by it, so that pages need not know of it. A page
whose address names a row of another customer shows that row: a link in a letter opens, whatever is chosen.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict

from ledger import texts
from tenants.models import Establishment, Tenant, User
from tenants.scope import all_visible_to

KEPT = "customer"
CONSOLE = "/console/"
# With more customers than this the choice is a search instead of a list; as many results are shown.
LISTED_MAX, FOUND_MAX = 40, 20
# Parameters of an address that name no row: which way out a page is about.
NAMES_NO_ROW = frozenset({"way"})
# The parameters by which a query or form names closings, a shop, a customer; `where` may hold several: "e12", "t7".
CLOSING = "closing"
OF_PLACES, SHOP_MARK, CUSTOMER_MARK = "where", "e", "t"
OF_SHOP = ("establishment", "establishment__id__exact", "posting__establishment__id__exact")
OF_CUSTOMER = ("customer", "tenant", "tenant__id__exact")


class Choice:
    """The customer that a person chose in the session, and the customers there are to choose from."""

    def __init__(self, request: HttpRequest, user: User) -> None:
        self._session, self._user = request.session, user

    @cached_property
    def chosen(self) -> Tenant | None:
        """The chosen customer; None: all. One that is not visible any more is dropped, as no page could undo it."""
        kept = self._session.get(KEPT)
        found = self._find(kept) if isinstance(kept, int) else None
        if kept is not None and found is None:
            del self._session[KEPT]
        return found

    @property
    def customer_id(self) -> int | None:
        """The key of the chosen customer."""
        return self.chosen.pk if self.chosen is not None else None

    @cached_property
    def searched(self) -> bool:
        """Whether the customers are too many to be listed. Support's always are: none is asked for on every page."""
        return self._user.is_support or len(self._listed) > LISTED_MAX

    @property
    def customers(self) -> list[Tenant]:
        """What there is to choose from, by name; nothing where there is no choice, or it is searched for."""
        return self._listed if not self.searched and len(self._listed) > 1 else []

    def search(self, term: str) -> list[Tenant]:
        """Customers by a part of their name, the SIREN's first digits, or a shop's code; one more than are shown."""
        shop = Establishment.objects.filter(tenant=OuterRef("pk"), code__istartswith=term)
        digits = "".join(term.split())
        wanted = Q(name__plain_contains=term) | Q(Exists(shop))
        if digits.isascii() and digits.isdecimal():
            wanted |= Q(siren__startswith=digits)
        return [*self._select_own().filter(wanted).select_related("reseller").order_by("name", "pk")[: FOUND_MAX + 1]]

    def take(self, asked: str) -> None:
        """Choose a customer by its id; anything else chooses all."""
        number = texts.whole(asked)
        if number is not None and self._find(number) is not None:
            self._session[KEPT] = number
        else:
            self._session.pop(KEPT, None)

    @cached_property
    def _listed(self) -> list[Tenant]:
        """The first customers by name, one more than are listed; none of support's, which are searched for."""
        if self._user.is_support or (self._user.is_member and len(self._user.leave_by_customer) < 2):
            return []
        return [*self._select_own().only("name").order_by("name")[: LISTED_MAX + 1]]

    def _select_own(self) -> QuerySet[Tenant]:
        return all_visible_to(self._user, Tenant.objects.all())

    def _find(self, number: int) -> Tenant | None:
        """A customer by its number, if it is there to choose."""
        if self.searched:
            return self._select_own().only("name").filter(pk=number).first()
        return next((it for it in self.customers if it.pk == number), None)


class ChoosesCustomer:
    """Lets the person of a console page carry what it chose, unless the address names a row or somebody else's rows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _arguments: Any, names: dict[str, Any]) -> None:
        """Django's hook before a view: gives `request.choice` on every page of the console, and narrows the person's
        querysets to the chosen customer where the address names no row and the query names no other customer's.
        """
        user = request.user
        if not isinstance(user, User) or not user.is_active or not request.path_info.startswith(CONSOLE):
            return
        choice = request.choice = Choice(request, user)  # type: ignore[attr-defined]
        chosen = choice.customer_id
        if chosen is None or names.keys() - NAMES_NO_ROW:
            return
        if not any(_names_another(user, asked, chosen) for asked in (request.GET, request.POST)):
            user.chosen_customer = chosen


def _names_another(user: User, asked: QueryDict, chosen: int) -> bool:
    """Whether a query or a form names closings, or a shop or customer of the person's that is not the chosen one's."""
    if CLOSING in asked:
        return True
    places = asked.getlist(OF_PLACES)
    shops = _read_keys([*map(asked.get, OF_SHOP), *(it[1:] for it in places if it.startswith(SHOP_MARK))])
    customers = _read_keys([*map(asked.get, OF_CUSTOMER), *(it[1:] for it in places if it.startswith(CUSTOMER_MARK))])
    if shops:
        customers |= {
            *all_visible_to(user, Establishment.objects.filter(pk__in=shops)).values_list("tenant", flat=True)
        }
    return bool(customers - {chosen})


def _read_keys(said: Iterable[str | None]) -> set[int]:
    """The keys among what was said."""
    return {number for it in said if (number := texts.whole(it or "")) is not None}
