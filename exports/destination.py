"""What the till's side may know of where its closings go."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from exact.mapping import take_parameters as put_in_force
from exact.models import Activation, ConnectionState, Posting
from exact.states import OVER
from exports.models import Export, ExportState
from exports.nudge import nudge_release
from tenants.models import Establishment


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationStatus:
    """The state words of the till API, and the company's label: "8301 - CLYO"."""

    state: str
    label: str = ""
    code: int | None = None
    name: str = ""


def activation_status(establishment: Establishment) -> ActivationStatus:
    """Whether the establishment's closings go to Exact, and into which company."""
    activation = Activation.objects.select_related("division__connection").filter(establishment=establishment).first()
    if activation is None:
        return ActivationStatus(state="inactive")
    division = activation.division
    if division.connection.state != ConnectionState.ACTIVE:
        state = "reconnect_required"
    elif activation.active:
        state = "active"
    else:
        state = "invalid" if activation.problems else "inactive"
    return ActivationStatus(state=state, label=division.label, code=division.code, name=division.name)


def take_parameters(establishment: Establishment, parameters: dict[str, Any]) -> None:
    """Put a till's parameters in force; closings that were held for want of them are looked at again."""
    if put_in_force(establishment, parameters):
        transaction.on_commit(nudge_release, robust=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedEntry:
    """One entry of a closing as the till may see it."""

    journal: str
    number: int | None
    reference: str
    state: str
    posted_at: datetime | None


def entries_of(closing_ids: Iterable[UUID]) -> dict[UUID, list[BookedEntry]]:
    """The entries of closings, by closing, sales first. One query for all of them."""
    entries: dict[UUID, list[BookedEntry]] = defaultdict(list)
    rows = Posting.objects.filter(closing_id__in=[*closing_ids]).exclude(state__in=OVER).order_by("turn")
    for posting in rows:
        entries[posting.closing_id].append(
            BookedEntry(
                journal=posting.journal,
                number=posting.exact_entry_number,
                reference=posting.reference,
                state=posting.state,
                posted_at=posting.posted_at,
            )
        )
    return entries


def forget_gap(export_id: UUID) -> None:
    """The number missing before this closing has arrived: take its warning away."""
    export = Export.objects.select_for_update(of=("self",)).get(pk=export_id)
    left = [problem for problem in export.problems if problem["code"] != "number_gap"]
    if len(left) != len(export.problems) and (left or export.state != ExportState.HELD):
        Export.objects.filter(pk=export_id).update(problems=left)
