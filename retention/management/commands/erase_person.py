"""`manage.py erase_person ADDRESS`: take a person's name out and leave the books whole; `--look` counts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from retention.acts import written_down
from retention.erasure import StillUsed, erase_person
from retention.models import ActKind
from tenants.models import User


class Command(BaseCommand):
    help = "Erases a person's name and e-mail address for good (RGPD). What they did stays, done by nobody's name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the person's e-mail address")
        parser.add_argument("--look", action="store_true", help="count what would be erased; erase nothing")
        parser.add_argument("--yes", action="store_true", help="do not ask whether it is meant")

    def handle(self, *arguments: Any, **options: Any) -> None:
        address = options["address"]
        if options["look"]:
            self._tell(address, self._erase(address, look=True))
            return
        if not options["yes"] and input(f"Erase {address} for good? Type the address again: ") != address:
            raise CommandError("Nothing was erased.")
        with written_down(ActKind.ERASURE) as act:
            person = User.objects.filter(email__iexact=address).first()
            act.rows = self._erase(address)
            act.person = person
        self._tell(address, act.rows)

    def _erase(self, address: str, *, look: bool = False) -> dict[str, int]:
        try:
            return erase_person(address, look=look)
        except StillUsed as used:
            raise CommandError(f"Nothing was erased. Change this first: {'; '.join(used.places)}") from used

    def _tell(self, address: str, done: dict[str, int]) -> None:
        for table, count in done.items():
            self.stdout.write(f"{count} {table}")
        if not done:
            self.stdout.write(f"Nothing names {address}.")
