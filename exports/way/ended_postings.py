"""What the end of a posting means beyond its closing's state, which follows it in the database
(`exports.way.states`)."""

from django.utils import timezone

from exact.books.reconcile import settle_replaced
from exact.lane.postings import next_revision, postings_of
from exact.lane.states import IN_EXACT, OVER, move
from exact.models import BEGUN, NEEDS_A_PERSON, Posting, PostingEvent, PostingState
from exports.models import ClosingState, OrderKind, Replaced, Replacement, ReplacementWay, StoredClosing
from exports.nudge import nudge_lane_after_commit
from exports.way.carry_out import go_on, withdraw_unsent
from exports.way.prepare import locked
from exports.way.set_aside import keep_aside
from exports.way.standing import Standing
from exports.way.states import move_closing
from exports.words.reasons import Why
from ledger.entry import Entry
from ledger.problem import Problem
from postgres.insertion import insert
from postgres.transactions import assert_in_transaction
from tenants.models import User


def settle(posting: Posting) -> None:
    """Go on with the replacement, or the repost, that an ended posting was part of.

    Must run inside the transaction that ends the posting."""
    assert_in_transaction()
    closing = locked(posting.closing_id)
    replacement = Replacement.objects.filter(closing=closing, done_at=None).first()
    if posting.state in NEEDS_A_PERSON:
        if replacement is None:
            return
        if posting.state == PostingState.DIFFERS or posting.reverses_id is not None:
            # Exact did not delete an entry, refused a reversal, or holds another entry: no new entry is posted beside
            # it, and a person tries another way.
            _close(replacement)
            return
        if not replacement.beside:
            # The whole closing is booked anew, with the entry that Exact has just refused: it is looked up there first.
            move(posting, PostingState.SOUGHT, why=Why.REPLACED, lookups=0)
    if posting.reverses is not None:
        _reversal_ended(closing, posting, posting.reverses, replacement)
    elif posting.state == PostingState.WITHDRAWN:
        settle_replaced(posting)
    if replacement is not None:
        put_in_place(closing, replacement)
    elif PostingEvent.objects.filter(posting=posting, after=PostingState.SOUGHT).exists():
        _send_what_is_missing(closing)


def take_out(closing: StoredClosing, old: Replaced, *, actor: User | None, why: str) -> None:
    """Begin to take an old entry out of Exact: delete it there, or post what undoes it.

    A reversal of it that Exact refused before is looked up there first, in case it was booked all the same.
    """
    stuck = Posting.objects.filter(reverses=old.posting, state=PostingState.REFUSED).first()
    if stuck is not None:
        move(stuck, PostingState.SOUGHT, actor=actor, why=why, lookups=0)
    if old.way != ReplacementWay.REVERSE:
        move(old.posting, PostingState.REMOVING, actor=actor, why=why)
    elif stuck is None:
        _post_reversal(closing, old)


def _reversal_ended(
    closing: StoredClosing, reversal: Posting, undone: Posting, replacement: Replacement | None
) -> None:
    """Go on after a reversal ended. Posted: the entry it undoes counts no more. Looked up and not there: post it anew.

    If the entry was or is being deleted instead, there is nothing to reverse: a reversal that is in Exact is taken out.
    """
    if reversal.state == PostingState.POSTED and undone.state in IN_EXACT:
        settle_replaced(undone)
        move(undone, PostingState.REVERSED, why=reversal.reference)
    elif reversal.state == PostingState.POSTED:
        move(reversal, PostingState.REMOVING, why=Why.REPLACED)
    elif reversal.state == PostingState.WITHDRAWN and replacement is not None:
        old = replacement.olds.get(posting=undone)
        if old.way == ReplacementWay.REVERSE:
            _post_reversal(closing, old)


def _post_reversal(closing: StoredClosing, old: Replaced) -> None:
    assert old.reversal is not None, "an order to reverse keeps the reversal"
    posting = old.posting
    _post(
        closing,
        [Entry.from_document(old.reversal)],
        like=posting,
        payment_condition=posting.payment_condition,
        cost_center=posting.cost_center,
        reverses=posting,
    )


def put_in_place(closing: StoredClosing, replacement: Replacement) -> None:
    """Post the new entries of an order, once all old ones are out of Exact's books."""
    under_way = Posting.objects.filter(closing_id=closing.pk, state__in=BEGUN)
    if replacement.olds.exclude(posting__state__in=OVER).exists() or under_way.exists():
        return
    _close(replacement)
    withdraw_unsent(closing, actor=None, why=Why.REPLACED)
    if replacement.kind == OrderKind.SET_ASIDE:
        _set_aside(closing, replacement)
        return
    if {str(it) for it in Standing.of(closing.pk).postings} != {*replacement.beside}:
        # Another entry was booked meanwhile: beside it the ordered entries would no longer be right.
        go_on(closing, actor=replacement.asked_by, why=Why.REPLACED)
        return
    _post(
        closing,
        [Entry.from_document(document) for document in replacement.entries],
        like=replacement.posting,
        payment_condition=replacement.payment_condition,
        cost_center=replacement.cost_center,
    )


def _set_aside(closing: StoredClosing, order: Replacement) -> None:
    """Set the closing aside when no entry of it is in Exact. If one was found there after all, it fails instead."""
    if Standing.of(closing.pk).postings:
        found = Problem(code="found_after_all")
        move_closing(closing, ClosingState.FAILED, why=Why.TAKEN_OUT, problems=[found.to_document()])
        return
    assert order.asked_by is not None, "a constraint sees to it"
    keep_aside(closing, actor=order.asked_by, why=order.why, instead=order.instead_id)


def _close(replacement: Replacement) -> None:
    Replacement.objects.filter(pk=replacement.pk).update(done_at=timezone.now())


def _send_what_is_missing(closing: StoredClosing) -> None:
    """After a reposted entry was looked up in Exact: post the rest of the closing, if no posting of it is under way."""
    if closing.state != ClosingState.EXPORTING:
        return
    on_its_way = (*BEGUN, PostingState.REFUSED, PostingState.DIFFERS)
    if not Posting.objects.filter(closing_id=closing.pk, state__in=on_its_way).exists():
        go_on(closing, actor=None, why=Why.SENT_AGAIN)


def _post(
    closing: StoredClosing,
    entries: list[Entry],
    *,
    like: Posting,
    payment_condition: str,
    cost_center: str,
    reverses: Posting | None = None,
) -> None:
    made = postings_of(
        division=like.division,
        establishment_id=closing.establishment_id,
        closing_id=closing.pk,
        number=closing.number,
        closed_at=closing.closed_at,
        entries=entries,
        payment_condition=payment_condition,
        cost_center=cost_center,
        revision=next_revision(closing.pk),
        reverses=reverses,
    )
    insert(made)
    nudge_lane_after_commit(like.division_id)
