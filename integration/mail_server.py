"""The mail server that `SMTP_URL` names."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """`smtps://user:password@host:465`, `smtp+starttls://…:587`, or `smtp://host:25` for a relay of one's own."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    tls: bool = False

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read an address. Raises ValueError, which never repeats it: it may hold a password."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("SMTP_URL must be smtps://, smtp+starttls:// or smtp:// and name a host")
        if parts.password and parts.scheme == "smtp":
            raise ValueError("SMTP_URL must not send a password in the clear: use smtps:// or smtp+starttls://")
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            starttls=parts.scheme == "smtp+starttls",
            tls=parts.scheme == "smtps",
        )
