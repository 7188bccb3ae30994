"""`manage.py support_user ADDRESS`: a support user, with the address at which the password is chosen.

For a server's first person, whom nobody can invite. Run again it makes nobody: it tells the address anew while no
password was chosen, and else that there is one.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from tenants.invite import password_address
from tenants.models import User


class Command(BaseCommand):
    help = "Makes a support user, unless there is one with this address, and tells where the password is chosen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the person's e-mail address, which is also the log-in")

    @transaction.atomic
    def handle(self, *_arguments: Any, **options: Any) -> None:
        address = options["address"]
        try:
            validate_email(address)
        except ValidationError as fault:
            raise CommandError(f"{address} is no e-mail address.") from fault
        person = User.objects.filter(email__iexact=address).first()
        if person is None:
            person = User.objects.create_superuser(address)
        elif not person.is_support:
            raise CommandError(f"{address} is somebody who is not of support; change that in the console.")
        if person.has_usable_password():
            self.stdout.write(f"{person.email} is of support and has a password already.")
        else:
            self.stdout.write(f"{person.email} is of support. Choose the password within three days, once, at:")
            self.stdout.write(password_address(person))
