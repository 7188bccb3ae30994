"""This room's Celery tasks: each calls one function. The database says what is due: a doubled message does nothing."""

from celery import shared_task

from exact.activation.link_mail import mail_links_again
from exact.activation.link_steps import due_checks, forget_companies, make_checks
from exact.activation.upkeep import (
    consents_in_doubt,
    due_for_refresh,
    keep_alive,
    look_after,
    tell_of_lost_consents,
    try_consent,
)
from exact.models import Division
from exact.nudge import CHECK, LINKS_AGAIN, REFRESH, TRY_CONSENT, nudge, nudge_check
from tenants.put_off import each, every


@shared_task(name=CHECK)
def check(link_id: int) -> None:
    """Make the checks of one activation link."""
    make_checks(link_id)


@shared_task(name=LINKS_AGAIN)
def links_again() -> None:
    """Mail the links that were asked for on the pages of those that are over."""
    mail_links_again()


@shared_task(name="exact.sweep")
def sweep() -> None:
    """Start checks that are due, mail people who must be told, and empty lists that are not needed any longer."""
    every(_try_consents, _wake_checks, forget_companies, tell_of_lost_consents, mail_links_again)


def _try_consents() -> None:
    for connection_id in consents_in_doubt():
        nudge(TRY_CONSENT, connection_id)


@shared_task(name=TRY_CONSENT)
def try_one_consent(connection_id: int) -> None:
    """Ask Exact whether one consent still holds, as after a restore of the database."""
    try_consent(connection_id)


def _wake_checks() -> None:
    for link in due_checks():
        nudge_check(link.pk)


@shared_task(name="exact.keep_alive")
def keep_consents_alive() -> None:
    """Renew consents that were not used for two weeks."""
    keep_alive()


@shared_task(name="exact.nightly")
def nightly() -> None:
    """Ask for every linked company to be read again, one message each."""
    for division_id in due_for_refresh():
        nudge(REFRESH, division_id)


@shared_task(name=REFRESH)
def refresh(division_id: int) -> None:
    """Read one company again, and check the activations into it."""
    rows = Division.objects.filter(pk=division_id).values_list("pk", "put_off_count")
    each(Division, [*rows], look_after, loop="refresh")
