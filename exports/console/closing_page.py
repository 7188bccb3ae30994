"""One closing's page: what to do next, the Z as the till meant it, its entries, Exact's words, what happened."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.kind_words import movement_words, receipt_words
from exact.activation.new_log_in import link_for, say_mailed
from exact.api.consent import Consent, consent_of, say_consent
from exact.lane.states import OVER, is_replaceable, is_undone, stands
from exact.models import (
    IN_TURN,
    NEEDS_A_PERSON,
    Activation,
    CatalogueItem,
    CatalogueKind,
    Finding,
    Posting,
    PostingState,
)
from exact.web.addresses import with_pages
from exact.web.links import entry_links
from exports.console import links
from exports.console.books_beside import BooksShown, books_of
from exports.coverage.comparison import comparison_of
from exports.coverage.judge import BEFORE_START, LOOKED_AT_AGAIN, OTHERS_SET_ASIDE, SET_ASIDE
from exports.models import ClosingState, OrderKind, Replacement, StoredClosing
from exports.models.called import call_number
from exports.way.never_made import missed_before, said_never_made
from exports.way.reviews import waits_for_review
from exports.way.states import is_before_start
from exports.words.assignments import say_reseller_sees_to_it
from exports.words.closing_words import closing_words
from exports.words.finding_words import advice_of, said_of_finding, title_of
from exports.words.history import Happening, of_closing, seen_to
from exports.words.money import euros, in_currency
from exports.words.problems import fact, said_of, sentence
from ledger.entry import LineRole
from ledger.kinds import ClosingKind, MovementKind, ReceiptKind
from ledger.money import cents

# What blocks such a closing was let through by a person: nothing is to be done about it any more.
GOES = frozenset({ClosingState.READY, ClosingState.EXPORTING, ClosingState.EXPORTED})
GRAVEST = ("missing", "doubled", "changed")
TONES = {
    ClosingState.HELD: "warning",
    ClosingState.FAILED: "danger",
    ClosingState.EXPORTED: "good",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The box at the top of the page: the closing's situation, the reasons, and what the reader may do about it.

    `without_ways` is shown instead of `advice` to a reader who has no way to do anything about it.
    """

    tone: str
    title: str
    reasons: list[str] = field(default_factory=list)
    advice: str = ""
    without_ways: str = ""
    findings_address: str = ""
    set_up_address: str = ""
    set_up_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryShown:
    """One entry as a debit and credit table, and its state in Exact."""

    posting: Posting
    lines: list[dict[str, Any]]
    debit: str
    credit: str
    tries: list[Happening]
    replaceable: bool
    said: list[str]
    books: BooksShown | None


def closing_context(closing: StoredClosing) -> dict[str, Any]:
    """All that the page shows."""
    history = of_closing(closing)
    postings = [
        *with_pages(Posting.objects.filter(closing_id=closing.pk))
        .select_related("division__connection", "establishment")
        .order_by(*IN_TURN)
    ]
    books = books_of(postings)
    names = account_names(postings)
    shown = [_entry(posting, history, books.get(posting.pk), names) for posting in postings]
    document = closing.document
    return {
        "closing": closing,
        "postings": postings,
        "kind": name_of_kind(closing),
        "next_step": next_step(closing, postings, findings_of(postings)),
        "beside": comparison_of(closing),
        "checks": [_check(closing, problem) for problem in closing.told_problems],
        "entries": [entry for entry in shown if not is_undone(entry.posting)],
        "withdrawn": [entry for entry in shown if is_undone(entry.posting)],
        "history": sorted([*history, *seen_to(closing)], key=lambda it: it.at, reverse=True),
        "z": readable(document),
        "raw": json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True),
    }


def _check(closing: StoredClosing, problem: Mapping[str, Any]) -> dict[str, Any]:
    """What is odd about a closing, and whether that keeps it from being booked. If it goes all the same, a person let
    it through."""
    goes, blocking = closing.state in GOES, problem["blocking"]
    words = fact(problem) if blocking and goes else sentence(problem)
    if problem["code"] == "number_gap" and not missed_before(closing):
        words = _say_missed_no_longer(closing, problem["facts"])
    return {**problem, "words": words, "holding": blocking and not goes, "through": blocking and goes}


def _say_missed_no_longer(closing: StoredClosing, facts: Mapping[str, str]) -> str:
    """Of numbers before a closing: who said that they were never made, or that nobody misses them any more."""
    told = _("{numbers}: never made, said {who}: {why}")
    said = [told.format(numbers=it, who=it.by, why=it.why) for it in said_never_made(closing)]
    numbers = call_number(int(facts["first"]), int(facts["last"]))
    return " ".join(said) or _("{numbers} had not come before this one; missed no longer.").format(numbers=numbers)


def gaps_of(postings: Iterable[Posting]) -> list[str]:
    """The gaps that a person had booked on a suspense account, in the entries of these postings that count."""
    count = (it for it in postings if it.state not in OVER and it.reverses_id is None)
    lines = [line for it in count for line in it.entry["lines"]]
    words = _("A gap of {amount} is on account {account}, to be accounted for.")
    return [
        words.format(amount=euros(abs(cents(line["amount"]))), account=line["account"])
        for line in lines
        if line["role"] == LineRole.SUSPENSE
    ]


def name_of_kind(closing: StoredClosing) -> str:
    """The name of the closing's kind: "General closing"."""
    return closing_words(ClosingKind(closing.kind))


def findings_of(postings: list[Posting]) -> list[Finding]:
    """What the comparison with Exact found of these postings' entries and nobody settled, the gravest first."""
    found = Finding.objects.filter(posting__in=postings, settled_at=None).select_related("posting")
    return sorted(found, key=lambda it: GRAVEST.index(it.kind) if it.kind in GRAVEST else len(GRAVEST))


def next_step(closing: StoredClosing, postings: list[Posting], findings: Sequence[Finding] = ()) -> NextStep:
    """What to do about a closing in its state. Its reasons are the blocking problems, Exact's words, or `findings`."""
    tone = TONES.get(ClosingState(closing.state), "info")
    held = [sentence(problem) for problem in closing.problems if problem["blocking"]]
    match closing.state:
        case ClosingState.HELD:
            return _advise_on_held(closing, postings, held)
        case ClosingState.FAILED:
            return _advise_on_failed(postings, held)
        case ClosingState.WAITING:
            advice = _("The customer must link Exact Online and activate the export; then it goes by itself.")
            return NextStep(tone=tone, title=_("Waits for the activation"), advice=advice)
        case ClosingState.EXPORTED:
            return _differing(findings) if findings else _say_exported(postings)
        case ClosingState.ARCHIVED if aside := [it for it in closing.problems if it["code"] == SET_ASIDE]:
            return NextStep(
                tone=tone,
                title=_("Set aside: it is in no book"),
                reasons=[*map(sentence, aside)],
                advice=_("What happened to it says who set it aside and when."),
            )
        case ClosingState.ARCHIVED if freed := [it for it in closing.problems if it["code"] == OTHERS_SET_ASIDE]:
            return NextStep(
                tone="warning",
                title=_("Not booked: what told its sales was set aside"),
                reasons=[*map(sentence, freed)],
                advice=_("If its sales are in the books already, there is nothing to do."),
            )
        case ClosingState.ARCHIVED if is_before_start(closing):
            before = [sentence(it) for it in closing.problems if it["code"] == BEFORE_START]
            return NextStep(tone=tone, title=_("From before the first day that is booked"), reasons=before)
        case ClosingState.ARCHIVED if others := [it for it in closing.problems if it["code"] in LOOKED_AT_AGAIN]:
            return NextStep(
                tone=tone,
                title=_("Not booked: others stand for it"),
                reasons=[*map(sentence, others)],
                advice=_("Nothing to do."),
            )
        case ClosingState.ARCHIVED:
            return NextStep(
                tone=tone,
                title=_("Archived without an entry"),
                reasons=[sentence(problem) for problem in closing.problems],
                advice=_("A training closing, or a day without anything to book."),
            )
    return _say_moving(closing, postings, tone)


def _say_exported(postings: list[Posting]) -> NextStep:
    numbers = entry_links(filter(stands, postings))
    gaps = gaps_of(postings)
    return NextStep(
        tone=TONES[ClosingState.EXPORTED],
        title=format_html(_("In Exact: entries {numbers}"), numbers=numbers),
        reasons=gaps,
        advice=_("The accountant looks into it and clears it.") if gaps else _("Nothing to do."),
    )


def _say_moving(closing: StoredClosing, postings: list[Posting], tone: str) -> NextStep:
    """For a closing under way: which way, or why it waits: its export is off, or the link is lost or in doubt."""
    if _is_stopped(closing, postings):
        return NextStep(
            tone="warning",
            title=_("It waits: the export to Exact is switched off"),
            advice=_("What is left of it goes by itself once the export is on again."),
            set_up_address=links.set_up(closing.establishment),
            set_up_label=_("Open the set-up"),
        )
    connection = next((it.division.connection for it in postings if it.state not in OVER), None)
    consent = consent_of(connection) if connection else Consent.GOOD
    if connection is None or consent in (Consent.GOOD, Consent.ENDING):
        return _say_which_way(closing, tone)
    if consent.usable:
        return NextStep(
            tone="warning",
            title=str(consent.label),
            reasons=[say_consent(connection)],
            advice=_("Nothing to do yet: it goes by itself."),
        )
    sent = link_for(connection)
    return NextStep(
        tone="danger",
        title=str(consent.label),
        reasons=[say_consent(connection), *([say_mailed(sent)] if sent else [])],
        advice=_("It goes by itself after the new log-in."),
        set_up_address=links.set_up(postings[0].establishment),
        set_up_label=_("See the link that was sent") if sent else _("Send a new link"),
    )


def _is_stopped(closing: StoredClosing, postings: list[Posting]) -> bool:
    """Whether an entry waits to be sent that is not, as the export of its establishment was switched off since."""
    if all(it.state != PostingState.PENDING for it in postings):
        return False
    return Activation.objects.filter(establishment=closing.establishment_id, active=False).exists()


def _say_which_way(closing: StoredClosing, tone: str) -> NextStep:
    match Replacement.objects.filter(closing=closing, done_at=None).values_list("kind", flat=True).first():
        case OrderKind.SET_ASIDE:
            title = _("Its entries are being taken out of Exact")
            return NextStep(
                tone=tone, title=title, advice=_("Nothing to do: it is set aside when all of them are out.")
            )
        case OrderKind.REPLACE:
            title = _("Its entries are being replaced in Exact")
            return NextStep(
                tone=tone, title=title, advice=_("Nothing to do: the new ones follow when the old are out.")
            )
    return NextStep(tone=tone, title=_("On its way to Exact"), advice=_("Nothing to do: it goes by itself."))


def _advise_on_held(closing: StoredClosing, postings: list[Posting], reasons: list[str]) -> NextStep:
    if waits_for_review(closing):
        return NextStep(tone="info", title=_("Waits for a review"), reasons=reasons)
    return NextStep(
        tone=TONES[ClosingState.HELD],
        title=_("Held: only a part of it is in Exact") if any(map(stands, postings)) else _("Held: not in Exact yet"),
        reasons=reasons,
        advice=_("What you can do stands below. Nothing is lost meanwhile."),
        without_ways=say_reseller_sees_to_it(),
    )


def _differing(findings: Sequence[Finding]) -> NextStep:
    """For a closing whose entries differ in Exact; the page lists the differences below, entry by entry."""
    worst = findings[0].kind
    reasons = [
        _("Journal {journal}: {said}").format(journal=it.posting.journal, said=said_of_finding(it)) for it in findings
    ]
    return NextStep(
        tone="danger",
        title=title_of(worst),
        reasons=reasons,
        advice=advice_of(worst),
        without_ways=say_reseller_sees_to_it(),
        findings_address=links.findings(establishment=findings[0].posting.establishment_id),
    )


def _advise_on_failed(postings: list[Posting], held: list[str]) -> NextStep:
    waiting = [it for it in postings if it.state in NEEDS_A_PERSON]
    differs = any(it.state == PostingState.DIFFERS for it in waiting)
    said = [words for posting in waiting for words in said_of(posting)]
    if differs:
        return NextStep(
            tone="danger",
            title=_("An entry in Exact is not what was sent"),
            reasons=said,
            advice=_(
                "Compare it below with what Exact holds, and replace it; or correct it in Exact, with the accountant."
            ),
            without_ways=say_reseller_sees_to_it(),
        )
    count = len(waiting)
    return NextStep(
        tone="danger",
        title=ngettext("Exact refused an entry", "Exact refused {count} entries", count or 1).format(count=count),
        reasons=[*said, *held],
        advice=_("Mend this in Exact or in the mapping, then send the closing again."),
        without_ways=say_reseller_sees_to_it(),
    )


def account_names(postings: list[Posting]) -> dict[tuple[int, str], str]:
    """(division, account) → what Exact calls it, for every account these postings' entries are booked on."""
    accounts = {line["account"] for posting in postings for line in posting.entry["lines"]}
    rows = CatalogueItem.objects.filter(
        division__in={posting.division_id for posting in postings}, kind=CatalogueKind.GL_ACCOUNT, code__in=accounts
    )
    return {(division, code): name for division, code, name in rows.values_list("division", "code", "name")}


def _entry(
    posting: Posting,
    history: list[Happening],
    books: BooksShown | None,
    names: Mapping[tuple[int, str], str],
) -> EntryShown:
    lines = [
        line_of(line) | {"name": names.get((posting.division_id, line["account"]), "")}
        for line in posting.entry["lines"]
    ]
    amounts = [cents(line["amount"]) for line in posting.entry["lines"]]
    return EntryShown(
        posting=posting,
        lines=lines,
        debit=euros(sum((it for it in amounts if it > 0), Decimal())),
        credit=euros(-sum((it for it in amounts if it < 0), Decimal())),
        tries=[it for it in history if it.reference == posting.reference and (it.correlation_id or it.why)],
        said=said_of(posting),
        books=books,
        replaceable=is_replaceable(posting),
    )


def line_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """A stored line with its debit and credit as people write them."""
    amount = cents(line["amount"])
    return {**line, "debit": euros(amount) if amount > 0 else "", "credit": euros(-amount) if amount < 0 else ""}


def readable(document: Mapping[str, Any]) -> dict[str, Any]:
    """The Z as a person reads it: amounts in its currency as written in the reader's language, and the sums."""
    money = partial(in_currency, currency=document["currency"])
    sales = [
        {**line, **{name: money(cents(line[name])) for name in ("net", "tax", "gross")}, "rate": rate(line["rate"])}
        for line in document.get("sales", [])
    ]
    payments = [{**line, "amount": money(cents(line["amount"]))} for line in document.get("payments", [])]
    receipts = [
        {
            "label": line.get("label") or _(receipt_words(ReceiptKind(line["kind"]))),
            "amount": money(cents(line["amount"])),
        }
        for line in document.get("other_receipts", [])
    ]
    cash = document.get("cash") or {}
    return {
        "sales": sales,
        "payments": payments,
        "receipts": receipts,
        "totals": {
            name: money(sum((cents(line[name]) for line in document.get("sales", [])), Decimal()))
            for name in ("net", "tax", "gross")
        },
        "paid": money(sum((cents(line["amount"]) for line in document.get("payments", [])), Decimal())),
        "cash": {name: money(cents(value)) for name, value in cash.items() if isinstance(value, str)},
        "movements": [
            {
                "label": it.get("label") or _(movement_words(MovementKind(it["kind"]))),
                "amount": money(cents(it["amount"])),
            }
            for it in cash.get("movements", [])
        ],
        "tickets": document.get("tickets", []),
    }


def rate(text: str) -> str:
    """A rate without idle zeros, in the reader's language: "5,5 %", "20 %"."""
    value = Decimal(text)
    whole = value == value.to_integral_value()
    return f"{number_format(value.quantize(Decimal(1)) if whole else value.normalize())}\N{NO-BREAK SPACE}%"
