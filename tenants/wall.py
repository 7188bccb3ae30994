"""The viewer that a request's connection serves: PostgreSQL's second check behind `tenants.scope` (decision 0038).

A request begins "at the door", where people log in and keys are looked up, and where no customer's rows are visible. In
the console it goes on as the person whose view it is; the till API and the pages of an activation link set the viewer
themselves, by the key or the link they got.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from postgres.viewer import (
    AT_THE_DOOR,
    CUSTOMER,
    EVERYTHING,
    RESELLER,
    Viewer,
    at_the_door,
    serving,
)
from tenants.acting import person_behind
from tenants.models import Tenant, User
from tenants.rights import MEMBERS_IN_POSTGRES

CONSOLE, API = "/console/", "/api/"
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class AtTheDoor:
    """Middleware: serves nobody until a request's person is known, and again after its answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        shows_key = request.path_info.startswith(API) and "Authorization" in request.headers
        with at_the_door(at_once=not shows_key):
            return self._get_response(request)


class AsPerson:
    """Middleware: a page of the console is served as the person whose view it is; a log-out as nobody."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(CONSOLE) or request.path_info == reverse("admin:logout"):
            return self._get_response(request)
        with serving(_viewer_of_request(request)):
            return self._get_response(request)


def viewer_of(person: User, *, behind: User | None = None) -> Viewer:
    """The viewer of a person: support sees all, others at most a reseller's rows, or those of a member's customers.

    Reads a member's customers.

    `behind` is who looks through the person's eyes.
    """
    if not person.is_active:
        return AT_THE_DOOR
    if person.is_support:
        return EVERYTHING
    keyboard = (behind or person).pk
    if person.is_member:
        role = MEMBERS_IN_POSTGRES[person.role]
        return Viewer(role=role, tenants=(*person.leave_by_customer,), person=person.pk, behind=keyboard)
    return Viewer(role=RESELLER, reseller=person.reseller_id, person=person.pk, behind=keyboard)


def viewer_of_customer(tenant: Tenant) -> Viewer:
    """The viewer of a link's holder: one customer's rows, without a person."""
    return Viewer(role=CUSTOMER, reseller=tenant.reseller_id, tenant=tenant.pk)


def _viewer_of_request(request: HttpRequest) -> Viewer:
    """The viewer of a console request. For support that ends its look through another's eyes, support itself."""
    person, behind = request.user, person_behind(request)
    if not isinstance(person, User):
        return AT_THE_DOOR
    if behind is not None and behind != person and request.path_info.startswith(reverse("hijack:release")):
        return viewer_of(behind)
    return viewer_of(person, behind=behind)
