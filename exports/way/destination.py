"""What the till's side may know of where its closings go."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from booking.mapping import take_parameters as put_in_force
from exact.activation.links import end_links, live_step, make_link
from exact.activation.state import ActivationState, state_at, state_of
from exact.activation.switch import recheck, switch_off
from exact.api.consent import Consent, consent_of, lapses_at, times_of_doubt
from exact.lane.states import OVER
from exact.models import IN_TURN, Activation, Finding, FindingKind, Posting, PostingState
from exports.models import StoredClosing
from exports.nudge import learn_if_unknown, nudge_release
from exports.words.finding_words import advice_of, said_of_finding, title_of
from exports.words.problems import sentence
from ledger.problem import Problem
from tenants.models import Establishment

# The words a till may read of an entry, of its activation and of a difference.
ENTRY_STATES = [state.value for state in PostingState if state not in OVER]
ACTIVATION_STATES = [state.value for state in ActivationState]
DIFFERENCE_KINDS = [kind.value for kind in FindingKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingProblem:
    """One setting that Exact would refuse: its field in the till's parameters, and what to do in words."""

    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationStatus:
    """The state words of the till API, the company ("8301 - CLYO"), and what must be mended, in sentences."""

    state: ActivationState
    label: str = ""
    code: int | None = None
    name: str = ""
    problems: tuple[SettingProblem, ...] = ()


def activation_status(establishment: Establishment) -> ActivationStatus:
    """Whether the establishment's closings go to Exact, and into which company."""
    activation = Activation.objects.select_related("division__connection").filter(establishment=establishment).first()
    state = state_of(activation) if activation else ActivationState.INACTIVE
    if state is ActivationState.INACTIVE:
        state = state_at(live_step(establishment))
    if activation is None:
        return ActivationStatus(state=state)
    division = activation.division
    return ActivationStatus(
        state=state,
        label=division.label,
        code=division.code,
        name=division.name,
        problems=tuple(_problem(document) for document in _list_what_to_mend(activation, state)),
    )


def _list_what_to_mend(activation: Activation, state: ActivationState) -> list[dict[str, Any]]:
    """What to mend, in sentences; of a sound activation, that its consent ends soon or is in doubt."""
    if state is ActivationState.RECONNECT_REQUIRED:
        return [Problem(code="reconnect_required").to_document()]
    connection = activation.division.connection
    if state is ActivationState.ACTIVE and consent_of(connection) is Consent.DOUBTFUL:
        return [Problem(code="consent_in_doubt", facts=times_of_doubt(connection), blocking=False).to_document()]
    if state is ActivationState.ACTIVE and (end := lapses_at(connection)):
        day = Problem(code="consent_lapses", facts={"date": end.date().isoformat()}, blocking=False)
        return [day.to_document()]
    return [*activation.problems]


def _problem(document: dict[str, Any]) -> SettingProblem:
    field = document["facts"].get("field", "")
    return SettingProblem(code=document["code"], field=field, message=sentence(document))


def open_activation(establishment: Establishment) -> tuple[str, datetime]:
    """A link to the activation pages for the establishment's till: its address, and when it ends."""
    link, address = make_link(establishment)
    return address, link.expires_at


def stop_export(establishment: Establishment) -> None:
    """Switch the activation off. Waiting closings go on waiting, and open activation links are revoked."""
    end_links(establishment)
    switch_off(establishment, way="till")


def take_parameters(establishment: Establishment, parameters: dict[str, Any]) -> None:
    """Put a till's parameters in force; closings that were held for want of them are looked at again.

    Parameters that Exact would refuse hold new closings from now on, with the reason.
    """
    if not put_in_force(establishment, parameters):
        return
    activation = recheck(establishment, way="till")
    transaction.on_commit(nudge_release, robust=True)
    if activation:
        learn_if_unknown(problem["code"] for problem in activation.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedEntry:
    """One entry of a closing as the till may see it."""

    journal: str
    number: int | None
    reference: str
    state: str
    posted_at: datetime | None


def entries_of(closing_ids: Iterable[UUID]) -> dict[UUID, list[BookedEntry]]:
    """The entries of closings, by closing, sales first; no reversal, nor what one undid. One query for all of them."""
    entries: dict[UUID, list[BookedEntry]] = defaultdict(list)
    rows = Posting.objects.filter(closing_id__in=[*closing_ids], reverses=None).exclude(state__in=OVER)
    for posting in rows.order_by(*IN_TURN):
        entries[posting.closing_id].append(
            BookedEntry(
                journal=posting.journal,
                number=posting.whole_number,
                reference=posting.reference,
                state=posting.state,
                posted_at=posting.posted_at,
            )
        )
    return entries


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedDifference:
    """Where Exact's books no longer hold an entry as it was posted, as the till may see it."""

    kind: str
    reference: str
    found_at: datetime
    message: str


def differences_of(closing_ids: Iterable[UUID]) -> dict[UUID, list[BookedDifference]]:
    """What the nightly comparison found of closings and nobody settled, by closing. One query for all of them."""
    found: dict[UUID, list[BookedDifference]] = defaultdict(list)
    rows = Finding.objects.filter(posting__closing_id__in=[*closing_ids], settled_at=None).select_related("posting")
    for finding in rows.order_by(*(f"posting__{it}" for it in IN_TURN), "id"):
        found[finding.posting.closing_id].append(
            BookedDifference(
                kind=finding.kind,
                reference=finding.posting.reference,
                found_at=finding.found_at,
                message=f"{title_of(finding.kind)} ({said_of_finding(finding)}). {advice_of(finding.kind)}",
            )
        )
    return found


def count_differences(establishment: Establishment) -> int:
    """How many entries of an establishment differ in Exact and are not settled."""
    return Finding.objects.filter(posting__establishment=establishment, settled_at=None).count()


def forget_gap(closing_id: UUID) -> None:
    """Remove the warning that a number is missing before this closing: that number has arrived."""
    closing = StoredClosing.objects.select_for_update(of=("self",)).get(pk=closing_id)
    found, problems = (
        [problem for problem in noted if problem["code"] != "number_gap"] for noted in (closing.found, closing.problems)
    )
    if found != closing.found:
        StoredClosing.objects.filter(pk=closing_id).update(found=found, problems=problems)
