"""Moving an establishment to another company: a new establishment with its settings goes on from a business date on.

Nothing that was booked moves: the former customer keeps its closings, numbers and exports, and still gets closings of
its tills from before that day. Asked twice, it is done once; it can be taken back until the first closing came.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from booking.copying import Carried, carried_over, with_own_codes
from booking.mapping import set_overrides
from booking.models import Mapping
from clyo_ingest.document import ParametersDocument
from clyo_ingest.keys import end_codes, revoke_keys
from clyo_ingest.models import Parameters
from clyo_ingest.parameters import keep_parameters
from exports.models import StoredClosing
from tenants.establishment_code import free_code
from tenants.models import Establishment, MovedTill, TakeOver, Tenant, Till, User

# Columns of an establishment that are the shop's, whoever owns it.
GOES_ALONG = ("name", "booked_level", "opening_days", "time_zone")


class HasClosings(Exception):
    """The new establishment has closings: they are the new company's."""


class GoesOnElsewhere(Exception):
    """The new establishment was taken over in its turn: that is to be taken back first."""


class TakenBackSince(Exception):
    """A move of the establishment was taken back after the person was shown what moving it would do."""


def move_shop(
    shop: Establishment, tenant: Tenant, *, day: date, why: str, by: User, shown_at: datetime | None = None
) -> TakeOver:
    """Let an establishment go on under the customer `tenant`, or a new one, from `day` on. Does nothing if it goes on
    elsewhere already.

    `shown_at`: when the person was shown what it would do. Raises `TakenBackSince`, so that an old page that is loaded
    again moves nothing.
    """
    assert tenant.pk != shop.tenant_id, "another company"
    with transaction.atomic():
        former = Establishment.objects.select_for_update(of=("self",)).get(pk=shop.pk)
        if (there := in_force(former)) is not None:
            return there
        if shown_at and TakeOver.objects.filter(former=former, successor__suspended_at__gte=shown_at).exists():
            raise TakenBackSince
        former.ended_on = day
        former.save(update_fields=["ended_on"])
        to = tenant if tenant.pk else _make_customer(tenant)
        before = TakeOver.objects.filter(former=former, successor__tenant=to).first()
        if before is not None:
            return _put_in_force_again(before, former, day=day, why=why, by=by)
        successor = _make_successor(former, to, day)
        took = TakeOver.objects.create(
            tenant_id=former.tenant_id, former=former, successor=successor, ended_on=day, why=why, by=by
        )
        for till in moving_tills(former):
            _move_till(till, successor)
        _carry_settings(former, successor, by)
    return took


def _make_customer(tenant: Tenant) -> Tenant:
    """Make the new customer; or take the one that somebody made of that SIREN meanwhile."""
    place = {"reseller_id": tenant.reseller_id, "siren": tenant.siren}
    made, _ = Tenant.objects.get_or_create(**place, defaults={"name": tenant.name})
    return made


def take_back(took: TakeOver, *, why: str) -> bool:
    """Undo a take-over: the former establishment goes on. Returns whether it was in force.

    Raises `HasClosings` or `GoesOnElsewhere`.

    The new establishment is suspended, and its tills lose keys and codes; a later move to that customer uses it again.
    """
    with transaction.atomic():
        ends = Establishment.objects.select_for_update(of=("self",)).filter(pk__in=[took.former_id, took.successor_id])
        former = {it.pk: it for it in ends.order_by("pk")}[took.former_id]
        if StoredClosing.objects.filter(establishment=took.successor_id).exists():
            raise HasClosings
        if TakeOver.objects.filter(former=took.successor_id, ended_on__isnull=False).exists():
            raise GoesOnElsewhere
        if not TakeOver.objects.filter(pk=took.pk, ended_on__isnull=False).exists():
            return False
        former.ended_on = None
        former.save(update_fields=["ended_on"])
        Establishment.objects.filter(pk=took.successor_id).update(suspended_at=timezone.now(), suspended_why=why)
        for till in Till.objects.filter(establishment=took.successor_id):
            end_codes(till)
            revoke_keys(till)
    return True


def in_force(former: Establishment) -> TakeOver | None:
    """The take-over of this establishment that is in force; None if there is none."""
    return TakeOver.objects.filter(former=former, ended_on__isnull=False).first()


def moving_tills(former: Establishment) -> list[Till]:
    """Its tills that are in use, by their names."""
    return [*Till.objects.filter(establishment=former, ended_at=None, suspended_at=None).order_by("name")]


def settings_carried(former: Establishment) -> Carried | None:
    """Which settings of people go along; None where there are no settings at all."""
    mapping = Mapping.objects.filter(establishment=former).first()
    return carried_over(mapping) if mapping else None


def _put_in_force_again(before: TakeOver, former: Establishment, *, day: date, why: str, by: User) -> TakeOver:
    """Put a take-over that was taken back in force again, with its establishment, the tills added since, and what was
    changed of the former establishment since. What was put away there is so here."""
    successor = Establishment.objects.get(pk=before.successor_id)
    moved = {*MovedTill.objects.filter(till__establishment=successor).values_list("former", flat=True)}
    for till in moving_tills(former):
        if till.pk not in moved:
            _move_till(till, successor)
    gone = Till.objects.filter(establishment=successor, ended_at=None, moved_from__former__ended_at__isnull=False)
    gone.update(ended_at=timezone.now(), ended_why=why)
    goes_along = {name: getattr(former, name) for name in GOES_ALONG}
    back = {"suspended_at": None, "suspended_why": "", "books_from": day}
    Establishment.objects.filter(pk=before.successor_id).update(**goes_along, **back)
    _carry_settings(former, successor, by)
    before.ended_on, before.why = day, why
    before.save(update_fields=["ended_on", "why"])
    return before


def _make_successor(former: Establishment, tenant: Tenant, day: date) -> Establishment:
    """Make the new establishment: the same shop, without SIRET, contact and link to Exact, which are each company's."""
    taken = {*Establishment.objects.filter(tenant=tenant).values_list("code", flat=True)}
    return Establishment.objects.create(
        tenant=tenant,
        code=former.code if former.code not in taken else free_code(former.name, taken),
        books_from=day,
        **{name: getattr(former, name) for name in GOES_ALONG},
    )


def _move_till(former: Till, successor: Establishment) -> Till:
    till = Till.objects.create(tenant_id=successor.tenant_id, establishment=successor, name=former.name)
    MovedTill.objects.create(tenant_id=former.tenant_id, former=former, till=till)
    return till


def _carry_settings(former: Establishment, successor: Establishment, by: User) -> None:
    """Copy the till's parameters, which the till sends again only when they change, and the settings of people; the new
    company's own codes stay."""
    said = Parameters.objects.filter(establishment=former).first()
    till = Till.objects.filter(establishment=successor).order_by("pk").first()
    if said is not None and till is not None:
        keep_parameters(till, ParametersDocument.model_validate(said.document))
    if (carried := settings_carried(former)) is not None:
        mapping = Mapping.objects.filter(establishment=successor).first()
        set_overrides(successor, with_own_codes(carried.overrides, mapping), actor=by)
