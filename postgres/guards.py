"""Rules that a model says of itself and the database keeps, whoever writes: in `Meta.constraints`, beside Django's own.

Each is a constraint to Django's migrations, so that `makemigrations` notices when one is added, changed or taken away.
The functions that refuse and write down stand in `postgres/sql`; a rule here is one trigger, or one foreign key.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model

Owner = type[Model] | None
Editor = BaseDatabaseSchemaEditor | None


class Guard(BaseConstraint):
    """A rule that only the database checks, made as soon as its table stands."""

    suffix = ""

    def __init__(self, *, name: str = "") -> None:
        super().__init__(name=name or f"%(app_label)s_%(class)s_{self.suffix}")

    def create(self, model: type[Model]) -> str:
        """The SQL that makes the rule for the table of `model`."""
        raise NotImplementedError

    def remove(self, table: str) -> str:
        """The SQL that takes it away."""
        raise NotImplementedError

    def create_sql(self, model: Owner, schema_editor: Editor) -> str:
        assert model is not None
        return self.create(model)

    def remove_sql(self, model: Owner, schema_editor: Editor) -> str:
        assert model is not None
        return self.remove(model._meta.db_table)

    def constraint_sql(self, model: Owner, schema_editor: Editor) -> str:
        """Nothing inside of CREATE TABLE: what is created follows at the end of the migration."""
        assert schema_editor is not None
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def validate(self, model: type[Model], instance: Model, exclude: Any = None, using: str = "default") -> None:
        """A form cannot break it in a way that a person could mend: the database's word is the last."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guard) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class SameTenant(Guard):
    """The row that `field` points at is of the same tenant: a foreign key over both columns.

    The model pointed at needs a unique constraint on (id, tenant).
    """

    def __init__(self, field: str, *, name: str = "") -> None:
        self.field, self.suffix = field, f"{field}_id_same_tenant"
        super().__init__(name=name)

    def create(self, model: type[Model]) -> str:
        parent = model._meta.get_field(self.field).related_model
        assert isinstance(parent, type)
        return (
            f"ALTER TABLE {model._meta.db_table} ADD CONSTRAINT {self.name} FOREIGN KEY ({self.field}_id, tenant_id) "
            f"REFERENCES {parent._meta.db_table} (id, tenant_id) DEFERRABLE INITIALLY IMMEDIATE"
        )

    def remove(self, table: str) -> str:
        return f"ALTER TABLE {table} DROP CONSTRAINT {self.name}"

    def deconstruct(self) -> Any:
        path, _, kwargs = super().deconstruct()
        return path, (self.field,), kwargs


class SameAs(Guard):
    """`column` is what it is in the row that `field` points at, and becomes what it becomes there: a foreign key over
    both columns. The model pointed at needs a unique constraint on (id, `column`).
    """

    def __init__(self, field: str, column: str, *, name: str = "") -> None:
        self.field, self.column, self.suffix = field, column, f"{field}_id_same_{column}"
        super().__init__(name=name)

    def create(self, model: type[Model]) -> str:
        parent = model._meta.get_field(self.field).related_model
        assert isinstance(parent, type)
        return (
            f"ALTER TABLE {model._meta.db_table} ADD CONSTRAINT {self.name} "
            f"FOREIGN KEY ({self.field}_id, {self.column}) REFERENCES {parent._meta.db_table} (id, {self.column}) "
            "ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE"
        )

    def remove(self, table: str) -> str:
        return f"ALTER TABLE {table} DROP CONSTRAINT {self.name}"

    def deconstruct(self) -> Any:
        path, _, kwargs = super().deconstruct()
        return path, (self.field, self.column), kwargs


class Trigger(Guard):
    """A guard that is a trigger."""

    def event(self, table: str) -> str:
        """When it acts and what it calls, as CREATE TRIGGER has it after the trigger's name."""
        raise NotImplementedError

    def create(self, model: type[Model]) -> str:
        return f"CREATE TRIGGER {self.name} {self.event(model._meta.db_table)}"

    def remove(self, table: str) -> str:
        return f"DROP TRIGGER {self.name} ON {table}"


class NeverEmptied(Trigger):
    """TRUNCATE is refused: no trigger for rows sees it."""

    suffix = "kept"

    def event(self, table: str) -> str:
        return f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION postgres_only_added_to()"


class OnlyAddedTo(Trigger):
    """No row is changed or deleted, and no such statement taken; with `operations`, only that of the two is refused."""

    suffix = "only_added_to"

    def __init__(self, *operations: str, name: str = "") -> None:
        self.operations = operations or ("UPDATE", "DELETE")
        super().__init__(name=name)

    def event(self, table: str) -> str:
        when = " OR ".join(self.operations)
        return f"BEFORE {when} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION postgres_only_added_to()"

    def deconstruct(self) -> Any:
        path, _, kwargs = super().deconstruct()
        return path, self.operations, kwargs


class OnlyMasked(Trigger):
    """A row changes in one way only: values of these columns, texts or JSON objects, become "•••"."""

    suffix = "only_masked"

    def __init__(self, *columns: str, name: str = "") -> None:
        self.columns = columns
        super().__init__(name=name)

    def event(self, table: str) -> str:
        told = ", ".join(f"'{column}'" for column in self.columns)
        return f"BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION postgres_only_masked({told})"

    def deconstruct(self) -> Any:
        path, _, kwargs = super().deconstruct()
        return path, self.columns, kwargs


class Unchanging(Trigger):
    """These columns keep what they were inserted with; those of `once` may be set, and then keep that. A text of
    `masked` may become "•••" for all that."""

    suffix = "unchanging"

    def __init__(self, *columns: str, once: Collection[str] = (), masked: Collection[str] = (), name: str = "") -> None:
        self.columns, self.once, self.masked = columns, tuple(once), tuple(masked)
        super().__init__(name=name)

    def event(self, table: str) -> str:
        but = {it: f" AND NEW.{it} IS DISTINCT FROM '•••'" for it in self.masked}
        changed = [f"OLD.{it} IS DISTINCT FROM NEW.{it}{but.get(it, '')}" for it in self.columns]
        changed += [f"OLD.{it} IS NOT NULL AND OLD.{it} IS DISTINCT FROM NEW.{it}{but.get(it, '')}" for it in self.once]
        return (
            f"BEFORE UPDATE OF {', '.join(self.columns + self.once)} ON {table} FOR EACH ROW "
            f"WHEN ({' OR '.join(changed)}) EXECUTE FUNCTION postgres_unchanging()"
        )

    def deconstruct(self) -> Any:
        path, _, kwargs = super().deconstruct()
        said = {"once": self.once, "masked": self.masked}
        return path, self.columns, kwargs | {name: columns for name, columns in said.items() if columns}


class Moves(Trigger):
    """`field` goes from one value to another only as `allowed` says: {from: those it may become}."""

    suffix = "moves"

    def __init__(self, field: str, allowed: Mapping[Any, Collection[Any]], *, name: str = "") -> None:
        self.field = field
        self.allowed = {str(before): sorted(map(str, after)) for before, after in allowed.items()}
        super().__init__(name=name)

    def event(self, table: str) -> str:
        pairs = [(before, after) for before, afters in sorted(self.allowed.items()) for after in afters]
        told = ", ".join(f"('{before}', '{after}')" for before, after in pairs)
        old, new = f"OLD.{self.field}", f"NEW.{self.field}"
        return (
            f"BEFORE UPDATE OF {self.field} ON {table} FOR EACH ROW "
            f"WHEN ({old} IS DISTINCT FROM {new} AND ({old}, {new}) NOT IN ({told})) "
            f"EXECUTE FUNCTION postgres_moves('{self.field}')"
        )

    def deconstruct(self) -> Any:
        path, _, kwargs = super().deconstruct()
        return path, (self.field, self.allowed), kwargs


class Audited(Trigger):
    """Each change is written down (`tenants.audit`): of `silent` columns nothing, of `secret` ones no value."""

    suffix = "audited"

    def __init__(self, *, silent: Collection[str] = (), secret: Collection[str] = (), name: str = "") -> None:
        self.silent, self.secret = tuple(silent), tuple(secret)
        super().__init__(name=name)

    def event(self, table: str) -> str:
        return (
            f"AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION tenants_note_change('{','.join(self.silent)}', '{','.join(self.secret)}')"
        )

    def deconstruct(self) -> Any:
        path, _, kwargs = super().deconstruct()
        return path, (), kwargs | {"silent": self.silent, "secret": self.secret}
