"""`python -m simulators.clyo_till pair|parameters|push|fleet|status|rotate|week …`.

Exit codes: 0 done, 1 refused by the server, 2 wrong call, 3 given up or busy (everything is still on disk).
"""

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx

from .identity import Identity
from .push import GivenUp, Patience
from .server import Refused, TryAgain
from .spool import Busy
from .till import Clyo
from .week.files import write_week
from .words import tell


def main() -> int:
    arguments = _arguments()
    say = partial(tell, arguments.lang)
    if arguments.command == "week":
        write_week(arguments.out)
        return 0
    try:
        with httpx.Client(timeout=30, headers={"Accept-Language": arguments.lang}) as http:
            return _fleet(arguments, http) if arguments.command == "fleet" else _one(arguments, http)
    except Refused as refusal:
        say("refused", "\n".join([str(refusal), *refusal.faults()]))
        return 1
    except FileNotFoundError as missing:
        if missing.filename and missing.filename.endswith("identity.json"):
            say("not_paired")
            return 2
        raise
    except (GivenUp, TryAgain):
        say("given_up")
    except Busy:
        say("busy")
    return 3


def _one(arguments: argparse.Namespace, http: httpx.Client) -> int:
    """One till's command."""
    till = Clyo(arguments.state, http, partial(tell, arguments.lang))
    patience = Patience(time.sleep, arguments.give_up_after)
    match arguments.command:
        case "pair":
            till.pair(arguments.server, arguments.code)
        case "rotate":
            till.rotate()
        case "parameters":
            till.send_parameters(arguments.file, patience)
        case "push":
            return 1 if till.push(arguments.files, patience) else 0
        case "status":
            print(json.dumps(till.status(), indent=2, ensure_ascii=False))
    return 0


def _fleet(arguments: argparse.Namespace, http: httpx.Client) -> int:
    """Many tills at once: each pairs, sends its parameters and pushes its closings of the week."""
    codes = [line.split() for line in arguments.codes.read_text().splitlines() if line.strip()]
    with ThreadPoolExecutor(max_workers=max(len(codes), 1)) as pool:
        results = [*pool.map(lambda row: _whole_week(arguments, http, *row), codes)]
    return max(results, default=0)


def _whole_week(arguments: argparse.Namespace, http: httpx.Client, name: str, code: str) -> int:
    folder, state = arguments.week / name, arguments.state / name
    till = Clyo(state, http, partial(tell, arguments.lang, till=name))
    patience = Patience(time.sleep, arguments.give_up_after)
    try:
        Identity.load(state)
    except FileNotFoundError:
        till.pair(arguments.server, code)
    till.send_parameters(folder / "parameters.json", patience)
    return 1 if till.push(sorted((folder / "closings").glob("*.json")), patience) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulators.clyo_till", description="Tills that push their closings.")
    parser.add_argument("--lang", choices=("fr", "en"), default="fr")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("pair", "rotate", "parameters", "push", "status", "fleet"):
        command = commands.add_parser(name)
        command.add_argument("--state", type=Path, required=True, help="the till's folder")
        command.add_argument("--give-up-after", type=float, metavar="SECONDS", help="default: never")
        if name in ("pair", "fleet"):
            command.add_argument("--server", required=True)
    commands.choices["pair"].add_argument("--code", required=True)
    commands.choices["parameters"].add_argument("file", type=Path)
    commands.choices["push"].add_argument("files", type=Path, nargs="*")
    commands.choices["fleet"].add_argument("--codes", type=Path, required=True, help="a line a till: NAME CODE")
    commands.choices["fleet"].add_argument("--week", type=Path, required=True)
    commands.add_parser("week").add_argument("--out", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
