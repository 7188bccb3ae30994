"""Who sees a row: a model says it in `Meta.constraints`, and PostgreSQL keeps it by policies (docs/decisions/0038).

A condition is SQL over the row's columns; `{reseller}`, `{tenant}`, `{establishment}`, `{person}` and `{behind}` stand
for the ids that `postgres.viewer` told the connection, `{tenants}` for a list of them. A role that is not named has no
right to the table at all.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Model

from postgres.guards import Guard
from postgres.viewer import ACCOUNTANT, CUSTOMER, MEMBERS, RESELLER, SETTINGS, TILL

# An id that was told to the connection; it raises when nothing was told. As a subquery it is evaluated once a
# statement, before the first row. Tills run many short statements over few rows: for them once a row costs less.
NUMBER = {name: f"current_setting('clyo.{name}')::bigint{'[]' if name == 'tenants' else ''}" for name in SETTINGS}
ONCE = {name: f"(SELECT {number})" for name, number in NUMBER.items()}
ALL = "true"
READ_BY_ALL = dict.fromkeys((CUSTOMER, *MEMBERS, RESELLER, TILL), ALL)
OF_TENANT = "tenant_id = {tenant}"
ONE_OF_TENANTS = "ANY ({tenants}::bigint[])"  # not `IN (SELECT …)`: an index is used for a list
# Not `= ANY (…)`: PostgreSQL takes an unknown list for ten customers and would read all of their rows, again for each
# row it compares them with. What members see is asked for by its customers (`tenants.scope`): these it can count.
OF_TENANTS = "array_position({tenants}::bigint[], tenant_id) IS NOT NULL"
OF_SHOP = "establishment_id = {establishment}"  # which is of one tenant, by `SameTenant`
# The customers a reseller sees are its own: the policy of their table says so.
OF_RESELLER = "tenant_id IN (SELECT id FROM tenants_tenant)"
WRITES = {"adds": "INSERT", "changes": "UPDATE", "takes_away": "DELETE"}


class Seen(Guard):
    """Which rows each role reads, and which it adds, changes and takes away: {role: condition}."""

    suffix = "seen"

    def __init__(self, *, reads: Mapping[str, str], writes: Mapping[str, str], name: str = "") -> None:
        self.reads, self.writes = dict(reads), dict(writes)
        super().__init__(name=name)

    def create(self, model: type[Model]) -> str:
        table = model._meta.db_table
        grants = [f"GRANT SELECT ON {table} TO {role}" for role in self.reads]
        grants += [f"GRANT INSERT, UPDATE, DELETE ON {table} TO {role}" for role in self.writes]
        policies = [f"CREATE POLICY {name} ON {table} {what}" for name, what in self.policies()]
        return "; ".join([f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", *grants, *policies])

    def remove(self, table: str) -> str:
        policies = [f"DROP POLICY {name} ON {table}" for name, _what in self.policies()]
        grants = [f"REVOKE ALL ON {table} FROM {role}" for role in self.reads.keys() | self.writes.keys()]
        return "; ".join([f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", *policies, *grants])

    def policies(self) -> Iterator[tuple[str, str]]:
        """Each policy's name, and when and for whom it holds; one for all where a role writes what it reads."""
        for role in self.reads | self.writes:
            told = NUMBER if role == TILL else ONCE
            read, written = (it.get(role, "").format(**told) for it in (self.reads, self.writes))
            if read == written:
                yield role, f"TO {role} USING ({read})"
                continue
            if read:
                yield f"{role}_reads", f"FOR SELECT TO {role} USING ({read})"
            for act, operation in WRITES.items() if written else ():
                kept = "WITH CHECK" if operation == "INSERT" else "USING"
                yield f"{role}_{act}", f"FOR {operation} TO {role} {kept} ({written})"

    def deconstruct(self) -> Any:
        path, _, kwargs = super().deconstruct()
        return path, (), kwargs | {"reads": self.reads, "writes": self.writes}


class SeenByTenant(Seen):
    """A customer's row: its people and its tills see it, and its reseller.

    With `shop` a till sees its own establishment's only (`establishment_id`). Of the customer's people those that are
    named read it, and those that are named write it.
    """

    def __init__(
        self,
        *,
        shop: bool = False,
        read_by: Collection[str] = MEMBERS,
        written_by: Collection[str] = (ACCOUNTANT,),
        name: str = "",
    ) -> None:
        self.shop, self.read_by, self.written_by = shop, tuple(read_by), tuple(written_by)
        rules = {CUSTOMER: OF_TENANT, RESELLER: OF_RESELLER, TILL: OF_SHOP if shop else OF_TENANT}
        reads = rules | dict.fromkeys(read_by, OF_TENANTS)
        super().__init__(reads=reads, writes=rules | dict.fromkeys(written_by, OF_TENANTS), name=name)

    def deconstruct(self) -> Any:
        path, _, kwargs = super().deconstruct()
        own = {key: value for key, value in kwargs.items() if key not in ("reads", "writes")}
        own |= {"shop": True} if self.shop else {}
        own |= {"read_by": self.read_by} if self.read_by != MEMBERS else {}
        return path, (), own | ({"written_by": self.written_by} if self.written_by != (ACCOUNTANT,) else {})
