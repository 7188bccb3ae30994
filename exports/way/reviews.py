"""The first closings of an establishment, which a person looks at before they go to Exact (docs/decisions/0050).

While reviews are left, each closing that would be ready is held for one; releasing it counts down. At zero the closings
that still wait for a review go, and later ones are not held.
"""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from exports.coverage.rows import lock_shop
from exports.models import ClosingState, StoredClosing
from exports.nudge import nudge_release
from exports.way.accept import reconsider
from exports.way.carry_out import go_on
from exports.way.decide import REVIEW, Decision, Held, Look, Ready, decide
from exports.way.prepare import Destination, locked
from exports.way.shown_digest import ShownOtherwise, digest_of
from exports.way.standing import Standing
from exports.words.reasons import Why, because
from tenants.models import Establishment, User
from tenants.put_off import each, in_turn

BATCH = 500


def waiting_for_review(establishment: Establishment) -> QuerySet[StoredClosing]:
    """The closings that are held for a review, the oldest first."""
    rows = StoredClosing.objects.filter(establishment=establishment, state=ClosingState.HELD)
    return rows.filter(problems__contains=[REVIEW.to_document()]).order_by("business_date", "closed_at", "pk")


def waits_for_review(closing: StoredClosing) -> bool:
    """Whether a closing is held for a review, which is so only if no other problem holds it."""
    return closing.state == ClosingState.HELD and any(it["code"] == REVIEW.code for it in closing.problems)


def outlook(closing: StoredClosing) -> Decision:
    """What would become of a closing if it were released. Load it with `WHERE_CLOSINGS_GO`. Writes nothing."""
    standing = Standing.of(closing.pk)
    look = Look.at(closing, standing.entries, standing.divisions)
    return decide(look, Destination.of(closing.establishment).unreviewed())


def release(closing_id: UUID, *, actor: User | None, why: str = "", shown: str | None = None) -> StoredClosing:
    """Let a reviewed closing go. Does nothing to one that waits for no review, as after a second press.

    `shown`: the digest of the outlook that the person was shown. Raises `ShownOtherwise` if it is another one by now.
    """
    with transaction.atomic():
        lock_shop(closing_id)
        closing = locked(closing_id)
        if not waits_for_review(closing):
            return closing
        now = outlook(closing)
        if shown is not None and digest_of(now) != shown:
            raise ShownOtherwise
        if not isinstance(now, Held):  # if another problem holds it, its entries change before anybody has seen them
            closing.accepted_problems = sorted({*closing.accepted_problems, REVIEW.code})
        decision = go_on(closing, actor=actor, why=because(Why.RELEASED, why) if why else Why.RELEASED)
        if isinstance(decision, Ready):
            _count_down(closing.establishment_id)
    return closing


def _count_down(establishment_id: int) -> None:
    left = Establishment.objects.filter(pk=establishment_id, reviews_left__gt=0)
    left.update(reviews_left=F("reviews_left") - 1)
    transaction.on_commit(nudge_release, robust=True)


def say_reviews(establishment_id: int, count: int) -> None:
    """Set how many closings are still reviewed before they go. At zero, those that wait for a review go."""
    with transaction.atomic():
        shop = Establishment.objects.select_for_update(of=("self",)).get(pk=establishment_id)
        shop.reviews_left = count
        shop.save(update_fields=["reviews_left"])
        transaction.on_commit(nudge_release, robust=True)


def release_reviewed() -> int:
    """Look again at closings that are held for a review although none is left to make. Returns how many."""
    rows = StoredClosing.objects.filter(state=ClosingState.HELD, establishment__reviews_left=0)
    rows = rows.filter(problems__contains=[REVIEW.to_document()])
    look = partial(reconsider, why=Why.REVIEWS_OVER)
    return each(StoredClosing, in_turn(rows, "business_date", "closed_at", limit=BATCH), look, loop="reviews")
