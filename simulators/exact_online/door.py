"""The door of the program: its listening socket, which can be shut so that connections are really refused.

While it is shut nothing listens on the port, so the machine itself answers a connection with a refusal. A socket that
is bound but does not listen keeps the port from being taken by another program. A second port (`--control-port`)
is not shut: it is the way in for whoever has to open the door again.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .connection import ServerProtocol


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket that has the port; nobody is let in before it listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's algorithm off; without, each answer takes 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    return bound


class Door:
    """Lets callers in, or refuses them. `server` listens on the door first, then on the second port if there is one."""

    def __init__(self, server: uvicorn.Server, address: tuple[str, int], *, has_second: bool) -> None:
        self._server = server
        self._address = address
        self._reserved: socket.socket | None = None
        self._opening: asyncio.Task[None] | None = None
        self.has_second = has_second

    @property
    def is_open(self) -> bool:
        """Whether connections are accepted."""
        return self._reserved is None

    def shut(self, until: Callable[[], Awaitable[object]]) -> None:
        """Refuse connections until that is over. Idle connections are closed; a call being answered is finished."""
        if self._opening is not None:
            self._opening.cancel()
        if self._reserved is None:
            self._server.servers[0].close()
            self._reserved = bound_socket(*self._address)
        for protocol in list(self._server.server_state.connections):
            connection = cast(HttpToolsProtocol, protocol)
            if connection.server is not None and connection.server[1] == self._address[1]:
                connection.shutdown()
        self._opening = asyncio.create_task(self._open_after(until))

    async def _open_after(self, until: Callable[[], Awaitable[object]]) -> None:
        await until()
        await self.open()

    async def open(self) -> None:
        """Accept connections again."""
        reserved, self._reserved = self._reserved, None
        if reserved is not None:
            loop = asyncio.get_running_loop()
            self._server.servers[0] = await loop.create_server(self._protocol, sock=reserved)

    def _protocol(self) -> ServerProtocol:
        server = self._server
        return ServerProtocol(server.config, server.server_state, server.lifespan.state)
