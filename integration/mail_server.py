"""Where the service's mail goes and whom it is from: what `EMAIL_URL` and `EMAIL_FROM` say, and nothing else says.

What cannot work is refused when the service starts: a letter that nobody gets is noticed by nobody.
"""

from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


class Security(StrEnum):
    """How the way to the mail server is kept secret."""

    PLAIN = "plain"
    STARTTLS = "STARTTLS"
    TLS = "TLS"


SECURITY = {
    "smtp": Security.PLAIN,
    "smtp+tls": Security.STARTTLS,
    "smtp+starttls": Security.STARTTLS,
    "smtps": Security.TLS,
    "smtp+ssl": Security.TLS,
}
PORTS = {Security.PLAIN: 25, Security.STARTTLS: 587, Security.TLS: 465}
# RFC 8314 and RFC 6409: what a server expects first on these ports. The other way round nothing is ever sent.
PORTS_OF_THE_OTHER = {Security.STARTTLS: {465}, Security.TLS: {25, 587}, Security.PLAIN: {465}}
EXAMPLES = (
    "smtp+tls://user:password@host:587, smtps://user:password@host:465 or, for a relay of your own, smtp://host:25"
)
NOWHERE = ("localhost", "invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server, how it is spoken to, and who logs in there; without a user nobody does."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    security: Security = Security.PLAIN

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read an address. Raises ValueError with a sentence that never repeats it: it may hold a password."""
        parts = _split(url)
        security = SECURITY[parts.scheme]
        server = cls(
            host=parts.hostname or "",
            port=parts.port or PORTS[security],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            security=security,
        )
        server._refuse_what_cannot_work()
        return server

    def _refuse_what_cannot_work(self) -> None:
        if bool(self.user) != bool(self.password):
            raise ValueError("EMAIL_URL must hold a user and a password, or neither: with one alone nobody logs in")
        if not f"{self.user}{self.password}".isascii():
            raise ValueError("EMAIL_URL holds a user or password with letters beyond ASCII: no log-in has them")
        if self.password and self.security is Security.PLAIN:
            raise ValueError("EMAIL_URL must not send a password in the clear: use smtp+tls:// or smtps://")
        if self.port in PORTS_OF_THE_OTHER[self.security]:
            raise ValueError(
                f"EMAIL_URL names port {self.port}, where no server speaks {self.security}: "
                "smtp+tls:// is for port 587, smtps:// for port 465, smtp:// for port 25"
            )

    def __str__(self) -> str:
        """The server in words, without its password."""
        who = f"log-in as {self.user}" if self.user else "no log-in"
        return f"{self.host}, port {self.port} ({self.security}, {who})"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # is read here: its own error would repeat what may be a password
    except ValueError:
        raise ValueError(f"EMAIL_URL cannot be read. Write {EXAMPLES}") from None
    if parts.scheme not in SECURITY or not parts.hostname:
        raise ValueError(f"EMAIL_URL must be {EXAMPLES}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            "EMAIL_URL has something after the port. Write /, ?, #, @, : and % of a password as %2F, %3F, %23, %40, "
            "%3A and %25"
        )
    return parts


def check_sender(sender: str) -> None:
    """Look at `EMAIL_FROM`. Raises ValueError unless it is an address that can be answered: `Name <name@domain>`."""
    _name, address = parseaddr(sender)
    try:
        validate_email(address)
    except ValidationError:
        raise ValueError("EMAIL_FROM must be an address, such as Clyo → Exact <exact@your.domain>") from None
    if address.rpartition("@")[2].rpartition(".")[2].lower() in NOWHERE:
        raise ValueError("EMAIL_FROM must be of a domain of your own: servers refuse mail from nowhere")
