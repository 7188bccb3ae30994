"""Believable customers for tests and the demo. Needs the `local` dependencies; never imported by the product."""

from typing import Any

from factory.declarations import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from tenants.models import Establishment, Membership, Reseller, Role, Tenant, Till, User


class ResellerFactory(DjangoModelFactory[Reseller]):
    """A reseller of its own."""

    class Meta:
        model = Reseller

    name = Sequence(lambda n: f"Caisses du Midi {n}")


class TenantFactory(DjangoModelFactory[Tenant]):
    """A customer of a reseller of its own."""

    class Meta:
        model = Tenant

    reseller = SubFactory(ResellerFactory)
    name = Sequence(lambda n: f"Le Bistrot {n} SARL")


class EstablishmentFactory(DjangoModelFactory[Establishment]):
    """An establishment of a customer of its own."""

    class Meta:
        model = Establishment

    tenant = SubFactory(TenantFactory)
    code = Sequence(lambda n: f"PARIS{n:02d}")
    name = Sequence(lambda n: f"Bistrot n° {n}")


class TillFactory(DjangoModelFactory[Till]):
    """A till, not paired yet, of an establishment of its own."""

    class Meta:
        model = Till

    establishment = SubFactory(EstablishmentFactory)
    tenant = SelfAttribute("establishment.tenant")
    name = Sequence(lambda n: f"Caisse {n}")


class StaffFactory(DjangoModelFactory[User]):
    """Staff of a reseller."""

    class Meta:
        model = User

    email = Sequence(lambda n: f"equipe{n}@revendeur.example")
    role = Role.RESELLER_STAFF
    reseller = SubFactory(ResellerFactory)


class ResellerAdminFactory(StaffFactory):
    """Who manages a reseller's people."""

    email = Sequence(lambda n: f"gerant{n}@revendeur.example")
    role = Role.RESELLER_ADMIN


class MemberFactory(DjangoModelFactory[User]):
    """Somebody who looks after one customer (`tenant`; None: after none), with its leave to replace or without."""

    class Meta:
        model = User
        abstract = True

    tenant = SubFactory(TenantFactory)
    may_replace = False

    @classmethod
    def _create(cls, model_class: type[User], *_args: Any, **fields: Any) -> User:
        tenant, may_replace = fields.pop("tenant"), fields.pop("may_replace")
        person: User = model_class._default_manager.create(**fields)
        if tenant is not None:
            Membership.objects.create(user=person, tenant=tenant, role=person.role, may_replace=may_replace)
        return person


class AccountantFactory(MemberFactory):
    """Looks after the books of one customer."""

    email = Sequence(lambda n: f"compta{n}@cabinet.example")
    role = Role.ACCOUNTANT


class MerchantFactory(MemberFactory):
    """Somebody of the restaurant itself."""

    email = Sequence(lambda n: f"patron{n}@bistrot.example")
    role = Role.MERCHANT


class SupportFactory(DjangoModelFactory[User]):
    """Somebody of support, who sees everything."""

    class Meta:
        model = User

    email = Sequence(lambda n: f"support{n}@clyo.example")
    role = Role.SUPPORT
