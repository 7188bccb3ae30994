"""The pages of the ways out: what each shows of a closing and does to it, a row each, walked by
`exports.console.way_page`."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exact.books.reconcile import accept_finding, reopen
from exact.models import Finding
from exports.console import way_looks as looks
from exports.console import ways_out
from exports.console.way_looks import Shown
from exports.console.ways_out import Stand, Way
from exports.models import StoredClosing
from exports.reposts import decide_between, take_out
from exports.reposts.take_out import leave_unbooked
from exports.way.after_all import book_after_all
from exports.way.as_it_is import take_as_it_is
from exports.way.never_made import miss_again, say_never_made
from exports.way.reviews import release
from exports.way.set_aside import take_back
from exports.way.shown_digest import ShownOtherwise
from exports.words.reasons import Why
from tenants.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person's yes: who, why, the digest of what was `shown`, and the `choice` where there was one."""

    actor: User
    why: str
    shown: str
    choice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One way's page. `carry_out` raises `ShownOtherwise` where what it would do is not what was shown.

    `many`: several closings may be taken at once, by a run (`exports.reposts.repost_runs`). `done`: what is said
    afterwards, where it is not the closing's new state.
    """

    way: Way
    title: str | Promise
    words: str | Promise
    button: str | Promise
    look: Callable[[StoredClosing, User], Shown]
    carry_out: Callable[[UUID, Said], StoredClosing]
    many: bool = False
    done: str | Promise = ""


def _take_out(closing_id: UUID, said: Said) -> StoredClosing:
    closing = StoredClosing.objects.get(pk=closing_id)
    shown = take_out.leaving(closing)
    if shown.digest != said.shown:
        raise ShownOtherwise
    take_out.take_out(shown, actor=said.actor, why=said.why)
    closing.refresh_from_db(fields=["state"])
    return closing


def _decide(closing_id: UUID, said: Said) -> StoredClosing:
    shown = decide_between.look_between(StoredClosing.objects.get(pk=closing_id))
    if shown.digest != said.shown or not shown.rivals:
        raise ShownOtherwise
    if said.choice == looks.THIS and looks.may_let_this_count(shown, said.actor):
        return decide_between.let_this_count(shown, actor=said.actor, why=said.why)
    if said.choice == looks.OTHER:
        return decide_between.let_others_count(shown, actor=said.actor, why=said.why)
    raise ShownOtherwise


def _accept(closing_id: UUID, said: Said) -> StoredClosing:
    return _settle(closing_id, said, lambda stand: stand.differences, accept_finding)


def _take_acceptance_back(closing_id: UUID, said: Said) -> StoredClosing:
    return _settle(closing_id, said, lambda stand: stand.accepted, reopen)


def _settle(
    closing_id: UUID, said: Said, of: Callable[[Stand], list[Finding]], settle: Callable[..., bool]
) -> StoredClosing:
    closing = StoredClosing.objects.get(pk=closing_id)
    found = of(Stand.of(closing))
    if not found or looks.digest_of_findings(found) != said.shown:
        raise ShownOtherwise
    with transaction.atomic():
        if not all(settle(it, actor=said.actor, why=said.why) for it in found):
            raise ShownOtherwise
    return closing


TASKS: tuple[Task, ...] = (
    Task(
        way=ways_out.RELEASE,
        title=_("Release it to Exact"),
        words=_(
            "Compare these entries with what you would have typed yourself. Released, they go to Exact; once as many "
            "as were asked for are released, whatever comes goes by itself."
        ),
        button=_("Release"),
        look=looks.look_at_reviewed,
        carry_out=lambda pk, said: release(pk, actor=said.actor, why=said.why, shown=said.shown),
        many=True,
    ),
    Task(
        way=ways_out.BOOK_AS_IT_IS,
        title=_("Book it as it is"),
        words=_(
            "What is odd about this closing then no longer holds it. Only what leaves the entries right can be waved "
            "through: they are the till's own figures. Compare them with the printed Z, and see whether the same "
            "tickets are booked already, before you say yes."
        ),
        button=_("Book it as it is"),
        look=looks.look_as_it_is,
        carry_out=lambda pk, said: take_as_it_is(pk, actor=said.actor, why=said.why, shown=said.shown),
        many=True,
    ),
    Task(
        way=ways_out.ACCEPT,
        title=_("Accept the difference"),
        words=_(
            "Nothing is changed in Exact, and this difference is no longer told; when it becomes another one, it is. "
            "Say so only where the accountant meant it. It can be taken back on the closing's page."
        ),
        button=_("Accept as it is"),
        look=looks.look_at_differences,
        carry_out=_accept,
        done=_("{closing}: the difference with Exact is accepted."),
    ),
    Task(
        way=ways_out.TAKE_ACCEPTANCE_BACK,
        title=_("Take the acceptance back"),
        words=_("The difference with Exact is told again, until the entry is mended or somebody accepts it anew."),
        button=_("Take it back"),
        look=looks.look_at_accepted,
        carry_out=_take_acceptance_back,
        done=_("{closing}: the difference with Exact is told again."),
    ),
    Task(
        way=ways_out.BOOK_THE_REST,
        title=_("Book what is left"),
        words=_(
            "Other closings cover a part of what this one tells. Only the difference between them is booked, line by "
            "line; compare both on the closing's page first. If a closing is missing, better have the till send it."
        ),
        button=_("Book what is left"),
        look=looks.look_as_it_is,
        carry_out=lambda pk, said: take_as_it_is(
            pk, actor=said.actor, why=said.why, shown=said.shown, what=Why.REST_BOOKED
        ),
    ),
    Task(
        way=ways_out.BOOK_THE_GAP,
        title=_("Book the gap on a suspense account"),
        words=_(
            "What was paid is not what was sold and taken. Everything is booked as the till told it, its VAT to the "
            "cent, and the difference goes on the suspense account: the accountant must look into it and clear it. If "
            "the till can send a corrected closing, that is better."
        ),
        button=_("Book it with the gap"),
        look=looks.look_at_the_gap,
        carry_out=lambda pk, said: take_as_it_is(
            pk, actor=said.actor, why=said.why, shown=said.shown, what=Why.GAP_BOOKED
        ),
    ),
    Task(
        way=ways_out.DECIDE,
        title=_("Which of them counts?"),
        words=_(
            "These closings tell the same sales, so only one side may be booked. The other is set aside with your "
            "reason; what it has in Exact is taken out first. You can undo it from the page of the one set aside."
        ),
        button=_("Decide"),
        look=looks.look_between,
        carry_out=_decide,
    ),
    Task(
        way=ways_out.LEAVE_UNBOOKED,
        title=_("Set it aside"),
        words=_(
            "The closing will not be booked: not in Exact, and in no file. It is kept with your reason and your name, "
            "counts as set aside everywhere, and can be looked at again at any time."
        ),
        button=_("Set it aside"),
        look=looks.look_to_set_aside,
        carry_out=lambda pk, said: leave_unbooked(pk, actor=said.actor, why=said.why, shown=said.shown),
        many=True,
    ),
    Task(
        way=ways_out.LOOK_AGAIN,
        title=_("Look at it again"),
        words=_("The closing is no longer set aside: with today's settings it is booked, or held for what is wrong."),
        button=_("Look at it again"),
        look=looks.look_at_what_was_set_aside,
        carry_out=lambda pk, said: take_back(pk, actor=said.actor, why=said.why, shown=said.shown),
    ),
    Task(
        way=ways_out.BOOK_AFTER_ALL,
        title=_("Book it after all"),
        words=_(
            "What told its sales was set aside and stays so. This closing is booked in its place, as the till told it. "
            "Say no where somebody typed these sales into the books by hand."
        ),
        button=_("Book it after all"),
        look=looks.look_after_all,
        carry_out=lambda pk, said: book_after_all(pk, actor=said.actor, why=said.why, shown=said.shown),
        many=True,
    ),
    Task(
        way=ways_out.TAKE_OUT,
        title=_("Take its entries out of Exact"),
        words=_(
            "All entries of this closing leave the books, then it is set aside; from there it may be looked at and "
            "booked again. Speak with the accountant first: the VAT return may be made already."
        ),
        button=_("Take them out"),
        look=looks.look_at_what_leaves,
        carry_out=_take_out,
    ),
    Task(
        way=ways_out.NEVER_MADE,
        title=_("These numbers were never made"),
        words=_(
            "A till numbers its closings without a gap: a missing number is a closing that did not reach us, or one "
            "that never was, as after a test or where the till was numbered anew. Look into the till's own journal "
            "first: if the closing is there, have it pushed. Your reason stays in the history, and can be taken back."
        ),
        button=_("They were never made"),
        look=looks.look_at_missed,
        carry_out=lambda pk, said: say_never_made(pk, actor=said.actor, why=said.why, shown=said.shown),
        done=_("{closing}: the numbers before it are missed no longer."),
    ),
    Task(
        way=ways_out.MISS_AGAIN,
        title=_("Miss these numbers again"),
        words=_("What was said of them is taken back: they are missed until they come."),
        button=_("Miss them again"),
        look=looks.look_at_never_made,
        carry_out=lambda pk, said: miss_again(pk, actor=said.actor, why=said.why, shown=said.shown),
        done=_("{closing}: the numbers before it are missed again."),
    ),
)


def task_of(name: str) -> Task | None:
    """The page of a way, None for a way that has none."""
    return next((it for it in TASKS if it.way.name == name), None)
