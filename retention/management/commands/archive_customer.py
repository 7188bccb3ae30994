"""`manage.py archive_customer NUMBER --to FILE.zip`: a customer's whole data, for who leaves."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from retention.acts import written_down
from retention.archive import write_archive
from retention.models import ActKind
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Writes all data of one customer into a ZIP file: rows as JSON, pushes and delivered files as they were."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer", help="its number in the console's address, or its SIREN")
        parser.add_argument("--to", type=Path, required=True, help="the ZIP file to write; must not exist yet")

    def handle(self, *arguments: Any, **options: Any) -> None:
        tenant = _customer(options["customer"])
        to: Path = options["to"]
        part = to.with_name(f"{to.name}.part")
        try:
            with part.open("xb") as file:
                if to.exists():
                    raise FileExistsError
                with written_down(ActKind.ARCHIVE, customer=tenant) as act:
                    archive = write_archive(tenant, file)
                    act.rows = archive.rows
        except FileExistsError:
            raise CommandError(f"{to} or {part.name} exists already: nothing was written over it.") from None
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        part.rename(to)
        rows = sum(archive.rows.values())
        self.stdout.write(f"{tenant}: {rows} rows of {len(archive.rows)} tables, {len(archive.digests)} files in {to}")


def _customer(said: str) -> Tenant:
    try:
        found = Tenant.objects.filter(siren=said) if len(said) == 9 else Tenant.objects.filter(pk=said)
        return found.get()
    except (Tenant.DoesNotExist, ValueError):
        raise CommandError(f"No customer has the number or SIREN {said}.") from None
    except Tenant.MultipleObjectsReturned:
        raise CommandError(f"Several resellers have a customer with the SIREN {said}: give its number.") from None
