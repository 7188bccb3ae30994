"""Till keys and pairing codes: made, shown once, stored as keyed digests, found again in constant time."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from clyo_ingest.models import PairingCode, TillKey
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
    """Whose key was sent, and whether the till, its establishment, its customer or the reseller is suspended."""

    key_id: int
    key_used_at: datetime | None
    till_id: int
    tenant_id: int
    establishment_id: int
    suspended: bool


# In plain SQL: every call of every till begins with it, and composing the same query anew costs more than running it.
KNOWN_BY = """
SELECT till_key.digest, till_key.id, till_key.last_used_at, till.id, till.tenant_id, till.establishment_id,
       COALESCE(till.suspended_at, establishment.suspended_at, tenant.suspended_at, reseller.suspended_at) IS NOT NULL
FROM clyo_ingest_tillkey AS till_key
JOIN tenants_till AS till ON till.id = till_key.till_id
JOIN tenants_establishment AS establishment ON establishment.id = till.establishment_id
JOIN tenants_tenant AS tenant ON tenant.id = till.tenant_id
JOIN tenants_reseller AS reseller ON reseller.id = tenant.reseller_id
WHERE till_key.prefix = %s AND till_key.revoked_at IS NULL AND COALESCE(till_key.expires_at > %s, true)
"""


def find_key(key: str) -> KnownTill | None:
    """The till behind what was sent as its key; None for an unknown or ended key."""
    scheme, _, rest = key.partition("_")
    prefix = rest[:PREFIX_LENGTH]
    if scheme != KEY_SCHEME or len(prefix) != PREFIX_LENGTH:
        return None
    with connection.cursor() as sql:
        sql.execute(KNOWN_BY, [prefix, timezone.now()])
        row = sql.fetchone()
    if row is None or not any(hmac.compare_digest(row[0], digest) for digest in _digests(key)):
        return None
    _, key_id, used_at, till_id, tenant_id, establishment_id, suspended = row
    return KnownTill(
        key_id=key_id,
        key_used_at=used_at,
        till_id=till_id,
        tenant_id=tenant_id,
        establishment_id=establishment_id,
        suspended=suspended,
    )


def why_ended(key: str) -> str:
    """What became of a key that `find_key` does not know: "key_replaced" while its till has a newer one, "key_revoked"
    when it has none, "key_unknown" when there never was such a key.
    """
    ended = TillKey.objects.filter(prefix=key.partition("_")[2][:PREFIX_LENGTH], digest__in=_digests(key)).first()
    if ended is None:
        return "key_unknown"
    newer = _valid(TillKey.objects.filter(till_id=ended.till_id, created_at__gt=ended.created_at))
    return "key_replaced" if newer.exists() else "key_revoked"


def note_use(known: KnownTill) -> None:
    """Remember that a key was used; the first use of a new key ends the ones it replaces."""
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


def issue_code(till: Till, *, by: User | None) -> str:
    """Make a pairing code, `K7QM-2PXD`, valid once for 24 hours; earlier unused codes of the till end."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    with transaction.atomic():
        PairingCode.objects.filter(till=till, used_at=None).update(expires_at=timezone.now())
        PairingCode.objects.create(
            tenant_id=till.tenant_id,
            till=till,
            digest=_digests(code)[0],
            made_by=by,
            expires_at=timezone.now() + CODE_LIFE,
        )
    return f"{code[:4]}-{code[4:]}"


class TillSuspended(Exception):
    """The code is good, but its till, or something above it, is suspended. It can be used when that is over."""


def redeem_code(code: str, *, software: str, device: str) -> tuple[Till, str] | None:
    """Turn a pairing code into its till and a first key; None when it is unknown, used or over. Earlier keys end.

    Raises `TillSuspended`, and leaves the code as it is.
    """
    plain = code.replace("-", "").replace(" ", "").upper()
    now = timezone.now()
    with transaction.atomic():
        codes = PairingCode.objects.filter(digest__in=_digests(plain), used_at=None, expires_at__gt=now)
        row = codes.select_for_update(of=("self",)).select_related("till__establishment__tenant__reseller").first()
        if row is None:
            return None
        if row.till.suspended:
            raise TillSuspended
        PairingCode.objects.filter(pk=row.pk).update(used_at=now)
        Till.objects.filter(pk=row.till_id).update(paired_at=now, software=software[:60], device=device[:120])
        revoke_keys(row.till)
        return row.till, issue_key(row.till)


def _valid(rows: QuerySet[TillKey]) -> QuerySet[TillKey]:
    return rows.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)


def _digests(secret: str) -> list[str]:
    """The digest under today's pepper first, then under those that are being rotated out."""
    return [hmac.new(pepper.encode(), secret.encode(), hashlib.sha256).hexdigest() for pepper in settings.KEY_PEPPERS]
