"""The customers of one batch: two shops that are active in companies of their own, one to book, one to change."""

from dataclasses import dataclass

from clyo_ingest.keys import issue_code
from clyo_ingest.models import PairingCode
from on_demand.ask import ask_for_export
from on_demand.models import OnDemandFormat
from on_demand.perform import perform
from tenants.models import BookedLevel, Establishment, Role, Till, User
from tools.fleet.customers import set_up
from tools.fuzz.books import Books
from tools.fuzz.broken_calls import Names
from tools.fuzz.documents import FIRST_DAY

# What a shop books: found out by itself, or said.
LEVELS = (BookedLevel.GENERAL, BookedLevel.AUTO, BookedLevel.STATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """`booking` pushes closings, `changing` parameters and asks for exports, `pairing` is paired again and again."""

    booking: Till
    changing: Till
    pairing: Till
    support: User
    names: Names
    books: Books

    def renew_code(self) -> None:
        """The pairing code works once more."""
        PairingCode.objects.filter(till=self.pairing).update(used_at=None)


def set_stage(exact_url: str, number: int) -> Stage:
    """Make the customers of batch `number`, which no other batch has."""
    shops = {shop.user: shop for shop in reversed(set_up(exact_url, tenants=2, already=2 * number))}
    first, second = shops.values()
    booking, changing = (
        Till.objects.select_related("establishment__tenant").get(establishment__code=shop.name)
        for shop in (first, second)
    )
    Establishment.objects.filter(pk=booking.establishment_id).update(booked_level=LEVELS[number % len(LEVELS)])
    pairing = Till.objects.create(tenant=changing.tenant, establishment=changing.establishment, name="À appairer")
    export = ask_for_export(
        changing.tenant,
        establishment=changing.establishment,
        first=FIRST_DAY,
        last=FIRST_DAY,
        format=OnDemandFormat.CIEL,
    )
    perform(export.pk)
    support, _made = User.objects.get_or_create(
        email="support@fuzz.example", defaults={"role": Role.SUPPORT, "name": "Support"}
    )
    names = Names(
        key=first.key,
        other_key=second.key,
        code=issue_code(pairing, by=None),
        closing="0190a000-0000-7000-8000-000000000000",
        export=str(export.pk),
    )
    tills = [booking.pk, changing.pk]
    books = Books(keys=(first.key, second.key), tills=tills).now()
    return Stage(booking=booking, changing=changing, pairing=pairing, support=support, names=names, books=books)
