"""The till's parameters: every version kept, the newest of an establishment in force."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from clyo_ingest.document import ParametersDocument
from clyo_ingest.models import Parameters
from exports.mapping.slots_gone import slots_gone
from exports.way.destination import take_parameters
from ledger.problem import Problem
from tenants.models import Establishment, Till

# The word of the day's log for a version that a person should know something of.
OF_PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version with what it replaced, when that was another till's, and what a person should know of the change."""

    row: Parameters
    replaces: Parameters | None = None
    problems: list[Problem] = field(default_factory=list)


def keep_parameters(till: Till, document: ParametersDocument) -> Parameters:
    """Store a new version and put it in force; the same content makes no new one. Returns the version in force."""
    content = document.model_dump(mode="json")
    with transaction.atomic():
        Establishment.objects.select_for_update(of=("self",), no_key=True).get(pk=till.establishment_id)
        latest = Parameters.objects.filter(establishment=till.establishment).first()
        if latest is not None and latest.document == content:
            return latest
        row = Parameters.objects.create(
            tenant_id=till.tenant_id,
            establishment=till.establishment,
            till=till,
            version=latest.version + 1 if latest else 1,
            document=content,
        )
        take_parameters(till.establishment, content)
    return row


def newest_of(establishments: Iterable[int]) -> Iterator[Parameters]:
    """What is in force at each of these establishments that has parameters."""
    rows = Parameters.objects.filter(establishment__in=[*establishments]).select_related("establishment")
    yield from rows.order_by("establishment_id", "-version").distinct("establishment_id")


def version_of(row: Parameters) -> Version:
    """A version compared with the one before it, which another till of the establishment may have sent."""
    earlier = Parameters.objects.filter(establishment_id=row.establishment_id, version=row.version - 1)
    before = earlier.select_related("till").first()
    if before is None:
        return Version(row=row)
    anothers = before.till_id != row.till_id
    problems = [_warn_of_another_till(before)] if anothers else []
    if gone := slots_gone(row.establishment, before.document, row.document, until=row.received_at):
        facts = {"slots": ", ".join(map(str, gone))}
        problems.append(Problem(code="slots_gone", pointer="/vat", facts=facts, blocking=False))
    return Version(row=row, replaces=before if anothers else None, problems=problems)


def _warn_of_another_till(before: Parameters) -> Problem:
    facts = {"till": before.till.name, "version": str(before.version), "told": before.received_at.isoformat()}
    return Problem(code="parameters_of_another_till", facts=facts, blocking=False)
