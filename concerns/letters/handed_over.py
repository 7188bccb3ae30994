"""What ends here when a customer is handed over to another reseller: letters about it, and the links in them."""

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import ngettext

from concerns.models import AnswerLink, Channel, Letter, LetterState
from tenants.handing_over import Ending, Leaving

WAITS = Q(state=LetterState.DUE) | Q(state=LetterState.SENDING, channel=Channel.WEBHOOK)


def _select_answers(leaving: Leaving) -> QuerySet[AnswerLink]:
    open_ones = AnswerLink.objects.filter(used_at=None, revoked_at=None, expires_at__gt=Now())
    theirs = open_ones.filter(tenant=leaving.tenant, person__reseller=leaving.former)
    return theirs.select_related("establishment", "person__reseller").order_by("pk")


def _end_answers(links: QuerySet[Any], _by: object) -> int:
    return links.order_by().update(revoked_at=Now())


def _select_letters(leaving: Leaving) -> QuerySet[Letter]:
    """Written and not sent yet. What they say of other customers is in the next ones."""
    about = [{"customer": leaving.tenant.name}]
    rows = Letter.objects.filter(WAITS, person__reseller=leaving.former, lines__contains=about)
    return rows.select_related("person__reseller").order_by("pk")


def _drop_letters(letters: QuerySet[Any], _by: object) -> int:
    return letters.order_by().update(state=LetterState.DROPPED)


ANSWERS = Ending(
    select=_select_answers,
    call=lambda link: f"{link.person} – {link.establishment}",
    say=lambda count: ngettext(
        "{count} link in a letter to the former reseller's people, by which a question is answered, ends:",
        "{count} links in letters to the former reseller's people, by which questions are answered, end:",
        count,
    ).format(count=count),
    end=_end_answers,
)
LETTERS = Ending(
    select=_select_letters,
    call=lambda letter: f"{letter.person} ({letter.get_channel_display()})",
    say=lambda count: ngettext(
        "{count} letter about it that waits to go to the former reseller's people is not sent:",
        "{count} letters about it that wait to go to the former reseller's people are not sent:",
        count,
    ).format(count=count),
    end=_drop_letters,
)
