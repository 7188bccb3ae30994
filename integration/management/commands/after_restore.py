"""`manage.py after_restore`: what Exact holds and the database lost after its past came back, company by company.

Without `--adopt` it only looks. It may be run again at any time: what was adopted is not found any more.
"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exact.activation.upkeep import consents_in_doubt, try_consent
from exact.api.errors import ExactError
from exact.books.lost import LostEntry
from exact.models import Connection, ConnectionState, Division
from exact.past import notice, say_came_back
from exports.way.lost_past import first_day_in_doubt, look_for_lost


class Command(BaseCommand):
    help = "After a restore: finds in Exact what the database lost, adopts what is known, names the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--adopt", action="store_true", help="give open postings their entries; else only look")
        parser.add_argument("--came-back", metavar="WHY", help="say that the past came back (a snapshot of the volume)")
        parser.add_argument("--since", type=date.fromisoformat, help="first business date to read (YYYY-MM-DD)")

    def handle(self, *arguments: Any, **options: Any) -> None:
        past = say_came_back(options["came_back"]) if options["came_back"] else notice()
        if past.number == 1:
            self.stdout.write("The past of this database never came back. A snapshot of a volume: --came-back WHY")
            return
        self.stdout.write(f"The past came back at {past.noticed_at:%Y-%m-%d %H:%M:%S} UTC (number {past.number}).")
        self._try_consents()
        divisions = Division.objects.select_related("app", "connection", "tenant").order_by("tenant__name", "code")
        total = divisions.count()
        left = 0
        for place, division in enumerate(divisions.iterator(), start=1):
            left += self._look_at(division, f"{place}/{total} {division.tenant.name}, {division.label}", options)
        self.stdout.write(f"{left} entries are left for tills and people." if left else "Nothing is left.")

    def _try_consents(self) -> None:
        for connection_id in consents_in_doubt():
            try_consent(connection_id)
        gone = Connection.objects.filter(state=ConnectionState.RECONNECT_REQUIRED).select_related("tenant")
        for connection in gone:
            self.stdout.write(f"must log in at Exact again: {connection}")

    def _look_at(self, division: Division, name: str, options: dict[str, Any]) -> int:
        since = options["since"] or first_day_in_doubt(division)
        if since is None:
            self.stdout.write(f"{name}: nothing was ever sent; with --since it is read all the same")
            return 0
        try:
            lost = look_for_lost(division, since=since, adopting=options["adopt"])
        except ExactError as error:
            self.stdout.write(f"{name}: not read, run this again ({type(error).__name__}: {error})")
            return 0
        self.stdout.write(f"{name}: read from {since}, adopted {len(lost.adopted)}")
        for what, entries in (
            ("of a closing that is here", lost.later),
            ("of a closing that is over here", lost.over),
            ("of no closing", lost.unknown),
        ):
            for entry in entries:
                self.stdout.write(f"  {what}: {_name_entry(entry)}")
        return len(lost.over) + len(lost.unknown)


def _name_entry(entry: LostEntry) -> str:
    return f"{entry.date} {entry.journal} {entry.entry_number} {entry.reference} {entry.amount}"
