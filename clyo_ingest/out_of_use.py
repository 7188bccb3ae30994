"""Of two tills in use of one line, one is in use no longer: what other tills tell is of the other's tickets again.

Two are in use after a till that had been replaced was taken up again beside the one in its place
(`clyo_ingest.replacing`). Until a person says that one is not, closings of other tills are held.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from clyo_ingest.receive import constraint_of
from clyo_ingest.replacing import look_again_at_held, put_away
from exports.coverage.anew import ANEW_WITHIN, Anew, anew_in, anew_within, beside_since, note_out_of_use, out_of_use
from exports.models import ClosingState, StoredClosing
from exports.words.reasons import Why
from ledger.closing import Closing
from tenants.models import Establishment, Till


class ToldTwice(Exception):
    """Other tills told tickets since then that the till in use tells too: a person let them through as another's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What saying that a till is in use no longer would do: who is in use in its place, and what becomes of closings
    that are held because two were; `first` is the earliest moment that may be said."""

    others: tuple[Till, ...]
    released: tuple[StoredClosing, ...]
    still_held: tuple[StoredClosing, ...]
    first: datetime


def in_use_beside(till: Till) -> datetime | None:
    """Since when two tills of one line are in use, of which this is one; None if it is not. At the earliest the moment
    of its own last closing: it was in use then."""
    if till.ended_at is not None:
        return None
    began = beside_since(till.pk, anew_in(till.establishment_id))
    if began is None:
        return None
    newest = StoredClosing.objects.filter(till=till).order_by("-closed_at").values_list("closed_at", flat=True)
    return max([began, *newest[:1]])


def outlook_of(till: Till, since: datetime) -> Outlook | None:
    """What it would do to say that the till is in use no longer `since` then; None if no other is in use beside it."""
    first = in_use_beside(till)
    if first is None:
        return None
    anew = anew_in(till.establishment_id)
    rows = out_of_use(till.pk, anew, max(since, first))
    then = sorted([*anew, *rows], key=lambda it: it.since)
    held = list_held(till.establishment_id)
    free = {it.pk for it in held if not _is_asked(it, then)}
    others = Till.objects.filter(pk__in=[row.till for row in rows]).order_by("name")
    return Outlook(
        others=tuple(others),
        released=tuple(it for it in held if it.pk in free),
        still_held=tuple(it for it in held if it.pk not in free),
        first=first,
    )


def _is_asked(stored: StoredClosing, anew: list[Anew]) -> bool:
    return bool(anew_within(Closing.from_document(stored.document), stored.till_id, anew))


def list_held(establishment_id: int) -> list[StoredClosing]:
    """The closings of an establishment that are held because nobody can tell of which series their tickets are."""
    held = StoredClosing.objects.filter(
        establishment=establishment_id, state=ClosingState.HELD, problems__contains=[{"code": ANEW_WITHIN}]
    )
    return [*held.select_related("till").order_by("business_date", "closed_at")]


def stop_using(till: Till, *, since: datetime, why: str) -> bool:
    """Put a till away beside which another of its line is in use. Returns False if it was away, or none is beside it.

    What was held because two were in use is looked at again. `replacing.take_up_again` is the way back. Raises
    `ToldTwice`.
    """
    try:
        with transaction.atomic():
            Establishment.objects.select_for_update(of=("self",)).get(pk=till.establishment_id)
            row = Till.objects.select_for_update(of=("self",), no_key=True).get(pk=till.pk)
            first = in_use_beside(row)
            if first is None:
                return False
            since = max(since, first)
            note_out_of_use(row, since=since)
            put_away(row, since=since, why=why)
            look_again_at_held(row.establishment_id, why=Why.NO_LONGER_IN_USE)
    except IntegrityError as error:
        if constraint_of(error) != "exports_tickets_once":
            raise
        raise ToldTwice from error
    return True
