"""What the nightly comparison found, and what to do about it, in words."""

from decimal import Decimal
from typing import assert_never

from django.utils.translation import gettext as _

from exact.models import Finding, FindingKind, Posting
from exports.words.differences import in_words
from ledger.money import cents


def title_of(kind: str) -> str:
    """How things stand, said of a closing."""
    found = FindingKind(kind)
    match found:
        case FindingKind.MISSING:
            return _("Its entry is no longer in Exact")
        case FindingKind.CHANGED:
            return _("In Exact, and changed there since")
        case FindingKind.DOUBLED:
            return _("Its entry stands more than once in Exact")
    assert_never(found)


def advice_of(kind: str) -> str:
    """What to do."""
    found = FindingKind(kind)
    match found:
        case FindingKind.MISSING:
            return _("Book it again, or accept the difference when the accountant meant it so.")
        case FindingKind.CHANGED:
            return _("Compare both: replace the entry, or accept the difference when the accountant meant it so.")
        case FindingKind.DOUBLED:
            return _("Delete in Exact what is too much; the next comparison sees that it is mended.")
    assert_never(found)


def said_of_finding(finding: Finding) -> str:
    """What differs, with its amounts; for an entry that is gone, what it was worth. Reads the posting."""
    said = [in_words(it) for it in finding.details]
    return " · ".join(said) or _("entry {number}").format(number=finding.posting.entry_number or "?")


def say_acceptance(finding: Finding) -> str:
    """Who accepted a difference, and why."""
    return _("Accepted by {who}: {why}").format(who=finding.settled_by, why=finding.settled_why)


def worth_of(posting: Posting) -> Decimal:
    """The sum of an entry's debits."""
    amounts = (cents(line["amount"]) for line in posting.entry["lines"])
    return sum((it for it in amounts if it > 0), Decimal())
