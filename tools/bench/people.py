"""Who asks for the console's pages: one of each role, with as many customers as such a person may well have."""

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from tenants.models import Membership, Reseller, Role, Tenant, User
from tenants.rights import MEMBER_ROLES, RESELLER_ROLES

CUSTOMERS_OF_ONE = {Role.ACCOUNTANT: 60, Role.MERCHANT: 1}


def one_of_each_role(reseller: Reseller) -> list[User]:
    """A person of every role; those of a reseller are of this one, and look after customers of it."""
    return [_make(role, reseller) for role in Role]


def _make(role: Role, reseller: Reseller) -> User:
    own, name = reseller if role in RESELLER_ROLES else None, f"{role}@bench.example"
    if found := User.objects.filter(email=name).first():
        return found
    person = User.objects.create_user(name, role=role, reseller=own)
    if role in MEMBER_ROLES:
        customers = Tenant.objects.filter(reseller=reseller).order_by("pk")[: CUSTOMERS_OF_ONE[role]]
        Membership.objects.bulk_create(Membership(user=person, tenant=it, role=role) for it in customers)
    return person


def logged_in(person: User) -> Client:
    """A client in which `person` gave the password and the second factor."""
    client = Client()
    client.force_login(person)
    device, _made = TOTPDevice.objects.get_or_create(user=person, confirmed=True)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client
