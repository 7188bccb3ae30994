"""`manage.py way_back 1.2.3`: whether the code of an older release can run on this database (deploy/upgrade asks)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from integration.contraction import in_the_way_of


class Command(BaseCommand):
    help = "Says whether the code of an older release can run on this database; ends with 1 when it cannot."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("release", help="the version to go back to, e.g. 1.2.3")

    def handle(self, *, release: str, **_options: Any) -> None:
        try:
            found = in_the_way_of(release, connection)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if found:
            gone = ", ".join(f"{it.migration} (unused since {it.unused_since})" for it in found)
            raise CommandError(f"The way back to {release} is closed: the database has lost what it needs: {gone}.")
        self.stdout.write(f"{release} can run on this database.")
