"""`manage.py support_user`: a server's first person, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tenants.factories import ResellerFactory
from tenants.models import Role, User

pytestmark = pytest.mark.django_db


def told(address: str) -> list[str]:
    out = StringIO()
    call_command("support_user", address, stdout=out)
    return out.getvalue().splitlines()


def test_support_user__may_choose_a_password_at_the_address_that_is_told() -> None:
    sentence, address = told("first@clyo.example")
    assert "three days" in sentence
    person = User.objects.get(email="first@clyo.example")
    assert person.is_support
    page = Client().get(address.removeprefix("http://127.0.0.1:8000"), follow=True)
    assert page.status_code == 200
    assert "new_password1" in page.content.decode()


def test_support_user__made_twice_is_one_person() -> None:
    told("first@clyo.example")
    assert len(told("First@clyo.example")) == 2
    person = User.objects.get()
    person.set_password("a long pass phrase of one's own")
    person.save(update_fields=["password"])
    assert told("first@clyo.example") == ["first@clyo.example is of support and has a password already."]


def test_support_user__somebody_else_is_not_made_one() -> None:
    User.objects.create_user("rita@canal.example", role=Role.RESELLER_STAFF, reseller=ResellerFactory())
    with pytest.raises(CommandError, match="not of support"):
        told("rita@canal.example")
    with pytest.raises(CommandError, match="no e-mail address"):
        told("nobody")
    assert [it.role for it in User.objects.all()] == [Role.RESELLER_STAFF]
