"""From the address of one entry's page, as a person pasted it, the pattern by which every entry's is made."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exact.models import PAGE_MAX, ExactApp, Posting, PostingState
from exact.web.addresses import TAUGHT_IN, with_pages

EXAMPLES = 3
# Of how many entries the examples are chosen.
LATEST = 200
# What stays as it is in an address; all else is percent-encoded, braces too.
SAFE = "/?#[]@!$&'()*+,;=:%-._~"
GUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
# An address in parts: an escape such as %7b, a GUID, a word, or any other sign.
PARTS = re.compile(rf"%[0-9A-Fa-f]{{2}}|{GUID}|[0-9A-Za-z]+|.", re.DOTALL)
IS_GUID = re.compile(GUID)
# No company's code and no entry's number is longer.
DIGITS_MAX = 9


class NotRecognised(Exception):
    """No pattern can be made of the address; `words` say why and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The entry that a pasted address opens, and the pattern for all of its kind."""

    posting: Posting
    pattern: str

    @property
    def column(self) -> str:
        """Where `ExactApp` keeps a pattern for this kind of entry."""
        return TAUGHT_IN[self.posting.entry_kind]


def recognise(app: ExactApp, pasted: str) -> Recognised:
    """Find the company and an entry of ours in an address. Raises `NotRecognised`."""
    parts = PARTS.findall(_below_host(app, pasted.strip()))
    posting = _by_id(app, parts) or _by_number(app, parts)
    if posting is None:
        raise NotRecognised(
            _(
                "No entry that was posted from here is named in this address. Open one in Exact Online in a tab of its "
                "own, by a right click on it, and copy the address then: it must change from entry to entry."
            )
        )
    if str(posting.division.code) not in parts:
        raise NotRecognised(
            _(
                "The address names entry {number}, but not its company. Add &_Division_={division} to it, see that "
                "Exact Online still opens the entry, and paste it so."
            ).format(number=posting.entry_number, division=posting.division.code)
        )
    if strange := [it for it in parts if IS_GUID.fullmatch(it) and it.lower() != posting.entry_id]:
        raise NotRecognised(
            _(
                "The address also names {id}, which is not the entry's and would stand in every link. Take this part "
                "out of it, see that Exact Online still opens the entry, and paste it so."
            ).format(id=strange[0])
        )
    pattern = app.base_url.rstrip("/") + "".join(_generalise(parts, posting))
    if len(pattern) > PAGE_MAX:
        raise NotRecognised(_("The address is too long. Take out what Exact Online does not need to open the entry."))
    return Recognised(posting=posting, pattern=pattern)


def examples_of(found: Recognised) -> list[Posting]:
    """Other entries of that kind, of as many journals and companies as there are, to try the pattern with."""
    app, kind = found.posting.division.app_id, found.posting.entry_kind
    rows = Posting.objects.filter(division__app=app, entry_kind=kind, state=PostingState.POSTED)
    latest = [*with_pages(rows.exclude(pk=found.posting.pk).order_by("-pk"))[:LATEST]]
    first_of_each = {(it.division_id, it.journal): it for it in reversed(latest)}.values()
    return [*dict.fromkeys([*first_of_each, *latest])][:EXAMPLES]


def _below_host(app: ExactApp, address: str) -> str:
    """What follows the host, safe to be kept. Raises `NotRecognised` for an address that is of another host."""
    if not app.is_linkable:
        raise NotRecognised(_("The host of this app registration does not begin with https://: no link leads to it."))
    root = f"{app.base_url.rstrip('/')}/"
    if not address.startswith(root) or not address.isprintable() or len(address) > 2 * PAGE_MAX:
        raise NotRecognised(
            _(
                "An entry's address begins with {root} here. Open an entry in Exact Online of this country, and copy "
                "the whole address from the top of the browser."
            ).format(root=root)
        )
    return quote(address[len(root) - 1 :], safe=SAFE)


def _by_id(app: ExactApp, parts: list[str]) -> Posting | None:
    ids = {it.lower() for it in parts if IS_GUID.fullmatch(it)}
    return _known(app).filter(entry_id__in=ids).first() if ids else None


def _by_number(app: ExactApp, parts: list[str]) -> Posting | None:
    """By its number; one that reads like its company's code is none."""
    numbers = {it for it in parts if it.isdecimal() and len(it) <= DIGITS_MAX}
    rows = _known(app).filter(division__code__in=map(int, numbers), entry_number__in=numbers)
    return next((it for it in rows[:LATEST] if it.entry_number != str(it.division.code)), None)


def _known(app: ExactApp) -> QuerySet[Posting]:
    rows = Posting.objects.filter(division__app=app, entry_number__isnull=False).exclude(state=PostingState.WITHDRAWN)
    return with_pages(rows.order_by("-posted_at", "pk"))


def _generalise(parts: list[str], posting: Posting) -> Iterator[str]:
    named = {
        posting.entry_number: "{entry_number}",
        str(posting.division.code): "{division}",
        posting.entry_id: "{entry_id}",
    }
    for part in parts:
        yield named.get(part.lower(), part)
