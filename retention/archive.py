"""A customer's whole data as one ZIP file, for who leaves: every row as JSON, every push and delivered file as it was.

All of one moment: a closing that comes meanwhile is in it with all that belongs to it, or not at all.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from clyo_ingest.models import Push
from on_demand.content import read_content
from on_demand.models import OnDemandExport
from retention.archive_rows import pages_of, rows_of, tables_of_customers
from tenants.models import Tenant

ENCODER = DjangoJSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True)
class Archive:
    """What was written: how many rows of each table, and each file's SHA-256 by its name in the ZIP."""

    made_at: datetime
    rows: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)


def write_archive(tenant: Tenant, to: IO[bytes]) -> Archive:
    """Write the ZIP file with a customer's data. Memory stays flat: rows and files go through page by page."""
    archive = Archive(made_at=timezone.now())
    with ZipFile(to, "w", ZIP_DEFLATED) as zipped, _one_moment():
        for model in tables_of_customers():
            archive.rows[model._meta.label] = _write_table(zipped, archive, model, tenant)
        for name, parts in chain(_pushes(tenant), _files(tenant)):
            _write_bytes(zipped, archive, name, parts)
        with override("fr"):
            _write_bytes(zipped, archive, "LISEZ-MOI.txt", [_explain(tenant, archive).encode()])
        told = "".join(f"{digest}  {name}\n" for name, digest in archive.digests.items())
        zipped.writestr("SHA256SUMS", told)
    return archive


@contextmanager
def _one_moment() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as sql:
            sql.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _write_table(zipped: ZipFile, archive: Archive, model: Any, tenant: Tenant) -> int:
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for row in rows_of(model, tenant):
            count += 1
            yield ENCODER.encode(row).encode() + b"\n"

    _write_bytes(zipped, archive, f"tables/{model._meta.db_table}.jsonl", lines())
    return count


def _pushes(tenant: Tenant) -> Iterator[tuple[str, Iterable[bytes]]]:
    """What the customer's tills sent, byte for byte."""
    for push in pages_of(Push.objects.filter(tenant=tenant)):
        packed = f".{push.content_encoding}" if push.content_encoding else ""
        yield f"pushes/{push.received_at:%Y-%m-%d}/{push.pk}.json{packed}", [bytes(push.body)]


def _files(tenant: Tenant) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The files for accounting that were delivered, each under its export's id."""
    delivered = OnDemandExport.objects.filter(tenant=tenant, content__isnull=False).select_related("content")
    for export in pages_of(delivered):
        assert export.content is not None, "filtered"
        yield f"files/{export.pk}/{export.file_name}", read_content(export.content)


def _write_bytes(zipped: ZipFile, archive: Archive, name: str, parts: Iterable[bytes]) -> None:
    digest = hashlib.sha256()
    with zipped.open(name, "w", force_zip64=True) as member:
        for part in parts:
            digest.update(part)
            member.write(part)
    archive.digests[name] = digest.hexdigest()


def _explain(tenant: Tenant, archive: Archive) -> str:
    """The text that explains the archive's files to a reader years later."""
    head = _(
        "All data of {customer} in Clyo → Exact, as of {moment}.\n\n"
        "tables/: every row of each table, one JSON object a line. Amounts are decimal numbers in texts, times have "
        "their zone. Passwords, keys and tokens are left out, and the notes of those who look after the customer.\n"
        "pushes/: what the tills sent, byte for byte, by the day it was received.\n"
        "files/: the files for accounting that were delivered, by the id of their export.\n"
        "SHA256SUMS: the SHA-256 of every file, for `sha256sum --check`.\n"
    ).format(customer=tenant.name, moment=archive.made_at.isoformat(timespec="seconds"))
    return head + "\n" + "".join(f"{count:>10} {table}\n" for table, count in archive.rows.items())
