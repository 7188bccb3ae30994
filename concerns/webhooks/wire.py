"""One request to a webhook: to the address that was checked, limited in time and size, without following redirects.

httpcore itself, not httpx: it knows neither redirects, cookies nor the proxies of the environment, and lets us make the
connection (its `NetworkBackend`), which is where a name becomes an address.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from concerns.models import Outcome
from concerns.webhooks.address import Target, addresses_of, may_be_reached

CONNECT_S, READ_S = 5.0, 10.0
# The time from resolving the name to the last byte, however slowly the bytes come.
WHOLE_S = 20.0
ANSWER_MAX = 4096
_ca_bundle = lru_cache(maxsize=1)(httpx.create_ssl_context)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of a request: how it ended, the status, and the beginning of the body."""

    outcome: Outcome
    status: int | None = None
    said: str = ""


class _Refused(Exception):
    """The address may not be reached, so no connection was tried."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class _Stream(httpcore.NetworkStream):
    """A connection with one deadline for all of its waits together."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self._inner, self._until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _bound_wait(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _bound_wait(self._until, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._inner.start_tls(ssl_context, server_hostname, _bound_wait(self._until, timeout))
        return _Stream(secure, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Guarded(httpcore.NetworkBackend):
    """Connects to a resolved address if a webhook may reach it: exactly the address that was checked is used."""

    def __init__(self, until: float, *, encrypted: bool) -> None:
        self._until, self._encrypted, self._inner = until, encrypted, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = addresses_of(host, port, within=_bound_wait(self._until, timeout))
        except TimeoutError:
            raise httpcore.ConnectTimeout from None
        except (OSError, UnicodeError):
            raise _Refused(Outcome.NO_SUCH_NAME) from None
        # A name with even one inner address is refused: it was made to reach inside.
        if not addresses or not all(may_be_reached(it, encrypted=self._encrypted) for it in addresses):
            raise _Refused(Outcome.FORBIDDEN)
        failure: Exception | None = None
        for address in addresses:
            try:
                stream = self._inner.connect_tcp(
                    address, port, _bound_wait(self._until, timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._until)
        assert failure is not None
        raise failure


def _bound_wait(until: float, timeout: float | None) -> float:
    """How long one wait may last: its own timeout, at most until the deadline."""
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(timeout, left)


def post(target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
    """Send one request and return its result. Raises nothing for failures of the server or the network."""
    until = time.monotonic() + WHOLE_S
    backend = _Guarded(until, encrypted=target.scheme == "https")
    timeouts = {"connect": CONNECT_S, "read": READ_S, "write": READ_S, "pool": CONNECT_S}
    sent = [("Host", target.authority), *headers.items(), ("Content-Length", str(len(body)))]
    try:
        with httpcore.ConnectionPool(ssl_context=_ca_bundle(), network_backend=backend, retries=0) as pool:
            extensions = {"timeout": timeouts}
            with pool.stream("POST", target.url, headers=sent, content=body, extensions=extensions) as answer:
                return _judge(answer.status, _read_some(answer))
    except _Refused as refused:
        return Answer(outcome=refused.outcome)
    except httpcore.TimeoutException:
        return Answer(outcome=Outcome.TOO_SLOW)
    except httpcore.ConnectError as error:
        trusted = not isinstance(error.__context__, ssl.SSLError)
        return Answer(outcome=Outcome.NO_CONNECTION if trusted else Outcome.NOT_TRUSTED)
    except httpcore.NetworkError:
        return Answer(outcome=Outcome.NO_CONNECTION)
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
        return Answer(outcome=Outcome.BROKEN)


def _read_some(answer: httpcore.Response) -> str:
    """The beginning of the answer's body, in one line; the rest is not read."""
    found = b""
    for piece in answer.iter_stream():
        found += piece
        if len(found) >= ANSWER_MAX:
            break
    text = found[:ANSWER_MAX].decode(errors="replace")
    return " ".join("".join(it if it.isprintable() else " " for it in text).split())[:200]


def _judge(status: int, said: str) -> Answer:
    if 200 <= status <= 299:
        outcome = Outcome.TAKEN
    elif 300 <= status <= 399:
        outcome = Outcome.REDIRECTED
    else:
        outcome = Outcome.GONE if status == 410 else Outcome.REFUSED
    return Answer(outcome=outcome, status=status, said=said)
