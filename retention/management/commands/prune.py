"""`manage.py prune`: delete now what is older than it is kept; `--look` only counts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from retention.prune import books_over_age, due, prune


class Command(BaseCommand):
    help = "Deletes what is older than its table keeps it (docs/retention.md). Beat does it each night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--look", action="store_true", help="count what would be deleted; delete nothing")

    def handle(self, *arguments: Any, **options: Any) -> None:
        if options["look"]:
            now = timezone.now()
            self._tell("to delete", due(now))
            self._tell(
                "books older than ten years, for a person to decide", {"exports.StoredClosing": books_over_age(now)}
            )
            return
        this_round = prune()
        self._tell("deleted", this_round.deleted)
        self._tell("books older than ten years, for a person to decide", this_round.over_age)
        if this_round.failed:
            told = ", ".join(f"{table} ({error})" for table, error in this_round.failed.items())
            raise CommandError(f"Not looked at, see the log: {told}")

    def _tell(self, what: str, rows: dict[str, int]) -> None:
        for table, count in rows.items():
            self.stdout.write(f"{what}: {count} {table}")
