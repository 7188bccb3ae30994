"""Till keys and pairing codes: made, shown once, stored as keyed digests and found again by them."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from clyo_ingest.models import PairingCode, TillKey
from postgres.viewer import EVERYTHING, TILL, Viewer, looking_up, serving, was_told
from tenants.models import Till, User

KEY_SCHEME = "clyo"
PREFIX_LENGTH = 8
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
CODE_LIFE = timedelta(hours=24)
ROTATION_OVERLAP = timedelta(hours=48)
LAST_USED_STEP = timedelta(hours=1)


def issue_key(till: Till, *, expires_others: bool = False) -> str:
    """Make a new key of a till and return it; it is shown this once. With `expires_others` the old ones end in 48 h."""
    prefix = "".join(secrets.choice(CODE_ALPHABET) for _ in range(PREFIX_LENGTH))
    key = f"{KEY_SCHEME}_{prefix}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        if expires_others:
            end = timezone.now() + ROTATION_OVERLAP
            longer = Q(expires_at=None) | Q(expires_at__gt=end)  # rotating again never prolongs an old key
            _valid(TillKey.objects.filter(till=till)).filter(longer).update(expires_at=end)
        TillKey.objects.create(tenant_id=till.tenant_id, till=till, prefix=prefix, digest=_digests(key)[0])
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTill:
    """The till whose key was sent, and whether it, its establishment, its customer or the reseller is suspended.

    `former_till`: the same device under the customer from whom its establishment was taken over on a business date.
    """

    key_id: int
    key_used_at: datetime | None
    till_id: int
    tenant_id: int
    establishment_id: int
    suspended: bool
    former_till: int | None = None
    taken_over_on: date | None = None


# In plain SQL, as every call begins with it and composing the query anew costs more than running it. The same statement
# lets the connection serve that till, which saves a round trip. The role is set here, not in the database function: a
# function that runs as its owner cannot set it.
KNOWN_BY = f"""
SELECT key_id, key_used_at, till_id, tenant_id, establishment_id, reseller_id, suspended, former_till,
    taken_over_on, set_config('role', '{TILL}', false)
FROM clyo_ingest_known_by(%s, %s, %s)
"""  # noqa: S608


def enter_by_key(key: str) -> KnownTill | None:
    """The till of a key; the connection serves it from here on. None, and nothing changes, for an unknown or ended key.

    The database compares the digests, not in constant time: without the pepper nobody can choose a digest.
    """
    scheme, _, rest = key.partition("_")
    prefix = rest[:PREFIX_LENGTH]
    if scheme != KEY_SCHEME or len(prefix) != PREFIX_LENGTH:
        return None
    with looking_up(), connection.cursor() as sql:
        sql.execute(KNOWN_BY, [prefix, _digests(key), timezone.now()])
        row = sql.fetchone()
    if row is None:
        return None
    key_id, used_at, till_id, tenant_id, establishment_id, reseller_id, suspended, former, since, _role = row
    was_told(Viewer(role=TILL, reseller=reseller_id, tenant=tenant_id, establishment=establishment_id))
    return KnownTill(
        key_id=key_id,
        key_used_at=used_at,
        till_id=till_id,
        tenant_id=tenant_id,
        establishment_id=establishment_id,
        suspended=suspended,
        former_till=former,
        taken_over_on=since,
    )


def why_ended(key: str) -> str:
    """Why a key is not valid: "key_replaced" while its till has a newer one,
    "key_revoked" when it has none, "key_unknown" when there never was such a key.
    """
    with serving(EVERYTHING):
        ended = TillKey.objects.filter(prefix=key.partition("_")[2][:PREFIX_LENGTH], digest__in=_digests(key)).first()
        if ended is None:
            return "key_unknown"
        newer = _valid(TillKey.objects.filter(till_id=ended.till_id, created_at__gt=ended.created_at))
        return "key_replaced" if newer.exists() else "key_revoked"


def note_use(known: KnownTill) -> None:
    """Store that a key was used; the first use of a new key ends the ones it replaces."""
    now = timezone.now()
    if known.key_used_at is not None and now - known.key_used_at < LAST_USED_STEP:
        return
    with transaction.atomic():
        this = TillKey.objects.filter(pk=known.key_id)
        if known.key_used_at is None:
            older = TillKey.objects.filter(till_id=known.till_id, revoked_at=None)
            older.filter(created_at__lt=this.values("created_at")).update(revoked_at=now)
        this.update(last_used_at=now)


def revoke_keys(till: Till) -> int:
    """End all keys of a till at once. Returns how many were valid."""
    return _valid(TillKey.objects.filter(till=till)).update(revoked_at=timezone.now())


def issue_code(till: Till, *, by: User | None, why: str = "") -> str:
    """Make a pairing code, `K7QM-2PXD`, valid once for 24 hours; earlier unused codes of the till end."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    with transaction.atomic():
        end_codes(till)
        PairingCode.objects.create(
            tenant_id=till.tenant_id,
            till=till,
            digest=_digests(code)[0],
            made_by=by,
            why=why,
            expires_at=timezone.now() + CODE_LIFE,
        )
    return f"{code[:4]}-{code[4:]}"


def end_codes(till: Till) -> None:
    """End the codes of a till that nobody used yet."""
    now = timezone.now()
    PairingCode.objects.filter(till=till, used_at=None, expires_at__gt=now).update(expires_at=now)


class TillSuspended(Exception):
    """The code is good, but its till, or something above it, is suspended. It can be used when that is over."""


def redeem_code(code: str, *, software: str, device: str) -> tuple[Till, str] | None:
    """Turn a pairing code into its till and a first key; None when it is unknown, used or over, or its till was put
    away. Earlier keys end.

    Raises `TillSuspended`, and leaves the code as it is.
    """
    plain = code.replace("-", "").replace(" ", "").upper()
    now = timezone.now()
    with transaction.atomic():
        with serving(EVERYTHING):
            codes = PairingCode.objects.filter(
                digest__in=_digests(plain), used_at=None, expires_at__gt=now, till__ended_at=None
            )
            row = codes.select_for_update(of=("self",)).select_related("till__establishment__tenant__reseller").first()
        if row is None:
            return None
        if row.till.suspended:
            raise TillSuspended
        with serving(viewer_of_till(row.till)):
            PairingCode.objects.filter(pk=row.pk).update(used_at=now)
            Till.objects.filter(pk=row.till_id).update(paired_at=now, software=software[:60], device=device[:120])
            revoke_keys(row.till)
            return row.till, issue_key(row.till)


def viewer_of_till(till: Till) -> Viewer:
    """The viewer as which the database serves a till. Reads its establishment and its customer."""
    return Viewer(
        role=TILL,
        reseller=till.establishment.tenant.reseller_id,
        tenant=till.tenant_id,
        establishment=till.establishment_id,
    )


def _valid(rows: QuerySet[TillKey]) -> QuerySet[TillKey]:
    return rows.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)


def _digests(secret: str) -> list[str]:
    """The digests of a secret: first with today's pepper, then with those that are being rotated out."""
    return [hmac.new(pepper.encode(), secret.encode(), hashlib.sha256).hexdigest() for pepper in settings.KEY_PEPPERS]
