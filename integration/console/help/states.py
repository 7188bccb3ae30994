"""What each state means, for whoever reads it on a page: the label is the code's own, the sentence says what follows.

A state without a sentence fails the page's test; the order of each list is that of the code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from concerns.concern import Condition
from exact.api.consent import Consent
from exact.models import FindingKind, PauseCode, PostingState
from exports.models import ClosingState

CONDITIONS: Mapping[Condition, object] = {
    Condition.LINK_LOST: _("Exact no longer accepts the customer's consent. Closings wait; the customer links again."),
    Condition.FAILED: _("Exact refused an entry, or a person must decide. The closing's page says what to do."),
    Condition.DIFFERS: _("Somebody changed, deleted or doubled an entry in Exact. Compare, then replace or accept."),
    Condition.NOT_SENT: _("Ready for hours and not sent. Exact is away, or support must look at the sending queue."),
    Condition.HELD: _("Something is to be mended or said first. Nothing is lost and nothing was sent."),
    Condition.TO_SET: _("The mapping no longer fits the company in Exact. New closings wait until it does."),
    Condition.MISSING: _("A till's numbers say that a closing exists which never came. Have the till push it again."),
    Condition.TAKEN_OVER: _("It goes on as another company's: what it closed before that day is still taken here."),
    Condition.SUSPENDED: _("Somebody suspended it: its tills are refused and no closing is expected."),
    Condition.SILENT: _(
        "A till that should have closed did not. It stays so until it closes, somebody says that the shop was closed, "
        "or it is suspended."
    ),
    Condition.NEVER_SENT: _("Paired, linked, and no closing ever came. Ask whether the till sends."),
    Condition.WAITING: _("Closings come, but nobody has linked Exact yet. Send the link; they leave by themselves."),
    Condition.LINK_DOUBTFUL: _(
        "Exact refused the consent once. It is asked again within minutes; closings wait meanwhile."
    ),
    Condition.LINK_ENDING: _("The consent was not renewed for weeks and will end by itself. Have it given again."),
    Condition.NOT_COMPARED: _("Exact's books could not be read last night. It is tried again every night."),
    Condition.UNDELIVERED: _("A letter or a file did not reach its address. The address is to be checked."),
    Condition.SETTING_UP: _("A step of the set-up is still open."),
    Condition.SWITCHED_OFF: _("Somebody switched the export off. Closings wait until it is switched on again."),
    Condition.MOVING: _("Closings are on their way to Exact. Nothing is to be done."),
    Condition.LEAVING: _(
        "By a person's order entries are being taken out of Exact; then their closings are set aside. Nothing is to be "
        "done."
    ),
    Condition.CLOSED: _("Somebody said that the shop is closed today. No closing is expected until it opens again."),
    Condition.ASIDE: _(
        "Somebody set a closing of the last 31 days aside, so it is in no book; everything else is in Exact."
    ),
    Condition.WELL: _("Everything that came is in Exact."),
}
CLOSINGS: Mapping[ClosingState, object] = {
    ClosingState.HELD: _("Taken and kept, not booked. Its page lists what holds it back, and each way out."),
    ClosingState.WAITING: _("Bookable; it leaves by itself once the establishment is linked and switched on."),
    ClosingState.READY: _("Its entries are made and wait their turn in the company's sending queue."),
    ClosingState.EXPORTING: _("At least one of its entries is in Exact or on its way; the rest follows."),
    ClosingState.EXPORTED: _("All of its entries stand in Exact, each once."),
    ClosingState.FAILED: _("Exact refused an entry, or one stands there otherwise than meant. A person decides."),
    ClosingState.ARCHIVED: _(
        "Kept without an entry: training, nothing to book, covered by another closing, from before the first day, or "
        "set aside by a person. Its page says which."
    ),
}
POSTINGS: Mapping[PostingState, object] = {
    PostingState.PENDING: _("Goes as soon as the entries before it went."),
    PostingState.SENDING: _("The call to Exact is under way."),
    PostingState.UNKNOWN: _("No clear answer came. It is looked up in Exact, and only sent again if it is not there."),
    PostingState.SOUGHT: _("A person sent it again; first it is looked up in Exact, so that nothing stands twice."),
    PostingState.POSTED: _("It stands in Exact; its number is shown."),
    PostingState.REFUSED: _("Exact said no. Its words are shown; nothing is sent again until a person says so."),
    PostingState.DIFFERS: _("Exact holds another entry than was sent. Compare both and decide."),
    PostingState.REMOVING: _("It is being taken out of Exact, to make room for its replacement."),
    PostingState.WITHDRAWN: _("It was taken back before it stood, or taken out again. It counts no more."),
    PostingState.REVERSED: _("It stands, with a second entry that cancels it, since its period was closed."),
}
PAUSES: Mapping[PauseCode, object] = {
    PauseCode.SETTLING: _("The outcome of a call is unknown. Everything of this company waits until it was looked up."),
    PauseCode.RATE_LIMITED: _("Exact takes so many calls a minute and a day. It goes on by itself."),
    PauseCode.RECONNECT_REQUIRED: _("The consent is gone. Send the customer a new link."),
    PauseCode.UNAVAILABLE: _("Exact is away. It is tried again, at growing distances, by itself."),
    PauseCode.CONSENT_IN_DOUBT: _("Exact refused the consent once. It is asked again within minutes, closings wait."),
    PauseCode.REFUSED: _("Exact refused a call that it should take. Support looks at Exact's words."),
}
CONSENTS: Mapping[Consent, object] = {
    Consent.LOST: _("The consent ended. The customer logs in at Exact again; nothing is lost."),
    Consent.DOUBTFUL: _("Exact refused the consent once. It is asked again within minutes; closings wait meanwhile."),
    Consent.ENDING: _("The consent was not renewed for weeks and will end by itself. Have it given again."),
    Consent.FORGOTTEN: _("Somebody had the consent forgotten here."),
    Consent.GOOD: _("The consent holds; it is renewed by itself."),
}
FINDINGS: Mapping[FindingKind, object] = {
    FindingKind.MISSING: _("An entry that was posted is no longer in Exact: book it again, or accept it."),
    FindingKind.CHANGED: _("An entry says something else than was posted: replace it, or accept it."),
    FindingKind.DOUBLED: _("An entry stands more than once: delete in Exact what is too much."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateGroup:
    """The states of one kind of thing, each with its label and what it means."""

    anchor: str
    title: object
    states: tuple[tuple[object, object], ...]


def state_groups() -> Iterator[StateGroup]:
    """Every state a page may show, by what it is said of. Raises `KeyError` for one that nobody explained."""
    yield _group("etablissements", _("Of a shop"), [(it.label, CONDITIONS[it]) for it in Condition])
    yield _group("clotures", _("Of a closing"), [(it.label, CLOSINGS[it]) for it in ClosingState])
    yield _group("ecritures", _("Of an entry on its way"), [(it.label, POSTINGS[it]) for it in PostingState])
    yield _group("files", _("Why a sending queue stands still"), [(it.label, PAUSES[it]) for it in PauseCode])
    yield _group("liens", _("Of the link to Exact"), [(it.label, CONSENTS[it]) for it in Consent])
    yield _group("ecarts", _("Of a difference with Exact"), [(it.label, FINDINGS[it]) for it in FindingKind])


def _group(anchor: str, title: object, states: list[tuple[object, object]]) -> StateGroup:
    return StateGroup(anchor=anchor, title=title, states=tuple(states))
