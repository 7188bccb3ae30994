"""`manage.py erase_person ADDRESS`: take a person's name and addresses out, and leave the books whole."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from retention.erasure import StillUsed, erase_person


class Command(BaseCommand):
    help = "Erases a person's name and e-mail address for good (RGPD). What they did stays, done by nobody's name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the person's e-mail address")
        parser.add_argument("--yes", action="store_true", help="do not ask whether it is meant")

    def handle(self, *arguments: Any, **options: Any) -> None:
        address = options["address"]
        if not options["yes"] and input(f"Erase {address} for good? Type the address again: ") != address:
            raise CommandError("Nothing was erased.")
        try:
            done = erase_person(address)
        except StillUsed as used:
            raise CommandError(f"Nothing was erased. Change this first: {'; '.join(used.places)}") from used
        for table, count in done.items():
            self.stdout.write(f"{count} {table}")
        if not done:
            self.stdout.write(f"Nothing names {address}.")
