"""Exports that were asked for together: their progress, and their files as one ZIP, a folder for each customer."""

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO
from uuid import UUID

from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from on_demand.content import read_content
from on_demand.models import ExportPart, ExportSet, OnDemandExport, OnDemandFormat
from on_demand.place_words import shops_of
from on_demand.report import Report
from on_demand.verdict import BOXES, WORDS, Verdict, with_verdicts
from tenants.models import User
from tenants.scope import visible_to

ORDER = [*Verdict]
IN_MEMORY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShown:
    """One customer of a set, its establishments, and the report of its export; None where there was nothing."""

    customer: str
    shops: str
    report: Report | None


class Together:
    """A set as people read it, in the active language; of the customers that `user` may see, of all without a user, but
    those that a reseller who asked handed over since."""

    def __init__(self, together: ExportSet, user: User | None = None) -> None:
        self.set = together
        rows = ExportPart.objects.filter(together=together)
        by = together.asked_by
        still = rows if by.reseller_id is None else rows.filter(tenant__reseller=by.reseller_id)
        self._parts = still if user is None else visible_to(user, rows)

    @cached_property
    def parts(self) -> list[PartShown]:
        """Each customer, by name."""
        exports = with_verdicts(OnDemandExport.objects.select_related("tenant", "establishment", "content"))
        parts = [*self._parts.select_related("tenant")]
        found = {it.pk: it for it in exports.filter(pk__in=[part.export_id for part in parts if part.export_id])}
        return [self._show(part, found) for part in parts]

    @property
    def exports(self) -> list[OnDemandExport]:
        """The exports of the customers that had something, in the order of the parts."""
        return [it.report.export for it in self.parts if it.report is not None]

    @property
    def nothing(self) -> list[PartShown]:
        """The customers that had nothing to export."""
        return [it for it in self.parts if it.report is None]

    @property
    def finished(self) -> bool:
        """Whether every export is over."""
        return all(export.finished for export in self.exports)

    @property
    def percent(self) -> int:
        """0 to 100, each customer counting alike."""
        reports = [it.report for it in self.parts if it.report is not None]
        return sum(it.percent for it in reports) // max(len(reports), 1)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all exports, once they are finished: failed is worse than different."""
        worst = sorted((it.report.verdict for it in self.parts if it.report is not None), key=ORDER.index)
        return next(iter(worst), Verdict.DONE)

    @property
    def verdict_words(self) -> str:
        """The verdict in words, with the number of customers that had nothing to export."""
        if self.verdict is not Verdict.DONE or not self.nothing:
            return str(WORDS[self.verdict])
        count = len(self.nothing)
        words = ngettext("done, nothing for {count} customer", "done, nothing for {count} customers", count)
        return words.format(count=count)

    @property
    def box(self) -> str:
        """The console's class of the box that says it; green only where every customer has its file."""
        return "warning" if self.verdict is Verdict.DONE and self.nothing else BOXES.get(self.verdict, "info")

    @property
    def has_files(self) -> bool:
        """Whether any export made a file."""
        return any(export.content_id for export in self.exports)

    @property
    def title(self) -> str:
        """ "FEC 01/03/2026 – 31/03/2026, 3 customers"."""
        days = [date_format(day, "SHORT_DATE_FORMAT") for day in (self.set.first_date, self.set.last_date)]
        customers = ngettext("{count} customer", "{count} customers", len(self.parts)).format(count=len(self.parts))
        return _("{format} {first} – {last}, {customers}").format(
            format=OnDemandFormat(self.set.format).label, first=days[0], last=days[1], customers=customers
        )

    @property
    def zip_name(self) -> str:
        """ "fec-20260301-20260331.zip": the format and the days, as they were asked for."""
        return f"{self.set.format}-{self.set.first_date:%Y%m%d}-{self.set.last_date:%Y%m%d}.zip"

    def _show(self, part: ExportPart, found: dict[UUID, OnDemandExport]) -> PartShown:
        export = found.get(part.export_id) if part.export_id else None
        if export is None:
            return PartShown(customer=str(part.tenant), shops="", report=None)
        return PartShown(customer=str(part.tenant), shops=shops_of(export), report=Report(export))


def zip_of(exports: Sequence[OnDemandExport]) -> IO[bytes]:
    """All files, each with its control sheet, in a folder for each customer. Read from its beginning, and closed, by
    who gets it."""
    packed = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by who reads it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        folders: set[str] = set()
        for export in exports:
            if export.content is None:
                continue
            folder = f"{slugify(export.tenant.name) or 'client'}-{export.tenant.siren or export.tenant_id}"
            if folder in folders:  # one company may be the customer of two resellers
                folder = f"{folder}-{export.tenant_id}"
            folders.add(folder)
            with archive.open(f"{folder}/{export.file_name}", "w") as member:
                for piece in read_content(export.content):
                    member.write(piece)
            archive.writestr(
                f"{folder}/{export.file_name.rpartition('.')[0]}-controle.csv", bytes(export.sheet_csv or b"")
            )
    packed.seek(0)
    return packed
