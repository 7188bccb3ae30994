"""Where a webhook may lead: to servers of the open internet over HTTPS, never into a network of ours.

What a name leads to is asked when a connection is made, and that very address is connected to (`wire`): what it led to
when a person typed it proves nothing.
"""

import socket
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Thread
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ADDRESS_MAX = 500
PORTS = (443, 8443)
# All that is routed of IPv6 today (IANA); what carries IPv4 addresses inside is not ours to unpack.
GLOBAL_UNICAST = IPv6Network("2000::/3")
CARRYING_IPV4 = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))  # Teredo, 6to4
# Public by their numbers for Python, and inside of a cloud: IETF's own block (RFC 6890; Oracle's machines read their
# keys in it), and what every machine of Azure's has.
INNER_IPV4 = (IPv4Network("192.0.0.0/24"), IPv4Network("168.63.129.16/32"))


class BadAddress(Exception):
    """An address no webhook may have; `why` says so to whoever typed it."""

    def __init__(self, why: str | Promise) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address, taken apart. `path` holds the query too."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """What is posted to: scheme, server, port and path, and nothing else of what was typed."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        """Server and port as a `Host` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"

    @property
    def shown_as(self) -> str:
        """What may be shown of it: the rest can hold a secret."""
        return f"{self.scheme}://{self.authority}/…"


def read_address(text: str) -> Target:
    """Take a typed address apart. Raises `BadAddress`. Of its name nothing is looked up here."""
    if not text or len(text) > ADDRESS_MAX or not text.isascii() or any(it <= " " or it == "\x7f" for it in text):
        raise BadAddress(_("This is no address. Copy it whole, as your receiver shows it: https://…"))
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadAddress(_("This is no address. Copy it whole, as your receiver shows it: https://…")) from None
    near = settings.WEBHOOKS_TO_LOOPBACK
    if parts.scheme != "https" and not (near and parts.scheme == "http"):
        raise BadAddress(_("The address must begin with https://."))
    if not host or "@" in parts.netloc or parts.fragment:
        raise BadAddress(_("An address with a name and password, or with a “#”, cannot be used."))
    port = port or (443 if parts.scheme == "https" else 80)
    if port not in PORTS and not near:
        raise BadAddress(_("Only the ports 443 and 8443 can be used."))
    query = f"?{parts.query}" if parts.query else ""
    return Target(scheme=parts.scheme, host=host, port=port, path=f"{parts.path or '/'}{query}")


def addresses_of(host: str, port: int, *, within: float) -> list[str]:
    """What a name leads to now, each address once.

    Raises `TimeoutError` after `within` seconds, `UnicodeError` for what is no name, another `OSError` when it leads
    nowhere. The system's look-up knows no timeout and cannot be stopped: one that lasts longer ends by itself, unheard.
    """
    answered: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answered.set_result([*dict.fromkeys(str(where[0]) for *_, where in found)])
        except Exception as error:
            answered.set_exception(error)

    Thread(target=look_up, name="webhook-look-up", daemon=True).start()
    return answered.result(within)


def may_be_reached(address: str, *, encrypted: bool = True) -> bool:
    """Whether a webhook may connect to this address: a public one, over TLS; or loopback where that is allowed."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if settings.WEBHOOKS_TO_LOOPBACK and found.is_loopback:
        return True
    return encrypted and _is_public(found)


def _is_public(found: IPv4Address | IPv6Address) -> bool:
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in it for it in INNER_IPV4)
    return found in GLOBAL_UNICAST and not any(found in it for it in CARRYING_IPV4)
