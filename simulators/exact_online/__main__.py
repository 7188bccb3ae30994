"""`python -m simulators.exact_online --port 8400 --data DIR`."""

import argparse
import socket
from pathlib import Path

import uvicorn

from .app import create_app
from .connection import ServerProtocol
from .simulator import Settings, Simulator


def main() -> None:
    """Start the program; it runs until it is interrupted."""
    arguments = _arguments()
    settings = Settings(
        data=arguments.data,
        seed=arguments.seed,
        limits_enabled=not arguments.no_limits,
        per_minute=arguments.minute_limit,
        per_day=arguments.day_limit,
    )
    listener = _listen(arguments.host, arguments.port)
    simulator = Simulator(settings)
    try:
        host, port = listener.getsockname()[:2]
        print(f"Exact Online simulator on http://{host}:{port}", flush=True)
        config = uvicorn.Config(
            create_app(simulator), http=ServerProtocol, ws="none", lifespan="off", access_log=False, log_level="warning"
        )
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        simulator.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulators.exact_online", description="An Exact Online to run against.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the books; made when missing")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8400, help="port to listen on; 0 takes a free one")
    parser.add_argument("--seed", help="makes ids, tokens and chances repeatable")
    parser.add_argument("--no-limits", action="store_true", help="no rate limits and no error limit")
    parser.add_argument("--minute-limit", type=int, default=60, help="calls a minute per app and company")
    parser.add_argument("--day-limit", type=int, default=5_000, help="calls a day per app and company")
    return parser.parse_args()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's algorithm off; without, each answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()  # so that who reads the address may connect at once
    return listener


if __name__ == "__main__":
    main()
