"""One customer at a time, for who looks after several: chosen on any page, kept in the session.

The person of a request carries the choice, and `visible_to` narrows by it; no page knows. What an address names is
shown whoever's it is: a link in a letter opens, whatever is chosen at the moment.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict

from ledger import texts
from tenants.models import Establishment, Tenant, User
from tenants.scope import all_visible_to

KEPT = "customer"
CONSOLE = "/console/"
# A reseller with more customers than one looks through in a list has its pages of customers instead.
LISTED_MAX = 40
# How a query names closings, and a shop or a customer.
CLOSING = "closing"
OF_SHOP = ("establishment", "establishment__id__exact", "posting__establishment__id__exact")
OF_CUSTOMER = ("customer", "tenant", "tenant__id__exact")


class Choice:
    """What a person chose to look at in its session, and what else there is to choose."""

    def __init__(self, request: HttpRequest, user: User) -> None:
        self._session, self._user = request.session, user

    @cached_property
    def customer_id(self) -> int | None:
        """The chosen customer; None is all. One that is not the person's any more is forgotten."""
        kept = self._session.get(KEPT)
        if kept is not None and not self._is_own(kept):
            del self._session[KEPT]
            return None
        return kept if isinstance(kept, int) else None

    @cached_property
    def customers(self) -> list[Tenant]:
        """What there is to choose from, by name; nothing where there is no choice."""
        if self._user.is_support or (self._user.is_member and len(self._user.leave_by_customer) < 2):
            return []
        rows = all_visible_to(self._user, Tenant.objects.only("name")).order_by("name")
        found = [*(rows if self._user.is_member else rows[: LISTED_MAX + 1])]
        return found if len(found) > 1 and (self._user.is_member or len(found) <= LISTED_MAX) else []

    def take(self, asked: str) -> None:
        """Keep a customer by its number, or all by anything that is none of the person's."""
        number = texts.whole(asked)
        if number is not None and self._is_own(number):
            self._session[KEPT] = number
        else:
            self._session.pop(KEPT, None)

    def _is_own(self, number: int) -> bool:
        return all_visible_to(self._user, Tenant.objects.filter(pk=number)).exists()


class ChoosesCustomer:
    """Lets the person of a console page carry what it chose, unless the address names a row or somebody else's rows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _arguments: Any, names: dict[str, Any]) -> None:
        user = request.user
        if not isinstance(user, User) or not user.is_active or not request.path_info.startswith(CONSOLE):
            return
        choice = request.choice = Choice(request, user)  # type: ignore[attr-defined]
        chosen = choice.customer_id
        if chosen is not None and not names and not _names_another(user, request.GET, chosen):
            user.chosen_customer = chosen


def _names_another(user: User, query: QueryDict, chosen: int) -> bool:
    """Whether a query names closings, or a shop or customer of the person's that is not the chosen one's."""
    if CLOSING in query:
        return True
    shops = {number for name in OF_SHOP if (number := texts.whole(query.get(name, ""))) is not None}
    customers = {number for name in OF_CUSTOMER if (number := texts.whole(query.get(name, ""))) is not None}
    if shops:
        customers |= {
            *all_visible_to(user, Establishment.objects.filter(pk__in=shops)).values_list("tenant", flat=True)
        }
    return bool(customers - {chosen})
