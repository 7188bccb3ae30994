"""`python -m simulators.exact_online --port 8400 --data DIR`."""

import argparse
import json
import socket
import sys
from pathlib import Path

import uvicorn

from .app import create_app
from .connection import ServerProtocol
from .countries import COUNTRIES, HOME
from .door import Door, bound_socket
from .readings import Readings, UnknownReading
from .simulator import BooksOfAnotherVersion, Settings, Simulator

STOP_TIMEOUT_S = 3  # a call that a fault holds would never let the program end


def main() -> None:
    """Start the program; it runs until it is interrupted."""
    arguments = argument_parser().parse_args()
    try:
        readings = _readings(arguments.readings, arguments.reading)
    except (OSError, ValueError, UnknownReading) as error:
        sys.exit(f"readings: {error}")
    settings = Settings(
        data=arguments.data,
        seed=arguments.seed,
        limits_enabled=not arguments.no_limits,
        per_minute=arguments.minute_limit,
        per_day=arguments.day_limit,
        tokens_per_day=arguments.token_limit,
        home=arguments.country,
        readings=readings,
    )
    listeners = [_listen(arguments.host, arguments.port)]
    if arguments.control_port is not None:
        listeners.append(_listen(arguments.host, arguments.control_port))
    try:
        simulator = Simulator(settings)
    except BooksOfAnotherVersion as error:
        sys.exit(str(error))
    try:
        addresses = [listener.getsockname()[:2] for listener in listeners]
        scheme = "https" if arguments.certificate else "http"
        for what, (host, port) in zip(("simulator", "simulator's control address"), addresses, strict=False):
            print(f"Exact Online {what} on {scheme}://{host}:{port}", flush=True)
        config = uvicorn.Config(
            create_app(simulator),
            http=ServerProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=STOP_TIMEOUT_S,
            ssl_certfile=arguments.certificate,
            ssl_keyfile=arguments.key,
        )
        server = uvicorn.Server(config)
        simulator.door = Door(server, addresses[0], has_second=len(listeners) > 1)
        server.run(sockets=listeners)
    finally:
        simulator.close()


def argument_parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="simulators.exact_online", description="An Exact Online to run against.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the books; made when missing")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8400, help="port to listen on; 0 takes a free one")
    parser.add_argument("--control-port", type=int, help="a second port, which stays open when a fault shuts the first")
    parser.add_argument("--seed", help="makes ids, tokens and chances repeatable")
    parser.add_argument("--no-limits", action="store_true", help="no rate limits and no error limit")
    parser.add_argument("--minute-limit", type=int, default=60, help="calls a minute per app and company")
    parser.add_argument("--day-limit", type=int, default=5_000, help="calls a day per app and company")
    parser.add_argument("--token-limit", type=int, default=200, help="token calls a day per app and user")
    parser.add_argument("--country", choices=COUNTRIES, default=HOME, help="whose host this is without a path in front")
    parser.add_argument(
        "--reading", action="append", default=[], help="NAME=READING of a doubtful behaviour; may be repeated"
    )
    parser.add_argument("--readings", type=Path, help="JSON file of readings by name")
    parser.add_argument("--certificate", type=Path, help="PEM file: serve https, for clients that insist on it")
    parser.add_argument("--key", type=Path, help="PEM file of the certificate's key, when it is apart")
    return parser


def _readings(file: Path | None, given: list[str]) -> dict[str, str]:
    """The readings of the file, and those of the command line over them; `UnknownReading` when there is no such."""
    chosen: object = json.loads(file.read_text(encoding="utf-8")) if file is not None else {}
    if not isinstance(chosen, dict):
        raise ValueError(f"{file} does not hold a JSON object")
    for entry in given:
        name, _, reading = entry.partition("=")
        chosen[name] = reading
    Readings().choose(chosen)
    return chosen


def _listen(host: str, port: int) -> socket.socket:
    listener = bound_socket(host, port)
    listener.listen()  # so that who reads the address may connect at once
    return listener


if __name__ == "__main__":
    main()
