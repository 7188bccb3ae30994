"""Authentication of people: by address and password, and in each request by the session."""

import functools
import operator
from typing import Any

import django_otp
from django.contrib.auth.backends import ModelBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from tenants.membership import OPEN
from tenants.models import Membership, User

NOBODY = -1  # no person has this number


class ByPassword(ModelBackend):
    """Django's own back end, but the person of a session is read in one query with what each request asks of it: its
    reseller and whether that is suspended, its customers, whether it has a second factor."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; None when they may not act any more."""
        found = _find(user_id)
        if found is None or not self.user_can_authenticate(found):
            return None
        person: User = found
        person.leave_by_customer = {it["tenant"]: it["may_replace"] for it in found.leave}
        person.has_device = found.device
        return person


def _find(user_id: int) -> Any:
    """The person with what a request asks about, as Django's own query reads them; its SQL is composed once."""
    compiler, statement, parameters = _compose()
    with connection.cursor() as sql:
        sql.execute(statement, [user_id if it == NOBODY else it for it in parameters])
        rows = sql.fetchall()
    for row in compiler.results_iter([rows]):
        columns = slice(compiler.klass_info["select_fields"][0], compiler.klass_info["select_fields"][-1] + 1)
        names = [column.target.attname for column, _sql, _alias in compiler.select[columns]]
        found = User.from_db(connection.alias, names, row[columns])
        of_others = get_related_populators(compiler.klass_info, compiler.select, connection.alias)  # type: ignore[call-arg]
        for related in of_others:
            related.populate(row, found)
        for name, place in compiler.annotation_col_map.items():
            setattr(found, name, row[place])
        return found
    return None


@functools.cache
def _compose() -> tuple[SQLCompiler, str, tuple[Any, ...]]:
    """The query of one person, with `NOBODY` where the number of that person goes: Django puts the SQL of a query
    together anew each time, which takes as long as all else that finds a request's person."""
    compiler = _everybody().filter(pk=NOBODY).query.get_compiler(DEFAULT_DB_ALIAS)
    statement, parameters = compiler.as_sql()
    assert parameters.count(NOBODY) == 1
    compiler.connection = connections[DEFAULT_DB_ALIAS].copy()  # reads values for every thread: none of their sessions
    return compiler, statement, parameters


def _everybody() -> "QuerySet[Any]":
    """The query of all people."""
    open_ones = Membership.objects.filter(OPEN, user=OuterRef("pk")).order_by("tenant_id")
    leave = ArraySubquery(open_ones.values(leave=JSONObject(tenant="tenant_id", may_replace="may_replace")))
    devices = (Exists(kind.objects.filter(user=OuterRef("pk"), confirmed=True)) for kind in django_otp.device_classes())
    device = functools.reduce(operator.or_, devices)
    return User.objects.select_related("reseller").annotate(leave=leave, device=device)
