"""Believable customers for tests and the demo. Needs the `local` dependencies; never imported by the product."""

from factory.declarations import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from tenants.models import Establishment, Reseller, Role, Tenant, Till, User


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


class AccountantFactory(DjangoModelFactory[User]):
    """Reads the closings of one customer."""

    class Meta:
        model = User

    email = Sequence(lambda n: f"compta{n}@cabinet.example")
    role = Role.ACCOUNTANT
    tenant = SubFactory(TenantFactory)


class SupportFactory(DjangoModelFactory[User]):
    """Somebody of support, who sees everything."""

    class Meta:
        model = User

    email = Sequence(lambda n: f"support{n}@clyo.example")
    role = Role.SUPPORT
