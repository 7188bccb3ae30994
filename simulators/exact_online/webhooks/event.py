"""An event as it is sent: its content, and the code that proves who sent it (rules 9)."""

import hashlib
import hmac
import json

from simulators.exact_online.change_signal import Change


def event_body(change: Change, topic: str, client_guid: str, endpoint: str, secret: str) -> bytes:
    """`{"Content":{…},"HashCode":"…"}`; the code is made over the very text of the content."""
    content = json.dumps(
        {
            "Topic": topic,
            "ClientId": client_guid,
            "Division": change.division,
            "Action": change.action,
            "Key": change.key,
            "ExactOnlineEndpoint": endpoint,
        },
        separators=(",", ":"),
    )
    return f'{{"Content":{content},"HashCode":"{hash_code(content, secret)}"}}'.encode()


def hash_code(content: str, secret: str) -> str:
    """HMAC-SHA256 with the app's webhook secret, in upper-case hex."""
    return hmac.new(secret.encode(), content.encode(), hashlib.sha256).hexdigest().upper()
