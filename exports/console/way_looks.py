"""What the pages of the ways out show of a closing before a person says yes. Nothing here changes anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exact.lane.states import REPLACEABLE
from exact.models import IN_TURN, Finding, Posting
from exact.web.addresses import with_pages
from exact.web.links import entry_link, entry_links
from exports.console.entry_preview import EntryPreviewed, preview_entries, preview_held
from exports.console.ways_out import TAKE_OUT, Stand
from exports.coverage.freed import archived_beside
from exports.models import ClosingState, ReplacementWay, StoredClosing
from exports.reposts import decide_between
from exports.reposts.decide_between import Between
from exports.reposts.replace import Old
from exports.reposts.take_out import leaving
from exports.way import after_all, as_it_is, never_made, reviews
from exports.way.came_again import came_again
from exports.way.decide import NOT_COME_YET, Archived, Complete, Decision, Held, Ready
from exports.way.set_aside import counting_instead, digest_of_aside
from exports.way.shown_digest import digest_of
from exports.way.shown_digest import name_of as digest_name
from exports.words.closing_words import name_briefly, name_of
from exports.words.finding_words import said_of_finding, say_acceptance, title_of
from exports.words.money import in_currency
from exports.words.problems import sentence
from ledger.entry import Entry, LineRole
from ledger.problem import Problem
from tenants.models import User

THIS, OTHER = "this", "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several things a person can say, with what it comes to."""

    value: str
    label: str
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the closings that stand side by side."""

    name: str
    address: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a way would do to one closing; `digest` changes with it. `refusals`: why it cannot be done, if it cannot."""

    digest: str
    entries: list[EntryPreviewed] = field(default_factory=list)
    leaving: list[EntryPreviewed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)


def show_decision(decision: Decision) -> Shown:
    """A decision as it is shown: its entries, or what still holds the closing, or why nothing is booked."""
    digest = digest_of(decision)
    match decision:
        case Ready(entries=entries, destination=destination):
            return Shown(digest=digest, entries=preview_entries(entries, destination.division))
        case Held(problems=problems):
            return Shown(digest=digest, refusals=[sentence(it.to_document()) for it in problems if it.blocking])
        case Archived(why=why):
            return Shown(digest=digest, notes=[sentence(why.to_document())])
        case Complete():
            return Shown(digest=digest, notes=[_("All of it stands in Exact already: nothing is sent.")])
    return Shown(
        digest=digest,
        notes=[_("It waits until the establishment is linked to Exact; its entries are made then.")],
    )


def look_at_reviewed(closing: StoredClosing, _user: User) -> Shown:
    """The entries that go once it is released."""
    if not reviews.waits_for_review(closing):
        return Shown(digest="", refusals=[_("It waits for no review any more.")])
    return show_decision(reviews.outlook(closing))


def look_as_it_is(closing: StoredClosing, _user: User) -> Shown:
    """The entries of the closing taken as it is, and the problems that would still hold it."""
    return _show_outlook(as_it_is.outlook(closing)) if closing.state == ClosingState.HELD else _held_no_more()


def look_at_the_gap(closing: StoredClosing, _user: User) -> Shown:
    """The entries with the gap in them, how large it is and where it goes."""
    if closing.state != ClosingState.HELD:
        return _held_no_more()
    found = as_it_is.outlook(closing, gap=True)
    entries = found.decision.entries if isinstance(found.decision, Ready | Held) else ()
    lines = [line for entry in entries for line in entry.lines if line.role is LineRole.SUSPENSE]
    words = _("{amount} go on account {account}: {what}.")
    notes = [
        words.format(
            amount=in_currency(abs(line.amount), closing.currency),
            account=line.account,
            what=_("paid without a sale") if line.credit else _("sold and not paid"),
        )
        for line in lines
    ]
    if found.left:
        return Shown(digest="", refusals=[*_say_left(found.left)])
    shown = _show_outlook(found)
    return replace(shown, notes=[*notes, *shown.notes])


def _held_no_more() -> Shown:
    return Shown(digest="", refusals=[_("It is not held any more: there is nothing to say.")])


def _show_outlook(found: as_it_is.AsItIs) -> Shown:
    shown = replace(show_decision(found.decision), digest=found.digest)
    if not found.helps:
        return replace(shown, refusals=[*_say_left(found.left)])
    if found.left:
        words = _("Your yes is kept, and it stays held for this until it is seen to, too:")
        return replace(shown, refusals=[], notes=[words, *_say_left(found.left)])
    # What may hold it then is that somebody looks at its entries first.
    return replace(shown, refusals=[], notes=[*shown.notes, *shown.refusals])


def _say_left(left: Iterable[Problem]) -> Iterator[str]:
    """What would hold a closing all the same, though a person took it as it is."""
    for it in left:
        yield sentence(it.to_document())
        if it.code == NOT_COME_YET:
            yield _("Nobody can let it through before that day. If the date is wrong, set the closing aside.")


def look_at_differences(closing: StoredClosing, _user: User) -> Shown:
    """What differs in Exact, entry by entry."""
    if not (found := Stand.of(closing).differences):
        return Shown(digest="", refusals=[_("Nothing of it differs in Exact any more.")])
    return Shown(digest=digest_of_findings(found), notes=[_say_difference(it) for it in found])


def look_at_accepted(closing: StoredClosing, _user: User) -> Shown:
    """What differs in Exact and was accepted: by whom and why."""
    if not (found := Stand.of(closing).accepted):
        return Shown(digest="", refusals=[_("No difference of it is accepted any more.")])
    notes = [f"{_say_difference(it)} {say_acceptance(it)}" for it in found]
    return Shown(digest=digest_of_findings(found), notes=notes)


def digest_of_findings(findings: Iterable[Finding]) -> str:
    """Changes with anything a person sees of these differences."""
    return digest_name(sorted([it.pk, it.kind, it.details] for it in findings))


def _say_difference(finding: Finding) -> str:
    words = _("Journal {journal}: {said}").format(journal=finding.posting.journal, said=said_of_finding(finding))
    return f"{title_of(finding.kind)}. {words}."


def look_to_set_aside(closing: StoredClosing, _user: User) -> Shown:
    """What happens when the closing is set aside: at once, or after its refused entries were looked up in Exact."""
    stand = Stand.of(closing)
    if stand.in_exact:
        return _refuse("set_aside_in_exact")
    match closing.state:
        case ClosingState.HELD | ClosingState.WAITING:
            words = _("Nothing of it is in Exact. It is set aside at once.")
            return Shown(digest=digest_of_aside(closing), notes=[words, *_say_of_others(closing)])
        case ClosingState.FAILED:
            words = _("What Exact refused is looked up there first; if nothing of it is there, it is set aside.")
            return Shown(digest=digest_of_aside(closing), notes=[words, *_say_of_others(closing)])
    return _refuse("set_aside_not_held")


def _say_of_others(closing: StoredClosing) -> list[str]:
    """What becomes of closings that were archived because this one told their sales."""
    if not (others := archived_beside(closing)):
        return []
    words = _(
        "{closings}: archived, as this closing tells the same sales. They are not booked by themselves; afterwards the "
        "page of this closing offers to book them in its place."
    )
    return [words.format(closings=", ".join(map(name_briefly, others)))]


def look_at_what_was_set_aside(closing: StoredClosing, _user: User) -> Shown:
    """Who set it aside and why; and whether another counts in its place."""
    aside = Stand.of(closing).set_aside
    if aside is None:
        return Shown(digest="", refusals=[_("It is not set aside any more.")])
    words = _("Set aside by {who}: {why}").format(who=aside.by, why=aside.why)
    if (other := counting_instead(aside)) is not None:
        counts = _("{closing} counts in its place.").format(closing=name_of(other))
        return Shown(digest="", refusals=[words, counts, *_say("set_aside_other_counts")])
    if came_again(closing):
        counts = _("It came again for the company that took the establishment over.")
        return Shown(digest="", refusals=[words, counts, *_say("set_aside_other_counts")])
    return Shown(digest=str(aside.pk), notes=[words])


def look_at_missed(closing: StoredClosing, _user: User) -> Shown:
    """Which numbers are missed before the closing, and what it means that they were never made."""
    missed = Stand.of(closing).missed
    if not missed:
        return Shown(digest="", refusals=[_("Nothing is missed before it any more.")])
    words = ngettext(
        "{numbers}: {count} number of {till}, before {closing}.",
        "{numbers}: {count} numbers of {till}, before {closing}.",
        sum(it.count for it in missed),
    )
    said = words.format(
        numbers=", ".join(it.name for it in missed),
        count=sum(it.count for it in missed),
        till=closing.till.name,
        closing=name_of(closing),
    )
    comes = _("No entry changes. If one of these closings comes all the same, it is booked like any other.")
    return Shown(digest=never_made.digest_of_missed(missed), notes=[said, comes])


def look_at_never_made(closing: StoredClosing, _user: User) -> Shown:
    """Who said of which numbers that they were never made, and why."""
    said = Stand.of(closing).never_made
    if not said:
        return Shown(digest="", refusals=[_("Nobody says of the numbers before it that they were never made.")])
    words = _("{numbers}: never made, said {who}: {why}")
    return Shown(
        digest=never_made.digest_of_said(said),
        notes=[words.format(numbers=it, who=it.by, why=it.why) for it in said],
    )


def look_after_all(closing: StoredClosing, _user: User) -> Shown:
    """The entries of the closing booked after all. Problems are no refusal: it is held then, as any other."""
    shown = show_decision(after_all.outlook(closing))
    held = _("It is held then, and you say on its page what becomes of it: {why}")
    return replace(shown, refusals=[], notes=[*shown.notes, *(held.format(why=it) for it in shown.refusals)])


def look_at_what_leaves(closing: StoredClosing, _user: User) -> Shown:
    """Each entry that goes and how: deleted, reversed, or gone already. Asks Exact."""
    found = leaving(closing)
    shown = _show_leaving(found.digest, found.olds, closing)
    return replace(shown, notes=[*shown.notes, *_say_of_others(closing)])


def look_between(closing: StoredClosing, user: User) -> Shown:
    """Both sides, and what each choice would do. Reads the rivals' entries in Exact."""
    if closing.state != ClosingState.HELD:
        return _held_no_more()
    found = decide_between.look_between(closing)
    if not found.rivals:
        return Shown(digest="", refusals=[_("No closing that counts tells the same sales any more. Send it again.")])
    olds = [old for it in found.leaving.values() for old in it.olds]
    shown = _show_leaving(found.digest, olds, closing)
    notes = shown.notes if olds else []
    return replace(
        shown,
        notes=[*notes, *([] if may_let_this_count(found, user) else [_may_not()])],
        choices=_choose_between(found, user),
        sides=[_side(it) for it in (closing, *found.rivals)],
    )


def may_let_this_count(shown: Between, user: User) -> bool:
    """Whether the person may decide against the rivals: if any has entries in Exact, only who may take entries out."""
    return not shown.leaving or user.has_perm(TAKE_OUT.permission)


def _may_not() -> str:
    return _("The other has entries in Exact: an administrator decides to take them out.")


def _choose_between(found: Between, user: User) -> list[Choice]:
    others = ", ".join(map(name_of, found.rivals))
    first = Choice(
        value=OTHER,
        label=_("{closings}: what is booked already").format(closings=others),
        explanation=_("{closing} is set aside and will not be booked.").format(closing=name_of(found.closing)),
    )
    if not may_let_this_count(found, user):
        return [first]
    mine = ", ".join([name_of(found.closing), *map(name_briefly, found.fellows)])
    words = _("{closings}: set aside; {closing} is booked.")
    if found.leaving:
        words = _("{closings}: taken out of Exact, as shown, and set aside; {closing} is booked after that.")
    return [first, Choice(value=THIS, label=mine, explanation=words.format(closings=others, closing=mine))]


def _side(closing: StoredClosing) -> Side:
    document = closing.document
    paid = [f"{it.get('label') or it['means']} {it['amount']}" for it in document.get("payments", [])]
    tickets = [f"{it['station']} : {it['first']}–{it['last']}" for it in document.get("tickets", [])]
    facts = [
        (_("Turnover"), in_currency(closing.gross, closing.currency)),
        (_("How it was paid"), " · ".join(paid)),
        (_("Tickets"), " · ".join(tickets)),
        (_("State"), closing.state_words),
        (_("Entries in Exact"), entry_links(_in_exact(closing))),
    ]
    address = reverse("admin:exports_storedclosing_change", args=[closing.pk])
    return Side(name=name_of(closing), address=address, facts=[(label, said or "–") for label, said in facts])


def _in_exact(closing: StoredClosing) -> list[Posting]:
    return [*with_pages(Posting.objects.filter(REPLACEABLE, closing_id=closing.pk)).order_by(*IN_TURN)]


def _show_leaving(digest: str, olds: Iterable[Old], closing: StoredClosing) -> Shown:
    gone = [*olds]
    notes = [_how_it_goes(old) for old in gone]
    if not gone:
        notes = [_("What Exact refused is looked up there first; if nothing of it is there, it is set aside.")]
    return Shown(
        digest=digest,
        leaving=[it for old in gone for it in _what_leaves(old)],
        entries=[it for old in gone if old.reversal for it in preview_entries([old.reversal], old.posting.division)],
        notes=notes,
    )


def _what_leaves(old: Old) -> list[EntryPreviewed]:
    """What Exact holds of an entry when it is deleted, whoever changed it there; nothing of one that is gone.

    One that is reversed stands as it was posted.
    """
    if old.way is ReplacementWay.REVERSE:
        return preview_entries([Entry.from_document(old.posting.entry)], old.posting.division)
    return preview_held(old.held, old.posting.division)


def _how_it_goes(old: Old) -> str:
    number, journal = entry_link(old.posting) or "?", old.posting.journal
    match old.way:
        case ReplacementWay.DELETE:
            words = _(
                "Entry {number} of journal {journal} is deleted in Exact. Its number there may stay unused, a gap in "
                "the journal's numbering: tell the accountant."
            )
        case ReplacementWay.REVERSE:
            words = _(
                "Entry {number} of journal {journal} was processed, or its period is closed: it stays, and a reversal "
                "is booked beside it."
            )
        case _other:
            words = _("Entry {number} of journal {journal} is no longer in Exact.")
    return format_html(words, number=number, journal=journal)


def _refuse(code: str) -> Shown:
    return Shown(digest="", refusals=_say(code))


def _say(code: str) -> list[str]:
    return [sentence(Problem(code=code).to_document())]
