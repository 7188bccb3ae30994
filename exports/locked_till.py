"""A till that is locked while its closing is taken, read with all that says where the closing goes."""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

from exact.models import Activation, Division, Mapping
from exports.prepare import Destination
from tenants.models import Establishment

M = TypeVar("M", bound=Model)

# In plain SQL: every closing begins with it, and composing the same query anew costs more than running it.
LOCKED = """
SELECT establishment.id, establishment.tenant_id, establishment.code, establishment.booked_level,
       mapping.id, mapping.parameters, mapping.overrides,
       activation.id, activation.active, activation.problems,
       division.id, division.tenant_id, division.journal_accounts
FROM tenants_till AS till
JOIN tenants_establishment AS establishment ON establishment.id = till.establishment_id
LEFT JOIN exact_mapping AS mapping ON mapping.establishment_id = establishment.id
LEFT JOIN exact_activation AS activation ON activation.establishment_id = establishment.id
LEFT JOIN exact_division AS division ON division.id = activation.division_id
WHERE till.id = %s
FOR NO KEY UPDATE OF till
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedTill:
    """A till, its establishment, and where that one's closings go. Columns not read here are read when asked for."""

    till_id: int
    establishment: Establishment
    destination: Destination


def lock_till(till_id: int) -> LockedTill:
    """Wait for the till's other closings: each must see the one before. Must run inside a transaction."""
    with connection.cursor() as sql:
        sql.execute(LOCKED, [till_id])
        row = sql.fetchone()
    establishment_id, tenant_id, code, booked_level = row[:4]
    establishment = _known(
        Establishment, id=establishment_id, tenant_id=tenant_id, code=code, booked_level=booked_level
    )
    destination = Destination.to(_activation(establishment_id, *row[7:]), _mapping(establishment_id, *row[4:7]))
    return LockedTill(till_id=till_id, establishment=establishment, destination=destination)


def _mapping(establishment_id: int, mapping_id: int | None, parameters: str, overrides: str) -> Mapping:
    if mapping_id is None:
        return Mapping(establishment_id=establishment_id)
    return _known(
        Mapping,
        id=mapping_id,
        establishment_id=establishment_id,
        parameters=json.loads(parameters),
        overrides=json.loads(overrides),
    )


def _activation(
    establishment_id: int,
    activation_id: int | None,
    active: bool,
    problems: str,
    division_id: int,
    tenant_id: int,
    journal_accounts: str,
) -> Activation | None:
    if activation_id is None:
        return None
    activation = _known(
        Activation,
        id=activation_id,
        establishment_id=establishment_id,
        division_id=division_id,
        active=active,
        problems=json.loads(problems),
    )
    activation.division = _known(
        Division, id=division_id, tenant_id=tenant_id, journal_accounts=json.loads(journal_accounts)
    )
    return activation


def _known(model: type[M], **columns: Any) -> M:
    """A row of which these columns were read."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in columns]
    row: M = model.from_db(DEFAULT_DB_ALIAS, names, [columns[name] for name in names])
    return row
