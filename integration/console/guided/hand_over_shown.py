"""What the pages of a hand-over have in common: its title, its reason, and what they show at the end."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldBooleanWidget

from exports.console import links
from integration.console.guided.shown import Done, Left, WhyForm, answer_done
from tenants.handing_over import Ended
from tenants.models import HandOver, Tenant


class HandOverForm(WhyForm):
    """Why, and whether internal notes go along."""

    notes_go_along = forms.BooleanField(
        label=gettext_lazy("The internal notes of the former reseller's people go along"),
        help_text=gettext_lazy("Else they stay unread; support reads them in any case."),
        required=False,
        widget=UnfoldBooleanWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["shown_at"]  # no codes are made here
        self.fields["why"].help_text = _("The new reseller reads it too.")


def answer_handed_over(request: HttpRequest, tenant: Tenant, done: HandOver, ended: Sequence[Ended]) -> HttpResponse:
    """The last page: what was done, what is left, for whoever did it."""
    said = [
        _("{reseller} looks after {customer} from now on: its books, its history, its mapping, its people.").format(
            reseller=done.to_name, customer=tenant.name
        ),
        _("{reseller} sees nothing of it any more, but that it handed it over.").format(reseller=done.from_name),
        *(f"{it.said} {', '.join(it.names)}" for it in ended),
    ]
    if not ended:
        at = date_format(localtime(done.at), "SHORT_DATETIME_FORMAT")
        said.append(_("Done on {at}, by {who}.").format(at=at, who=done.by_name))
    return answer_done(
        request,
        Done(
            title=_("{customer} is looked after by {reseller}").format(customer=tenant.name, reseller=done.to_name),
            detail=f"{done.from_name} → {done.to_name}",
            said=said,
            left=[*_list_left(tenant, done, ended)],
            back=links.customer(tenant.pk),
            back_words=_("See the customer"),
        ),
    )


def _list_left(tenant: Tenant, done: HandOver, ended: Sequence[Ended]) -> Iterator[Left]:
    set_up = reverse("console_set_up_customer", args=[tenant.pk])
    for it in ended:
        if it.anew:
            yield Left(who=done.to_name, what=f"{it.anew} ({', '.join(it.names)})", address=set_up)
    yield Left(
        who=done.to_name,
        what=_("Look through who has access to the customer, and through its monthly exports."),
        address=links.customer(tenant.pk),
    )
    yield Left(
        who=_("You"), what=_("Tell the customer who looks after it from now on: the service does not write to it.")
    )


def say_title(tenant: Tenant) -> str:
    """What the pages of this task are called."""
    return _("Hand {customer} over to another reseller").format(customer=tenant.name)
