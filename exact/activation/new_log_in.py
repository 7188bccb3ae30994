"""Whose turn it is when a consent must be given anew, and the way there: the same words in pages, lists and letters.

Where a link was mailed that can still be used, whoever has it has only to open it: it is named, and another one is the
second choice.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exact.api.consent import Consent, consent_of, say_consent
from exact.models import Activation, ActivationLink, Connection, LinkStep
from exact.models.activation import BY_MAIL
from tenants.models import Role, User

# For these a person must log in; a doubt is settled by Exact's next answer.
NEEDS_A_LOG_IN = (Consent.LOST, Consent.FORGOTTEN, Consent.ENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLogIn:
    """`words`: what is wrong with the consent, and whose turn it is. `mend` is what the way to `address` is called."""

    words: str
    mend: str
    address: str


def new_log_in(
    connection: Connection, user: User, *, shops: Collection[int], mailed: Mapping[int, ActivationLink]
) -> NewLogIn:
    """What `user` reads of a consent that is not good. `shops` use it; of these `mailed` are `mailed_links`."""
    consent, said = consent_of(connection), say_consent(connection)
    if user.role == Role.MERCHANT and consent in NEEDS_A_LOG_IN:
        words = _("Log in at Exact again: closings wait meanwhile, nothing is lost.")
        return NewLogIn(words=words, mend=_("Link to Exact again"), address=reverse("admin:index"))
    page = reverse("console_set_up_customer", args=[connection.tenant_id])
    address = f"{page}#shop-{min(shops)}" if shops else page
    if consent not in NEEDS_A_LOG_IN:
        return NewLogIn(words=said, mend=_("Open the set-up"), address=address)
    sent = newest(mailed[it] for it in shops if it in mailed)
    may_send = user.has_perm("tenants.change_establishment")
    if sent is not None:
        return NewLogIn(
            words=f"{said} {say_mailed(sent, may_send=may_send)}", mend=_("See the link that was sent"), address=address
        )
    if not may_send:
        words = _("{reseller} can send a new link to who logs in at Exact.").format(reseller=connection.tenant.reseller)
        return NewLogIn(words=f"{said} {words}", mend=_("Open the set-up"), address=address)
    before_it_ends, to_whom = _("Send a new link before that."), _("Send a new link to who logs in at Exact.")
    advice = before_it_ends if consent is Consent.ENDING else to_whom
    return NewLogIn(words=f"{said} {advice}", mend=_("Send a new link"), address=address)


def mailed_links(shops: Iterable[int]) -> dict[int, ActivationLink]:
    """The newest link of each establishment that was mailed and can still be used, by establishment. One query."""
    rows = ActivationLink.objects.filter(establishment__in=[*shops], way__in=BY_MAIL, expires_at__gt=timezone.now())
    return {link.establishment_id: link for link in rows.exclude(step=LinkStep.DONE).order_by("created_at")}


def link_for(connection: Connection) -> ActivationLink | None:
    """The newest link by which a consent can be given anew, whichever of its establishments it was mailed for."""
    shops = Activation.objects.filter(division__connection=connection, active=True)
    return newest(mailed_links(shops.values_list("establishment", flat=True)).values())


def newest(links: Iterable[ActivationLink]) -> ActivationLink | None:
    """The one that was made last."""
    return max(links, key=lambda link: link.created_at, default=None)


def say_mailed(link: ActivationLink, *, may_send: bool = False) -> str:
    """To whom a link was mailed, when, and until when it can be used; to who `may_send` one, when to send it again."""
    moments = (timezone.localtime(it) for it in (link.created_at, link.expires_at))
    at, until = (date_format(moment, "SHORT_DATETIME_FORMAT") for moment in moments)
    words = _("A link was sent to {address} on {at} and can be used until {until}.")
    said = words.format(address=link.mailed_to, at=at, until=until)
    return f"{said} {_('Send it again if it did not arrive.')}" if may_send else said
