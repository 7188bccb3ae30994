"""A customer is handed over to another reseller: its books, tills, mapping and consents stay as they are; what led to
the former reseller's people ends in the same transaction (docs/decisions/0060).

Rooms above say what ends there (`ends_with_hand_over`), and what must be over first (`keeps_from_hand_over`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postgres.viewer import EVERYTHING, Viewer, serving, viewer
from tenants.models import Establishment, HandOver, HandOverOffer, OfferOutcome, Reseller, Tenant, User
from tenants.users import call_address

log = structlog.get_logger()


@dataclass(frozen=True)
class Leaving:
    """A customer, and the reseller that looks after it no more."""

    tenant: Tenant
    former: Reseller

    def sent_to_them(self, column: str) -> Q:
        """Of rows with an e-mail address: those whose address is one of the former reseller's people."""
        return Q(Exists(User.objects.filter(reseller=self.former, email__iexact=OuterRef(column))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One sort of thing that ends: which, what each is called, how it is counted, how it ends.

    `anew`: what the new reseller must make again, in a sentence; empty where there is nothing to make.
    """

    select: Callable[[Leaving], QuerySet[Any]]
    call: Callable[[Any], str]
    say: Callable[[int], str]
    end: Callable[[QuerySet[Any], User], int]
    anew: str | Promise = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How much of one sort ends, or ended, in words, with the names."""

    said: str
    names: tuple[str, ...]
    anew: str


@dataclass(eq=False)
class CannotHandOver(Exception):
    """Why a customer cannot be handed over now, in a sentence; `address` is the page of what stands in the way."""

    sentence: str
    address: str = ""


Kept = Callable[[Tenant], CannotHandOver | None]
_endings: list[Ending] = []
_kept: list[Kept] = []


def ends_with_hand_over(*endings: Ending) -> None:
    """Have these end when a customer is handed over, and be listed on the page that shows what will happen."""
    _endings.extend(endings)


def keeps_from_hand_over(asks: Kept) -> None:
    """Ask a room above whether something of the customer must be over first."""
    _kept.append(asks)


def will_end(leaving: Leaving) -> list[Ended]:
    """What would end now, sort by sort; nothing of a sort of which there is none."""
    return [ended for it in _endings if (ended := _tell(it, it.select(leaving))) is not None]


def refuse(tenant: Tenant, to: Reseller) -> None:
    """Raises `CannotHandOver` when the customer cannot become that reseller's now."""
    if to.pk == tenant.reseller_id:
        raise CannotHandOver(_("{reseller} looks after this customer already.").format(reseller=to))
    if to.suspended_at is not None:
        raise CannotHandOver(_("{reseller} is suspended: it cannot take a customer.").format(reseller=to))
    refuse_by_itself(tenant)
    if tenant.siren and Tenant.objects.filter(reseller=to, siren=tenant.siren).exists():
        words = _("{reseller} has a customer with the SIREN {siren} already: it cannot have it twice.")
        raise CannotHandOver(words.format(reseller=to, siren=tenant.siren))


def refuse_by_itself(tenant: Tenant) -> None:
    """The same, as far as it depends on nobody who takes it."""
    if tenant.suspended_at is not None:
        raise CannotHandOver(_("This customer is suspended. End the suspension first."))
    for asks in _kept:
        if (found := asks(tenant)) is not None:
            raise found


def hand_over(
    tenant_id: int,
    *,
    former_id: int,
    to_id: int,
    by: User,
    why: str,
    notes_go_along: bool,
    reader: Viewer | None = None,
) -> tuple[HandOver, list[Ended]]:
    """Make the customer another reseller's, and end what led to the former one's people. Returns what ended, in the
    words of its `reader`, who is told (else of whoever is served): the new reseller reads no names of former people.

    Done twice it is done once: whoever comes second finds what the first did, with nothing ended. Raises
    `CannotHandOver`. Closings wait for nothing here: the customer's row is locked beside them.
    """
    reader = reader or viewer()
    with transaction.atomic(), serving(EVERYTHING):
        tenant = Tenant.objects.select_for_update(of=("self",), no_key=True).get(pk=tenant_id)
        resellers = Reseller.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[former_id, to_id])
        found = {it.pk: it for it in resellers.order_by("pk")}
        if tenant.reseller_id != former_id:
            return _find_done(tenant, former_id, to_id), []
        to, leaving = found[to_id], Leaving(tenant, found[former_id])
        refuse(tenant, to)
        over = [(it, _end(it, leaving, by)) for it in _endings]
        done = HandOver.objects.create(
            tenant=tenant,
            reseller=leaving.former,
            to=to,
            from_name=leaving.former.name,
            to_name=to.name,
            by=by,
            by_name=by.reseller.name if by.reseller else "Clyo",
            why=why,
            notes_go_along=notes_go_along,
        )
        open_ones = HandOverOffer.objects.filter(tenant=tenant, outcome="")
        open_ones.update(outcome=OfferOutcome.OVERTAKEN, ended_at=Now(), ended_by=by)
        done.refresh_from_db()
        with serving(reader):
            ended = [told for it, rows in over if (told := _tell(it, rows)) is not None]
    log.info("customer_handed_over", tenant=tenant.pk, former=former_id, to=to_id)
    return done, ended


def _find_done(tenant: Tenant, former_id: int, to_id: int) -> HandOver:
    """The hand-over that somebody made meanwhile, when it is the one that is asked for."""
    last = HandOver.objects.filter(tenant=tenant).order_by("-pk").first()
    if last is None or (last.reseller_id, last.to_id) != (former_id, to_id):
        raise CannotHandOver(_("This customer was handed over otherwise meanwhile. Look at it anew."))
    return last


def _end(ending: Ending, leaving: Leaving, by: User) -> list[Any]:
    """End all of one sort. Returns it as it was."""
    rows = ending.select(leaving)
    before = [*rows]
    ending.end(rows, by)
    return before


def _tell(ending: Ending, rows: Iterable[Any]) -> Ended | None:
    names = tuple(ending.call(it) for it in rows)
    return Ended(said=ending.say(len(names)), names=names, anew=str(ending.anew)) if names else None


def _select_contacts(leaving: Leaving) -> QuerySet[Establishment]:
    return Establishment.objects.filter(leaving.sent_to_them("contact_email"), tenant=leaving.tenant).order_by("code")


ends_with_hand_over(
    Ending(
        select=_select_contacts,
        call=lambda shop: f"{shop} ({call_address(shop.contact_email)})",
        say=lambda count: ngettext(
            "{count} establishment whose contact is one of the former reseller's people has none any more:",
            "{count} establishments whose contact is one of the former reseller's people have none any more:",
            count,
        ).format(count=count),
        end=lambda rows, _by: rows.update(contact_email=""),
        anew=gettext_lazy("Say each establishment's contact: who links it to Exact, and is told when the link ends."),
    )
)
