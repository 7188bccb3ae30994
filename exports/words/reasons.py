"""Why a state changed: a short word is stored, and people read the sentence for it."""

from enum import StrEnum

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


class Why(StrEnum):
    """Each reason of our own, as it is stored for good. What a person or Exact said is stored as it was said."""

    RECEIVED = "received"  # written by the trigger on new closings
    ACTIVATED = "activated"
    SETTINGS_CHANGED = "settings changed"
    THIRD_PARTY_FOUND = "third party found in Exact"
    SWITCHED_OFF = "switched off"
    START_MOVED = "the first day that is booked was moved"
    RELEASED = "released"
    REVIEWS_OVER = "the reviews are over"
    LEVEL_CHANGED = "what is booked was changed"
    COVERED_IN_PART = "another closing covers a part of it"
    BOOKED_AS_IT_IS = "booked as it is"
    REST_BOOKED = "what is left is booked"
    EXPORT_ASKED = "export asked"
    REPLACED = "replaced"
    SENT_AGAIN = "sent again"
    SET_ASIDE = "set aside"
    ANOTHER_SET_ASIDE = "another was set aside"
    LOOKED_AT_AGAIN = "looked at again"
    TAKEN_UP_AGAIN = "a till was taken up again"
    NO_LONGER_IN_USE = "a till is in use no longer"
    TAKEN_OUT = "taken out"
    GAP_BOOKED = "gap on suspense"
    BOOKED_AFTER_ALL = "booked after all"


REASONS = {
    Why.RECEIVED: _("received from the till"),
    Why.ACTIVATED: _("the export to Exact was activated"),
    Why.SETTINGS_CHANGED: _("the settings changed"),
    Why.THIRD_PARTY_FOUND: _("the third party was found in Exact"),
    Why.SWITCHED_OFF: _("the export to Exact was switched off"),
    Why.START_MOVED: _("the first day that is booked in Exact was moved"),
    Why.RELEASED: _("reviewed and released"),
    Why.REVIEWS_OVER: _("the reviews of the first closings are over"),
    Why.LEVEL_CHANGED: _("which closings are booked was changed"),
    Why.COVERED_IN_PART: _("another closing covers a part of it"),
    Why.BOOKED_AS_IT_IS: _("taken as it is"),
    Why.REST_BOOKED: _("what others leave of it is booked"),
    Why.EXPORT_ASKED: _("an export was asked for"),
    Why.REPLACED: _("its entries are replaced by new ones"),
    Why.SENT_AGAIN: _("what was missing in Exact is sent again"),
    Why.SET_ASIDE: _("it is not to be booked"),
    Why.ANOTHER_SET_ASIDE: _("a closing that covered the same was set aside"),
    Why.LOOKED_AT_AGAIN: _("it is looked at again after it was set aside"),
    Why.TAKEN_UP_AGAIN: _("a till that had been replaced is in use again"),
    Why.NO_LONGER_IN_USE: _("one of two tills that were in use beside each other is no longer"),
    Why.TAKEN_OUT: _("its entries are taken out of Exact"),
    Why.BOOKED_AFTER_ALL: _("it is booked in the place of what was set aside"),
    Why.GAP_BOOKED: _("its gap is booked on the suspense account"),
}
# Written down by versions before this one.
FORMER = {"console": _("sent again from the console")}


# Between a reason of ours and what a person said beside it.
AND_SAID = ": "
STORED_MAX = 300


def because(why: Why, said: str) -> str:
    """A reason of ours with a person's own words, as it is stored."""
    return f"{why}{AND_SAID}{said}"[:STORED_MAX]


def reason(why: str) -> str:
    """The words for a stored reason."""
    ours, _between, said = why.partition(AND_SAID)
    if said and ours in {*Why}:
        return _now("{what} – {said}").format(what=REASONS[Why(ours)], said=said)
    return str(REASONS.get(Why(why)) if why in {*Why} else FORMER.get(why, why))
