"""Till keys and pairing codes: made, shown once, stored as keyed digests, found again in constant time."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
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


def find_key(key: str) -> TillKey | None:
    """The valid key row for what a till sent, with everything above the till; None for an unknown or ended key."""
    scheme, _, rest = key.partition("_")
    prefix = rest[:PREFIX_LENGTH]
    if scheme != KEY_SCHEME or len(prefix) != PREFIX_LENGTH:
        return None
    row = _valid(TillKey.objects.filter(prefix=prefix)).select_related("till__establishment__tenant__reseller").first()
    if row is None or not any(hmac.compare_digest(row.digest, digest) for digest in _digests(key)):
        return None
    return row


def note_use(row: TillKey) -> None:
    """Remember that a key was used; the first use of a new key ends the ones it replaces."""
    now = timezone.now()
    if row.last_used_at is not None and now - row.last_used_at < LAST_USED_STEP:
        return
    with transaction.atomic():
        if row.last_used_at is None:
            older = TillKey.objects.filter(till_id=row.till_id, created_at__lt=row.created_at, revoked_at=None)
            older.update(revoked_at=now)
        TillKey.objects.filter(pk=row.pk).update(last_used_at=now)


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


def redeem_code(code: str, *, software: str, device: str) -> tuple[Till, str] | None:
    """Turn a pairing code into its till and a first key; None when it is unknown, used or over. Earlier keys end."""
    plain = code.replace("-", "").replace(" ", "").upper()
    now = timezone.now()
    with transaction.atomic():
        codes = PairingCode.objects.filter(digest__in=_digests(plain), used_at=None, expires_at__gt=now)
        row = codes.select_for_update(of=("self",)).select_related("till__establishment__tenant__reseller").first()
        if row is None or row.till.suspended:
            return None
        PairingCode.objects.filter(pk=row.pk).update(used_at=now)
        Till.objects.filter(pk=row.till_id).update(paired_at=now, software=software[:60], device=device[:120])
        revoke_keys(row.till)
        return row.till, issue_key(row.till)


def _valid(rows: QuerySet[TillKey]) -> QuerySet[TillKey]:
    return rows.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)


def _digests(secret: str) -> list[str]:
    """The digest under today's pepper first, then under those that are being rotated out."""
    return [hmac.new(pepper.encode(), secret.encode(), hashlib.sha256).hexdigest() for pepper in settings.KEY_PEPPERS]
