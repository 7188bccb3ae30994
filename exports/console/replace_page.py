"""The page that compares an entry with its replacement, line by line, and orders the replacement with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exact.api.errors import ExactError
from exact.books.reconcile import accounts_of_vat
from exact.models import BookLine, CatalogueKind, Division, Posting
from exact.web.links import entry_link
from exports.models import Overtaken, ReplacementWay
from exports.reposts.matched_lines import BookedLine, Mark, Pair, match
from exports.reposts.replace import CannotReplace, DryRun, dry_run, order
from exports.words.money import euros
from exports.words.not_asked import say_not_asked
from exports.words.problems import SENTENCES, sentence
from ledger.entry import Entry, LineRole
from ledger.money import ZERO
from ledger.problem import Problem
from tenants.acting import person_behind
from tenants.scope import visible_to

REPLACE = "exports.replace_storedclosing"
MOVED_ON = Problem(code="replace_moved_on")
# The words on a pair of lines, and its sign in the column.
SAID: dict[Mark, tuple[str, str | Promise]] = {
    Mark.SAME: ("=", gettext_lazy("same")),
    Mark.OTHER_ACCOUNT: ("≠", gettext_lazy("other account")),
    Mark.OTHER_AMOUNT: ("≠", gettext_lazy("other amount")),
    Mark.OTHER_VAT_CODE: ("≠", gettext_lazy("other VAT code")),
    Mark.GOES: ("−", gettext_lazy("goes")),
    Mark.NEW: ("+", gettext_lazy("new")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The lines of one journal: those in Exact beside the new ones. `date` is "" where the day stays the same."""

    journal: str
    date: str
    rows: list[dict[str, Any]]

    @property
    def differing(self) -> int:
        """How many lines do not stay as they are."""
        return sum(row["mark"] is not Mark.SAME for row in self.rows)


def replace_page(request: HttpRequest, posting_id: UUID) -> HttpResponse:
    """Show the dry run, line by line; on POST with a reason, order exactly what was shown."""
    posting = visible_to(request.user, Posting.objects.filter(pk=posting_id)).first()
    if posting is None:
        raise Http404
    if not request.user.has_perm(REPLACE, posting):
        raise PermissionDenied
    back = reverse("admin:exports_storedclosing_change", args=[posting.closing_id])
    why = request.POST.get("why", "").strip()
    try:
        shown = dry_run(posting.pk)
        if request.method == "POST" and request.POST.get("shown") != shown.digest:
            messages.warning(request, sentence(MOVED_ON.to_document()))
        elif request.method == "POST" and why and not would_change(shown):
            messages.warning(request, _("Every line stays as it is: nothing was replaced."))
        elif request.method == "POST" and why:
            order(shown, actor=person_behind(request), why=why)
            done = _("It is on its way to Exact again.") if is_gone(shown) else _("The replacement is under way.")
            messages.success(request, done)
            return redirect(back)
    except CannotReplace as refusal:
        reasons = [sentence(problem.to_document()) for problem in refusal.problems]
        messages.warning(request, " ".join([_(SENTENCES[refusal.code]), *reasons]))
        return redirect(back)
    except ExactError as error:
        said = say_not_asked(error) if error.link_lost else _("Exact did not answer: {why}").format(why=error)
        messages.error(request, said)
        return redirect(back)
    gone = is_gone(shown)
    context = {
        **admin.site.each_context(request),
        "title": (_("Book {reference} again") if gone else _("Replace {reference}")).format(
            reference=posting.reference
        ),
        "gone": gone,
        "would_change": would_change(shown),
        "shown": shown,
        "compared": compare(shown),
        "deleted": _numbers(shown, ReplacementWay.DELETE),
        "reversed": _numbers(shown, ReplacementWay.REVERSE),
        "reversals": [_reversal(old.reversal) for old in shown.olds if old.reversal],
        "together": [old.posting.reference for old in shown.olds[1:]],
        "why": why,
        "why_missing": request.method == "POST" and not why,
        "back": back,
    }
    return TemplateResponse(request, "exports/replace.html", context)


def is_gone(shown: DryRun) -> bool:
    """Whether Exact no longer holds anything of what is to be replaced: it is booked again."""
    return all(old.way is ReplacementWay.AGAIN for old in shown.olds)


def would_change(shown: DryRun) -> bool:
    """Whether a replacement would change anything: a line, a date, or what other settings book since."""
    if any(journal.differing or journal.date for journal in compare(shown)):
        return True
    return Overtaken.objects.filter(closing=shown.posting.closing_id).exists()


def compare(shown: DryRun) -> list[Compared]:
    """Journal by journal, the entries to take out beside the new ones; last the journals without a new one."""
    division = shown.posting.division
    held = [line for old in shown.olds for line in old.held]
    names = _names_of_accounts(division, shown)
    vat = accounts_of_vat(division)
    journals = [*dict.fromkeys([*(it.journal for it in shown.entries), *(it.journal for it in held)])]
    return [_compare(journal, shown, [it for it in held if it.journal == journal], vat, names) for journal in journals]


def _compare(journal: str, shown: DryRun, held: list[BookLine], vat: set[str], names: dict[str, str]) -> Compared:
    entry = next((it for it in shown.entries if it.journal == journal), None)
    pairs = match([*_read_held(held, vat)], [*_read_meant(entry)] if entry else [])
    days = {it.date for it in held}
    moved = entry is not None and bool(held) and days != {entry.date}
    return Compared(
        journal=journal,
        date=date_format(entry.date, "SHORT_DATE_FORMAT") if entry and moved else "",
        rows=[_row(pair, names) for pair in pairs],
    )


def _read_held(lines: list[BookLine], vat: set[str]) -> Iterator[BookedLine]:
    for it in lines:
        yield BookedLine(
            account=it.account,
            amount=it.amount,
            label=it.description,
            vat_code=it.vat_code,
            vat=it.account in vat,
        )


def _read_meant(entry: Entry) -> Iterator[BookedLine]:
    for it in entry.lines:
        yield BookedLine(
            account=it.account,
            amount=it.amount,
            label=it.label,
            vat_code=it.vat_code,
            vat=it.role is LineRole.VAT,
        )


def _row(pair: Pair, names: dict[str, str]) -> dict[str, Any]:
    sign, words = SAID[pair.mark]
    label = pair.meant.label if pair.meant else pair.held.label if pair.held else ""
    return {
        "mark": pair.mark,
        "sign": sign,
        "words": str(words),
        "label": label,
        "held": _side(pair.held, names),
        "meant": _side(_where_it_comes(pair), names),
    }


def _where_it_comes(pair: Pair) -> BookedLine | None:
    """The account of a new line of VAT: that of the old line beside it, as Exact chooses it by the VAT code."""
    if pair.held and pair.meant and pair.meant.vat:
        return replace(pair.meant, account=pair.held.account)
    return pair.meant


def _side(line: BookedLine | None, names: dict[str, str]) -> dict[str, str]:
    if line is None:
        return {}
    return {
        "account": line.account,
        "name": names.get(line.account, ""),
        "debit": euros(line.amount) if line.amount > ZERO else "",
        "credit": euros(-line.amount) if line.amount < ZERO else "",
    }


def _names_of_accounts(division: Division, shown: DryRun) -> dict[str, str]:
    accounts = {line.account for old in shown.olds for line in old.held}
    accounts |= {line.account for entry in shown.entries for line in entry.lines}
    rows = division.catalogue.filter(kind=CatalogueKind.GL_ACCOUNT, code__in=accounts)
    return dict(rows.values_list("code", "name"))


def _numbers(shown: DryRun, way: ReplacementWay) -> list[SafeString]:
    """The numbers in Exact of what goes this way."""
    going = [(old.posting, {it.entry_number: it for it in old.held}) for old in shown.olds if old.way is way]
    return [entry_link(posting, found[number]) for posting, found in going for number in sorted(found)]


def _reversal(entry: Entry) -> dict[str, Any]:
    amount = sum((line.debit for line in entry.lines), Decimal())
    return {
        "journal": entry.journal,
        "date": date_format(entry.date, "SHORT_DATE_FORMAT"),
        "amount": euros(amount),
        "lines": [_side(BookedLine(account=it.account, amount=it.amount), {}) for it in entry.lines],
    }
