"""What the nightly comparison found, and what to do about it, in words."""

from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from exact.models import Finding, FindingKind, Posting
from exports.words.differences import in_words
from ledger.money import cents

# How things stand, said of a closing.
TITLES = {
    FindingKind.MISSING: _("Its entry is no longer in Exact"),
    FindingKind.CHANGED: _("In Exact, and changed there since"),
    FindingKind.DOUBLED: _("Its entry stands more than once in Exact"),
}
ADVICE = {
    FindingKind.MISSING: _("Book it again, or accept the difference when the accountant meant it so."),
    FindingKind.CHANGED: _(
        "Compare both: replace the entry, or accept the difference when the accountant meant it so."
    ),
    FindingKind.DOUBLED: _("Delete in Exact what is too much; the next comparison sees that it is mended."),
}


def title_of(kind: str) -> str:
    """How things stand."""
    return str(TITLES.get(FindingKind(kind)) or FindingKind(kind).label)


def advice_of(kind: str) -> str:
    """What to do."""
    return str(ADVICE.get(FindingKind(kind), ADVICE[FindingKind.CHANGED]))


def said_of_finding(finding: Finding) -> str:
    """What differs, with its amounts; for an entry that is gone, what it was worth. Reads the posting."""
    said = [in_words(it) for it in finding.details]
    return " · ".join(said) or _now("entry {number}").format(number=finding.posting.exact_entry_number or "?")


def worth_of(posting: Posting) -> Decimal:
    """The sum of an entry's debits."""
    amounts = (cents(line["amount"]) for line in posting.entry["lines"])
    return sum((it for it in amounts if it > 0), Decimal())
