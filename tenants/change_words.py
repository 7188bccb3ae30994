"""A change of the audit as people read it: who did it, what kind of row it was, what it was and became."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Case, DateTimeField, EmailField, Expression, JSONField, Model, Q, QuerySet, When
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postgres.guards import Audited
from tenants.models import Change, Operation, User
from tenants.scope import visible_to
from tenants.users import call_address

VALUE_MAX = 120
# Columns every row begins with, or that are ids of others; they say nothing that the page does not say already.
PLUMBING = frozenset({"id", "tenant_id", "created_at", "user_id"})
# Rows that are no room's own and are audited all the same: what they are called. Their columns say nothing to people.
OF_OTHERS = {"otp_totp_totpdevice": gettext_lazy("second factor")}
ANYTHING = None

# What changed in a document, given what it was and became: the name of each part, what it was, what it became.
Teller = Callable[[Any, Any], Iterable[tuple[str, str, str]]]
_tellers: dict[tuple[str, str], Teller] = {}
# The same with what held beside the document then, and the annotation of changes that reads it.
TellerBeside = Callable[[Any, Any, Any], Iterable[tuple[str, str, str]]]
_beside: dict[tuple[str, str], tuple[TellerBeside, Callable[[], Expression]]] = {}
# What tills write by themselves, by table: these columns, or `ANYTHING`.
_by_tills: dict[str, frozenset[str] | None] = {"tenants_till": frozenset({"device", "software", "paired_at"})}


def tell_with(table: str, column: str, teller: Teller) -> None:
    """Have a column told by the room that knows what is in it, for instance each setting of a mapping by its name."""
    _tellers[table, column] = teller


def tell_beside(table: str, column: str, teller: TellerBeside, read: Callable[[], Expression]) -> None:
    """The same for a column of which a change cannot be told by itself: `read` reads what the teller needs besides."""
    tell_with(table, column, lambda was, became: teller(was, became, None))
    _beside[table, column] = teller, read


def with_beside(changes: QuerySet[Change]) -> QuerySet[Change]:
    """The same changes, with what `differences` needs besides."""
    reading = [When(table_name=table, then=read()) for (table, _column), (_teller, read) in _beside.items()]
    return changes.annotate(beside=Case(*reading, default=None, output_field=JSONField()))


def written_by_tills(table: str, *columns: str) -> None:
    """Say which columns of a table a till writes by itself; all of them when none is named."""
    _by_tills[table] = frozenset(columns) or ANYTHING


def may_read_changes(user: Any, model: type[Model]) -> bool:
    """Whether a person may read what was done to rows of a model: who may invite people, all; else who changes such
    rows itself. The rows of people are changed by those who invite, so nobody else reads theirs."""
    if not isinstance(user, User) or not any(isinstance(it, Audited) for it in model._meta.constraints):
        return False
    return user.has_perm("tenants.view_change") or user.has_perm(
        f"{model._meta.app_label}.change_{model._meta.model_name}"
    )


def changes_of(user: User, *rows: Model) -> QuerySet[Change]:
    """The changes of these rows that the person may read, the newest first. One index look-up for each row."""
    about = Q(pk__in=[])
    for row in rows:
        if may_read_changes(user, type(row)):
            about |= Q(table_name=row._meta.db_table, row_id=str(row.pk))
    return (
        with_beside(visible_to(user, Change.objects.filter(about)))
        .select_related("actor__reseller", "seen_as__reseller")
        .order_by("-at", "-pk")
    )


def who_did(change: Change) -> str:
    """The person at the keyboard, never whose view it was; or the link whose pages it was done on; else the till or
    the service itself."""
    if change.link is not None:
        return _("activation link {number} of {holder}").format(number=change.link, holder=change.link_holder)
    if change.actor is None and change.actor_id is not None:
        return _("somebody of another company")
    if change.actor is None:
        return _("the till") if _is_of_a_till(change) else _("the service, by itself")
    if change.letter is not None:
        return _("{person}, by a letter").format(person=change.actor)
    if change.seen_as is None:
        return str(change.actor)
    return _("{person}, in the view of {other}").format(person=change.actor, other=change.seen_as)


def _is_of_a_till(change: Change) -> bool:
    own = _by_tills.get(change.table_name, frozenset())
    return own is ANYTHING or own >= {*change.before, *change.after} - PLUMBING - _silent(change) != set()


def _silent(change: Change) -> set[str]:
    """The columns of a new row that are left out: its owner, and values that are the default."""
    if change.operation != Operation.INSERT:
        return set()
    fields = _fields_of(change)
    empty = {column for column, value in change.after.items() if value in (None, "", [], {})}
    return empty | {column for column, field in fields.items() if field.is_relation}


def kind_of(change: Change) -> str:
    """What sort of row was changed: "establishment"."""
    model = model_of(change.table_name)
    return str(OF_OTHERS.get(change.table_name) or (model._meta.verbose_name if model else change.table_name))


def name_of(change: Change) -> str:
    """Which row it was, as it was called then; nothing for those that have only a program's name."""
    return "" if change.table_name in OF_OTHERS else call_address(change.label)


def model_of(table: str) -> type[Model] | None:
    """The model of an audited table."""
    return next((model for model in apps.get_models() if model._meta.db_table == table), None)


def differences(change: Change) -> Iterator[tuple[str, str]]:
    """Each column that differs, by the name people know, and "before → after"; documents part by part."""
    if change.table_name in OF_OTHERS:
        return
    fields = _fields_of(change)
    for column in sorted({*change.before, *change.after} - PLUMBING):
        field = fields.get(column)
        if field is not None and field.is_relation and change.operation == Operation.INSERT:
            continue
        was, became = change.before.get(column), change.after.get(column)
        if teller := _tellers.get((change.table_name, column)):
            told = _tell(change, column, teller)
            yield from ((name, _arrow(before, after)) for name, before, after in told if before != after)
            continue
        before, after = in_words(was, field), in_words(became, field)
        if isinstance(field, EmailField) and change.tenant_id is not None:
            before, after = call_address(before), call_address(after)
        if before != after:
            yield (str(field.verbose_name) if field is not None else column), _arrow(before, after)


def _tell(change: Change, column: str, teller: Teller) -> Iterable[tuple[str, str, str]]:
    was, became = change.before.get(column), change.after.get(column)
    if (change.table_name, column) not in _beside:
        return teller(was, became)
    with_it, _read = _beside[change.table_name, column]
    return with_it(was, became, getattr(change, "beside", None))


def _fields_of(change: Change) -> dict[str, Any]:
    model = model_of(change.table_name)
    return {field.column: field for field in model._meta.concrete_fields if field.column} if model else {}


def in_words(value: Any, field: Any = None) -> str:
    """A stored value as people read it, short enough for a list; nothing for what is empty."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(in_words(it, getattr(field, "base_field", None)) for it in value)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, DateTimeField) and (moment := parse_datetime(str(value))):
        return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")
    text = "…" if isinstance(value, dict) else str(value)  # documents have a teller, whatever else they are
    return text if len(text) <= VALUE_MAX else f"{text[:VALUE_MAX]}…"


def _arrow(before: str, after: str) -> str:
    """ "what it was → what it is"; of yes and no what it is now."""
    yes, no = _("yes"), _("no")
    if after in (yes, no) and before in ("", yes, no):
        return after if not before else _("now yes") if after == yes else _("now no")
    return f"{before or '–'}\N{NO-BREAK SPACE}→ {after or '–'}"
