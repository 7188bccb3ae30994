"""The addresses a webhook may have: servers of the open internet over HTTPS, never inside our own network.

A name is resolved when the connection is made, and exactly the resolved address is used (`wire`): what the name led to
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
# The range of IPv6 that is routed today (IANA). Addresses that contain IPv4 ones are refused, not unpacked.
GLOBAL_UNICAST = IPv6Network("2000::/3")
CARRYING_IPV4 = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))  # Teredo, 6to4
# Addresses that Python counts as public and that are inside a cloud: the IETF block (RFC 6890; Oracle's machines read
# their keys there), and the one that every machine at Azure has.
INNER_IPV4 = (IPv4Network("192.0.0.0/24"), IPv4Network("168.63.129.16/32"))


class BadAddress(Exception):
    """An address that no webhook may have; `why` tells the person who typed it."""

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
        """The address that is posted to: scheme, server, port and path, and no other part of what was typed."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        """Server and port as a `Host` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"

    @property
    def shown_as(self) -> str:
        """The part that may be shown, as the rest can hold a secret."""
        return f"{self.scheme}://{self.authority}/…"


def read_address(text: str) -> Target:
    """Parse a typed address. Raises `BadAddress`. Its name is not resolved here."""
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
    """The IP addresses that a name resolves to now, each once.

    Raises `TimeoutError` after `within` seconds, `UnicodeError` for what is no name, another `OSError` when it does not
    resolve. The system's resolver has no timeout and cannot be stopped: one that takes longer ends later, unused.
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
