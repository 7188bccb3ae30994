"""The steps of an activation link: log in at Exact, choose a company, have the settings checked, be done.

Each function is told how many steps were made when the person saw the page (`steps_made`), and leaves the link one
step further, or at the same step with a `trouble` that the page explains. The pages themselves are in
`exact.activation.pages`.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from booking.fields import apply_fix
from exact.activation.links import in_the_name_of, soon_over, step_on
from exact.activation.login import LoginRefused, login_address, login_code
from exact.activation.switch import check_establishment, decide, is_on_into, refresh_catalogue, switch_off
from exact.api.client import http_of_thread
from exact.api.connection import connect, disconnect
from exact.api.errors import ExactError, NeedsReconnect, RateLimited, Unavailable
from exact.company.catalogue import JOURNAL_STATUS, PERIODS, SOURCES, THIRD_PARTIES, WRITTEN, Read
from exact.company.companies import Company, Entered, companies_of, joined, revive, search, tie
from exact.models import Activation, ActivationLink, Connection, Division, ExactApp, LinkStep
from exact.nudge import nudge_check
from exact.settings.checks import problems_of
from exact.signals import may_go_on

log = structlog.get_logger()

COUNTRY = "FR"
READ_IN_ALL = (*(source.resource for source in SOURCES), JOURNAL_STATUS, PERIODS, THIRD_PARTIES, *WRITTEN)
TRY_AGAIN = timedelta(seconds=5)
CHECKS_DEAD_AFTER = timedelta(minutes=3)


class NotOffered(Exception):
    """The company is not among those the log-in showed, or cannot be used."""


class _NoLongerRight(Exception):
    """A setting that was right at the checks is wrong by now."""


def app_of(_link: ActivationLink) -> ExactApp:
    """Our registration at Exact to log in with. France is the only country so far. Raises `ExactApp.DoesNotExist`."""
    return ExactApp.objects.get(country=COUNTRY)


def redirect_uri() -> str:
    """The redirect address exactly as it is registered at Exact."""
    return f"{settings.PUBLIC_URL}{reverse('activation:callback')}"


def begin_login(request: HttpRequest, link: ActivationLink, steps_made: int) -> str:
    """Where to send the browser to log in at Exact. Raises `StepTaken`."""
    step_on(link, steps_made, LinkStep.LOGIN, trouble="", connection=None, companies=[], division=None)
    return login_address(request, link, app_of(link), redirect_uri())


def finish_login(request: HttpRequest, link: ActivationLink) -> None:
    """After the log-in at Exact: make the connection, and read the companies. Raises `ForgedLogin`.

    Any other failure is stored as the link's `trouble`.
    """
    app = app_of(link)
    try:
        code = login_code(request, link, app, redirect_uri())
        connection = connect(tenant=link.tenant, app=app, code=code, redirect_uri=redirect_uri(), http=http_of_thread())
        entered = companies_of(connection)
    except LoginRefused:
        _begin_anew_with(link, "login_refused")
    except NeedsReconnect:
        _begin_anew_with(link, "code_refused")
    except RateLimited:
        _begin_anew_with(link, "rate_limited")
    except ExactError as error:
        log.warning("activation_login", link=link.pk, error=type(error).__name__, detail=str(error))
        _begin_anew_with(link, "unavailable")
    else:
        _welcome(link, connection, entered)


def _welcome(link: ActivationLink, connection: Connection, entered: Entered) -> None:
    """Go on to the choice of the company; or straight to the checks, when the linked company is among them."""
    companies = entered.companies
    for division in revive(connection, companies):
        may_go_on.send(Division, division_id=division.pk)
    known = {
        "connection": connection,
        "companies": _documents(companies),
        "more_companies": entered.more,
        "used_at": timezone.now(),
    }
    step_on(link, link.steps_made, LinkStep.DIVISION, trouble="" if companies else "no_company", **known)
    current = Activation.objects.filter(establishment=link.establishment, active=True).first()
    if current is not None and any(it.code == current.division.code and it.usable for it in companies):
        choose(link, link.steps_made, current.division.code)


def look_for(link: ActivationLink, wanted: str) -> str:
    """Ask Exact for companies beyond those listed at the log-in, which then can be chosen too. Returns the trouble."""
    assert link.connection is not None, "the database sees to it"
    listed = [Company.from_document(document) for document in link.companies]
    try:
        found = search(link.connection, wanted, asked_from=listed[0].code)
    except NeedsReconnect:
        return "code_refused"
    except RateLimited:
        return "rate_limited"
    except ExactError as error:
        log.warning("activation_search", link=link.pk, error=type(error).__name__, detail=str(error))
        return "unavailable"
    link.companies = _documents(joined(listed, found))
    link.save(update_fields=["companies"])
    return ""


def _documents(companies: Iterable[Company]) -> list[dict[str, object]]:
    return [company.to_document() for company in companies]


def _begin_anew_with(link: ActivationLink, trouble: str) -> None:
    step_on(link, link.steps_made, LinkStep.INTRODUCTION, trouble=trouble)


def choose(link: ActivationLink, steps_made: int, code: int) -> None:
    """Take a company and have the settings checked against it. Raises `StepTaken`, `NotOffered`, `CompanyTaken`."""
    companies = (Company.from_document(document) for document in link.companies)
    company = next((it for it in companies if it.code == code and it.usable), None)
    if company is None or link.connection is None:
        raise NotOffered(str(code))
    with transaction.atomic():
        division = tie(link.connection, company)
        check_again(link, steps_made, division)


def check_again(link: ActivationLink, steps_made: int, division: Division) -> None:
    """Ask for a round of checks. Raises `StepTaken`."""
    step_on(
        link,
        steps_made,
        LinkStep.CHECKS,
        division=division,
        check_after=Now(),
        checking_since=None,
        progress=[],
        trouble="",
    )
    transaction.on_commit(lambda: nudge_check(link.pk), robust=True)


def take_fix(link: ActivationLink, steps_made: int, field: str, value: str) -> None:
    """Set the value that a check offered, and check again by the catalogue just read: no call. Raises `StepTaken`."""
    assert link.division is not None, "a fix is offered after the checks only"
    offered = (check.fix for check in check_establishment(link.establishment, link.division))
    if not any(fix and (fix.field, fix.value) == (field, value) for fix in offered):
        raise NotOffered(field)
    with transaction.atomic():
        step_on(link, steps_made, LinkStep.CHECKS, trouble="")
        apply_fix(link.establishment, field, value)
        _judge(link)


def change_company(link: ActivationLink, steps_made: int) -> None:
    """Go back to the choice of the company. Raises `StepTaken`."""
    step_on(link, steps_made, LinkStep.DIVISION, trouble="")


def turn_off(link: ActivationLink, steps_made: int, *, forget: bool) -> None:
    """Switch the activation off; with `forget`, delete the consent's tokens too. Raises `StepTaken`."""
    with transaction.atomic():
        step_on(link, steps_made, LinkStep.DONE, trouble="")
        switch_off(link.establishment, way="link")
        if forget and link.connection_id is not None:
            disconnect(link.connection_id)
    link.refresh_from_db()


def make_checks(link_id: int) -> None:
    """For a worker: read the company's catalogue and check the settings. Does nothing if another worker has begun."""
    mine = ActivationLink.objects.filter(pk=link_id, step=LinkStep.CHECKS, check_after__lte=Now())
    if mine.update(check_after=None, checking_since=Now(), progress=[], trouble="") != 1:
        return
    link = ActivationLink.objects.select_related(
        "establishment", "connection", "division__app", "division__connection"
    ).get(pk=link_id)
    begun = link.checking_since
    with in_the_name_of(link):
        again = _check(link)
    ActivationLink.objects.filter(pk=link.pk, checking_since=begun).update(checking_since=None, **again)


def _check(link: ActivationLink) -> dict[str, object]:
    """Read the catalogue and check the settings. Returns the columns to set on the link if that could not be done."""
    assert link.division is not None, "the database sees to it"
    try:
        refresh_catalogue(link.division, for_establishment=link.establishment, seen=lambda read: _progress(link, read))
    except RateLimited as error:
        return {"trouble": "rate_limited", "check_after": Now() + (error.until - timezone.now())}
    except NeedsReconnect:
        return {"trouble": "code_refused", "step": LinkStep.INTRODUCTION}
    except Unavailable:
        return {"trouble": "unavailable", "check_after": Now() + TRY_AGAIN}
    except ExactError as error:
        log.warning("activation_checks", link=link.pk, error=type(error).__name__, detail=str(error))
        return {"trouble": "refused"}
    _judge(link)
    return {}


def _judge(link: ActivationLink) -> None:
    """Check the settings by what was read, unless the person went back to choose another company meanwhile.

    If all are right and the activation is not on yet, its first day is asked for: only `go_live` switches it on.
    """
    assert link.division is not None, "the database sees to it"
    here = ActivationLink.objects.filter(pk=link.pk, step=LinkStep.CHECKS, division=link.division)
    with transaction.atomic():
        if not here.select_for_update(of=("self",)):
            return
        if not is_on_into(link.establishment, link.division) and not problems_of(
            check_establishment(link.establishment, link.division)
        ):
            # The problems of an earlier check are mended, though the activation is not on yet.
            Activation.objects.filter(establishment=link.establishment, active=False).update(problems=[])
            here.update(step=LinkStep.START)
        elif not problems_of(decide(link.establishment, link.division, way="link")):
            here.update(step=LinkStep.DONE, expires_at=soon_over())


def go_live(link: ActivationLink, steps_made: int, *, prepare: Callable[[], None]) -> None:
    """Switch the activation on. `prepare` stores the first day, in the same transaction. Raises `StepTaken`.

    If a setting is wrong by now, the link goes back to the checks and nothing is stored.
    """
    assert link.division is not None, "the first day is asked for after the checks only"
    try:
        with transaction.atomic():
            step_on(link, steps_made, LinkStep.DONE, trouble="", expires_at=soon_over())
            prepare()
            if problems_of(decide(link.establishment, link.division, way="link")):
                raise _NoLongerRight
    except _NoLongerRight:
        link.refresh_from_db()
        check_again(link, steps_made, link.division)


def forget_companies() -> None:
    """Empty the lists of companies of ended links: an accountant's list names companies of other customers."""
    ActivationLink.objects.filter(expires_at__lt=timezone.now()).exclude(companies=[]).update(companies=[])


def _progress(link: ActivationLink, read: Read) -> None:
    link.progress = [*link.progress, {"resource": read.resource, "rows": read.rows, "allowed": read.allowed}]
    link.save(update_fields=["progress"])


def due_checks() -> QuerySet[ActivationLink]:
    """Links whose checks are due and not being made: a message was lost, a limit is over, or a worker died."""
    dead = ActivationLink.objects.filter(step=LinkStep.CHECKS, checking_since__lt=Now() - CHECKS_DEAD_AFTER)
    dead.update(checking_since=None, check_after=Now())
    return ActivationLink.objects.filter(step=LinkStep.CHECKS, check_after__lte=Now(), expires_at__gt=timezone.now())
