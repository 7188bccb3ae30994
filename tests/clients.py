"""Browsers of people who are logged in, for tests of pages over HTTP."""

from django.test import Client

from tenants.models import User


def client_of(person: User) -> Client:
    """A browser in which `person` is logged in."""
    client = Client()
    client.force_login(person)
    return client


def english_client_of(person: User) -> Client:
    """The same of somebody who reads English, from now on."""
    person.language = "en"
    person.save(update_fields=["language"])
    return client_of(person)
