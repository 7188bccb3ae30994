"""Sending again what Exact refused, after its cause was mended. Never by editing a row: a new revision is made."""

from uuid import UUID

from django.db import transaction

from exact.models import Posting, PostingState
from exact.postings import next_revision, postings_of
from exact.states import OVER, move
from exports.accept import reconsider
from exports.models import Export, ExportState
from exports.nudge import nudge_lane_after_commit
from exports.prepare import WHERE_CLOSINGS_GO, Destination, prepare
from exports.states import move_export
from ledger.check import check_closing
from ledger.closing import Closing
from tenants.insertion import insert
from tenants.models import User


class CannotRepost(Exception):
    """Why this closing cannot be sent again; `code` names the sentence people read."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def repost(export_id: UUID, *, actor: User | None, why: str) -> Export:
    """Send a failed closing again with today's settings; look again at a held or waiting one.

    Only what Exact refused is made anew: an entry that stands in the books is not touched. Raises `CannotRepost`.
    """
    export = Export.objects.select_related("establishment").get(pk=export_id)
    if export.state in (ExportState.HELD, ExportState.WAITING):
        return reconsider(export_id, actor=actor, why=why)
    if export.state != ExportState.FAILED:
        raise CannotRepost("repost_not_failed")
    with transaction.atomic():
        return _repost_refused(export_id, actor=actor, why=why)


def _repost_refused(export_id: UUID, *, actor: User | None, why: str) -> Export:
    export = Export.objects.select_for_update(of=("self",)).select_related(*WHERE_CLOSINGS_GO).get(pk=export_id)
    postings = Posting.objects.filter(closing_id=export.pk).exclude(state__in=OVER)
    if postings.filter(state=PostingState.DIFFERS).exists():
        raise CannotRepost("repost_differs")
    if postings.filter(reverses__isnull=False).exclude(state=PostingState.POSTED).exists():
        raise CannotRepost("repost_replacing")
    redone = [it for it in postings if it.state in (PostingState.REFUSED, PostingState.PENDING)]
    closing = Closing.from_document(export.document)
    found = [problem for problem in check_closing(closing) if problem.code not in export.accepted_problems]
    prepared = prepare(export, closing, found, Destination.of(export.establishment))
    if prepared.state is not ExportState.READY or prepared.activation is None:
        move_export(export, ExportState.FAILED, problems=[problem.to_document() for problem in prepared.problems])
        return export
    wanted = {(it.entry_kind, it.journal) for it in redone}
    standing = {(it.entry_kind, it.journal) for it in postings} - wanted
    entries = [entry for entry in prepared.entries if (entry.kind.value, entry.journal) not in standing]
    revision = next_revision(export.pk)
    for posting in redone:
        move(posting, PostingState.WITHDRAWN, actor=actor, why=why)
    made = postings_of(
        division=prepared.activation.division,
        establishment_id=export.establishment_id,
        closing_id=export.pk,
        number=export.number,
        closed_at=export.closed_at,
        entries=entries,
        payment_condition=prepared.payment_condition,
        cost_center=prepared.cost_center,
        revision=revision,
    )
    insert(made)
    move_export(export, ExportState.READY, actor=actor, why=why, problems=[])
    nudge_lane_after_commit(prepared.activation.division_id)
    return export
