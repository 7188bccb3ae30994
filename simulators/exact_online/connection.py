"""Answers that are none: how a connection is really broken under uvicorn.

ASGI has no way to reset a connection: an application that returns without an answer gets a 500 from the server.
So `ServerProtocol` puts the socket's transport into the scope of every request, and the responses here use it.
A reset is a TCP reset (SO_LINGER with zero seconds), which a client sees as a read error, not as an HTTP answer.
Afterwards they wait until the server has noticed, or it would complain about a missing answer.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "simulator.transport"
LINGER_ZERO = struct.pack("ii", 1, 0)


class ServerProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with the transport in the scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Wrap the application once the connection, and so the transport, is there."""
        super().connection_made(transport)
        application = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope[TRANSPORT] = transport
            await application(scope, receive, send)

        self.app = with_transport


class Reset(Response):
    """No answer: the connection is reset. Its status 0 is what the counters show."""

    def __init__(self) -> None:
        super().__init__(status_code=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reset, then wait for the server to notice."""
        transport = scope[TRANSPORT]
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        transport.abort()
        await _until_disconnected(receive)


class Broken(Response):
    """Half an answer: the connection closes in the middle of the body."""

    def __init__(self, whole: Response) -> None:
        super().__init__(status_code=whole.status_code)
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head, half the body, and close."""
        body = bytes(self._whole.body)
        await send(
            {"type": "http.response.start", "status": self._whole.status_code, "headers": self._whole.raw_headers}
        )
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        scope[TRANSPORT].close()
        await _until_disconnected(receive)


class Slow(Response):
    """A whole answer that trickles in: `pieces` of its body, and `pause` before each but the first."""

    def __init__(self, whole: Response, pieces: int, pause: Callable[[], Awaitable[None]]) -> None:
        super().__init__(status_code=whole.status_code)
        self._whole = whole
        self._pieces = pieces
        self._pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head at once and the body piece by piece."""
        body = bytes(self._whole.body)
        size = max(1, -(-len(body) // self._pieces))
        await send(
            {"type": "http.response.start", "status": self._whole.status_code, "headers": self._whole.raw_headers}
        )
        for start in range(0, len(body), size):
            if start:
                await self._pause()
            await send({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
