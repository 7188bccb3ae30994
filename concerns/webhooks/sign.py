"""How a webhook's message is signed: the scheme of Standard Webhooks, whose libraries check it (docs/webhooks.md).

What is signed is `id.timestamp.body`, by HMAC-SHA256 with the key that the person was shown once.
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from datetime import datetime

from concerns.models import Webhook

PREFIX = "whsec_"
KEY_BYTES = 32


def new_key() -> str:
    """A new key in the form that receivers use: "whsec_" and 256 random bits in base64."""
    return PREFIX + b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def signature_of(key: str, number: str, seconds: int, body: bytes) -> str:
    """ "v1," and the signature of a message that goes at `seconds` of Unix time."""
    signed = f"{number}.{seconds}.".encode() + body
    digest = hmac.digest(b64decode(key.removeprefix(PREFIX)), signed, "sha256")
    return f"v1,{b64encode(digest).decode()}"


def headers_of(webhook: Webhook, number: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """The headers of one attempt. `number` is the same at each; after the key was changed, the former signs too."""
    keys = [webhook.key]
    if webhook.former_key and webhook.former_until is not None and webhook.former_until > now:
        keys.append(webhook.former_key)
    seconds = int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "Clyo-Exact-Webhook/1",
        "Accept-Encoding": "identity",
        "webhook-id": number,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature_of(key, number, seconds, body) for key in keys),
    }
