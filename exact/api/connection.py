"""A customer's consent at Exact: made once by a log-in, kept alive by renewing its tokens, one renewal at a time.

rules.md §1.5–1.8: every refresh token works once, a loser of a race loses the connection, and a token younger than
570 s cannot be renewed. So the row is locked, read again, renewed, and committed before the new token is used.
When Exact refuses an access token, it is asked to renew it at once, however young: so a withdrawn consent is noticed.
If it then calls the refused token "not expired", the consent is in doubt until it can be renewed (`consent`).
When a refresh token is refused, another worker may be about to store its successor, so the row is read again; storing a
successor is retried. Only a process that dies in between loses a consent.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as database
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from exact.api.client import NEVER_SENT
from exact.api.consent import EARLIEST_RENEWAL, MARGIN, next_try_at
from exact.api.counted import TOKEN, counted
from exact.api.errors import ConsentInDoubt, NeedsReconnect, Unavailable
from exact.models import Connection, ConnectionState, ExactApp
from tenants.models import Tenant

log = structlog.get_logger()

TOKEN_PATH = "/api/oauth2/token"  # noqa: S105
LIFE_S = 600
# Exact refuses to renew a token that is too young ("not expired"): then it is used this long before the next try.
ASK_AGAIN_AFTER = timedelta(seconds=10)
TOKEN_TIMEOUT_S = 10.0
LOCK_TIMEOUT_MS = 30_000
LOOK_AGAIN_AFTER_S = 1.5
# How long storing new tokens is retried: a database that restarts is back long before.
SAVE_AGAIN_AFTER_S = 0.5
SAVE_TRIES = 120
TOKEN_FIELDS = ("access_token", "refresh_token", "access_issued_at", "access_expires_at")
# The columns that say what is wrong with a consent, as a new pair of tokens resets them.
TOLD_FIELDS = ("problem", "doubted_at", "told_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """The tokens from the token endpoint, and when they were issued."""

    access: str
    refresh: str
    issued_at: datetime
    expires_at: datetime


@dataclass(slots=True)
class Renewal:
    """One renewal under way: the refresh token that it uses up, and the new pair that Exact gave for it."""

    spent: str = ""
    pair: TokenPair | None = None


class NotExpired(Exception):
    """Exact says the access token is still good: the renewal came too early, nothing is lost."""


class Refusal(Exception):
    """The token endpoint refused the refresh token for good."""


def connect(*, tenant: Tenant, app: ExactApp, code: str, redirect_uri: str, http: httpx.Client) -> Connection:
    """Turn the code of an Exact log-in into a connection of `tenant`. Raises `NeedsReconnect` when it is refused."""
    try:
        pair = _request(http, app, {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})
    except (Refusal, NotExpired) as error:
        raise NeedsReconnect(f"Exact refused the log-in: {error}") from error
    connection = Connection(tenant=tenant, app=app)
    _put(connection, pair)
    connection.save()
    return connection


def identify(connection: Connection, me: Mapping[str, Any]) -> None:
    """Note whose consent a connection is, from `current/Me`. A second consent of the same user replaces the first.

    The customer's older connection of that user gets the new tokens, and `connection` becomes that row: so its
    divisions, and what waits in them, go on.
    """
    known = {
        "user_name": str(me["FullName"] or "")[:120],
        "user_language": str(me["LanguageCode"] or "")[:10],
        "user_email": str(me["Email"] or "")[:254],
        "user_id": str(me["UserID"]),
    }
    with transaction.atomic():
        same = Connection.objects.select_for_update(of=("self",)).filter(
            tenant_id=connection.tenant_id, app_id=connection.app_id, user_id=known["user_id"]
        )
        before = same.exclude(pk=connection.pk).first()
        if before is not None:
            new = Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
            for name in TOKEN_FIELDS:
                setattr(before, name, getattr(new, name))
            before.state = ConnectionState.ACTIVE
            _forget_trouble(before)
            new.delete()
            connection.pk = before.pk
        row, changed = (before, [*TOKEN_FIELDS, "state", *TOLD_FIELDS]) if before else (connection, [])
        for name, value in known.items():
            setattr(row, name, value)
        row.save(update_fields=[*known, *changed])
    connection.refresh_from_db()


def disconnect(connection_id: int) -> None:
    """Forget a consent's tokens. Exact has no address to end a consent: the user does that there (rules.md §1.9)."""
    Connection.objects.filter(pk=connection_id).update(
        state=ConnectionState.DISCONNECTED,
        access_token="",
        refresh_token="",
        problem="",
        doubted_at=None,
        told_at=timezone.now(),
    )


class ConnectionTokens:
    """The token source of one connection, for `ExactClient`.

    A good token is kept in memory and used without reading the row; Exact refuses it if it was replaced since.
    """

    def __init__(self, connection: Connection, http: httpx.Client) -> None:
        self._connection_id = connection.pk
        self._http = http
        self._access = ""
        self._good_until = timezone.now()
        if connection.state == ConnectionState.ACTIVE and not _needs_renewal(connection):
            self._remember(connection)

    def current(self) -> str:
        """The access token to use now; renewed when less than 18 s are left. Raises `NeedsReconnect`, `Unavailable`."""
        if not self._access or timezone.now() > self._good_until:
            self._remember(renewed(self._connection_id, http=self._http))
        return self._access

    def renew(self, refused: str) -> str:
        """A token other than `refused`. Raises `NeedsReconnect` when there is none, at least for now."""
        connection = renewed(self._connection_id, http=self._http, refused=refused)
        self._remember(connection)
        if self._access == refused:
            raise ConsentInDoubt("Exact refuses a token that it calls not expired", until=next_try_at(connection))
        return self._access

    def doubt(self, refused: str) -> ConsentInDoubt:
        """Note that Exact refused even the renewed token: the consent is in doubt. Returns the error to raise."""
        with transaction.atomic():
            connection = _lock(self._connection_id)
            still_in_use = connection.state == ConnectionState.ACTIVE and connection.access_token == refused
            if still_in_use and connection.doubted_at is None:
                connection.doubted_at = timezone.now()
                connection.save(update_fields=["doubted_at"])
        return ConsentInDoubt("Exact refuses a fresh token", until=next_try_at(connection))

    def _remember(self, connection: Connection) -> None:
        self._access = connection.access_token
        self._good_until = (connection.access_expires_at or timezone.now()) - MARGIN


def renewed(connection_id: int, *, http: httpx.Client, refused: str = "", anyway: bool = False) -> Connection:
    """The connection with a usable access token, renewed by us or by whoever held the lock before us.

    `refused`: a token that Exact answered with 401. Exact is asked to renew it even before its time is over; once, and
    again when a consent in doubt can be renewed. `anyway`: ask Exact however young the token looks, as the database was
    restored and its token may not be the newest. Raises `NeedsReconnect` when the consent is gone, and `Unavailable`
    when Exact, or the worker that holds the lock, did not answer.
    """
    renewal = Renewal()
    try:
        connection = _renew_under_lock(connection_id, http, refused, renewal, anyway=anyway)
    except Refusal as refusal:
        connection = _dead_unless_replaced(connection_id, renewal.spent, str(refusal))
    except (OperationalError, InterfaceError) as error:
        if renewal.pair is not None:
            connection = _write_after_all(connection_id, renewal.spent, renewal.pair)
        elif isinstance(error.__cause__, LockNotAvailable):
            raise Unavailable("another worker is still renewing the token") from error
        else:
            raise
    if connection.state != ConnectionState.ACTIVE:
        raise NeedsReconnect(connection.problem)
    return connection


def _renew_under_lock(
    connection_id: int, http: httpx.Client, refused: str, renewal: Renewal, *, anyway: bool
) -> Connection:
    """Renew the tokens while the row is locked. Returns the connection as stored. Raises `Refusal`, nothing changed."""
    with transaction.atomic(durable=True):
        with database.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(LOCK_TIMEOUT_MS)])
        connection = _lock(connection_id)
        if connection.state != ConnectionState.ACTIVE or not (anyway or _needs_renewal(connection, refused)):
            return connection
        renewal.spent = connection.refresh_token
        try:
            renewal.pair = _request(
                http, connection.app, {"grant_type": "refresh_token", "refresh_token": renewal.spent}
            )
        except NotExpired:
            log.info("exact_token_not_expired", connection=connection_id)
            connection.access_expires_at = timezone.now() + ASK_AGAIN_AFTER + MARGIN
            if refused and connection.access_token == refused:
                connection.doubted_at = connection.doubted_at or timezone.now()
            connection.save(update_fields=["access_expires_at", "doubted_at"])
        else:
            _put(connection, renewal.pair)
            connection.save(update_fields=[*TOKEN_FIELDS, *TOLD_FIELDS])
    return connection


def _lock(connection_id: int) -> Connection:
    return Connection.objects.select_for_update(of=("self",)).select_related("app").get(pk=connection_id)


def _dead_unless_replaced(connection_id: int, spent: str, why: str) -> Connection:
    """Mark the consent as lost, unless another worker used the token and stored its successor (rules.md §1.8)."""
    time.sleep(LOOK_AGAIN_AFTER_S)
    with transaction.atomic(durable=True):
        connection = _lock(connection_id)
        if connection.state == ConnectionState.ACTIVE and connection.refresh_token == spent:
            _declare_dead(connection, why)
    return connection


def _write_after_all(connection_id: int, spent: str, pair: TokenPair) -> Connection:
    """Store a new pair that could not be stored as the database was away: retried until it is back.

    If another worker marked the consent as lost meanwhile, that is undone. Raises `Unavailable` after a minute.
    """
    for _attempt in range(SAVE_TRIES):
        database.close()
        try:
            with transaction.atomic(durable=True):
                connection = _lock(connection_id)
                if connection.refresh_token == spent:
                    _put(connection, pair)
                    connection.state = ConnectionState.ACTIVE
                    connection.save(update_fields=[*TOKEN_FIELDS, "state", *TOLD_FIELDS])
        except (OperationalError, InterfaceError):
            time.sleep(SAVE_AGAIN_AFTER_S)
        else:
            log.warning("exact_token_written_after_all", connection=connection_id)
            return connection
    raise Unavailable("the database is away, the new token with it")


def _needs_renewal(connection: Connection, refused: str = "") -> bool:
    now, issued, expires = timezone.now(), connection.access_issued_at, connection.access_expires_at
    if issued is None or expires is None:
        return True
    if refused and connection.access_token == refused:
        return connection.doubted_at is None or now > next_try_at(connection)
    if issued <= now < issued + EARLIEST_RENEWAL:
        return False
    # Issued in the future, so by a machine whose clock was ahead: then only Exact knows how old it is.
    return now > expires - MARGIN


def _put(connection: Connection, pair: TokenPair) -> None:
    connection.access_token, connection.refresh_token = pair.access, pair.refresh
    connection.access_issued_at, connection.access_expires_at = pair.issued_at, pair.expires_at
    _forget_trouble(connection)


def _forget_trouble(connection: Connection) -> None:
    connection.problem, connection.doubted_at, connection.told_at = "", None, None


def _declare_dead(connection: Connection, why: str) -> None:
    connection.state, connection.problem = ConnectionState.RECONNECT_REQUIRED, why[:300]
    connection.doubted_at = connection.told_at = None
    connection.save(update_fields=["state", *TOLD_FIELDS])
    log.warning("exact_reconnect_required", connection=connection.pk)


@counted(TOKEN)
def _request(http: httpx.Client, app: ExactApp, grant: dict[str, str]) -> TokenPair:
    """Call the token endpoint. After a time-out the old token is kept, and the next renewal shows if it still works."""
    form = {**grant, "client_id": app.client_id, "client_secret": app.client_secret}
    try:
        response = http.post(f"{app.base_url.rstrip('/')}{TOKEN_PATH}", data=form, timeout=TOKEN_TIMEOUT_S)
    except httpx.RequestError as error:
        words = "cannot be reached" if isinstance(error, NEVER_SENT) else "gave no answer"
        raise Unavailable(f"Exact's token endpoint {words}") from error
    document = _document(response)
    if "access_token" in document and "refresh_token" in document:
        # Whatever the status is, an answer with a pair used the old token up (rules.md §1.5; even a 429 may have one).
        return _pair(document)
    said = f"{document.get('error', '')} {document.get('error_description', '')} {response.headers.get('Reason', '')}"
    if "not expired" in f"{said} {response.text}":
        raise NotExpired
    if response.status_code in (400, 401) and "fault" not in document and not _is_page(response):
        raise Refusal(said.strip() or response.text[:200])
    raise Unavailable(f"Exact's token endpoint answered {response.status_code}")


def _is_page(response: httpx.Response) -> bool:
    """Whether a device between answered, such as a firewall: its page says nothing about the consent."""
    return response.text.lstrip().startswith("<")


def _document(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _pair(document: dict[str, Any]) -> TokenPair:
    now = timezone.now()
    return TokenPair(
        access=document["access_token"],
        refresh=document["refresh_token"],
        issued_at=now,
        expires_at=now + timedelta(seconds=_life_s(document.get("expires_in"))),
    )


def _life_s(stated: object) -> int:
    """`expires_in`, a string of digits; a pair is not thrown away because it is stated otherwise (rules.md §1.3)."""
    text = str(stated)
    return int(text) if text.isascii() and text.isdigit() else LIFE_S
