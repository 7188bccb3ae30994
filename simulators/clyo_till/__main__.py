"""`python -m simulators.clyo_till pair|parameters|activate|push|export|fleet|status|rotate|week …`.

Exit codes: 0 done, 1 refused by the server, 2 wrong call, 3 given up, no answer or busy (everything is still on disk).
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path

import httpx

from .exits import exit_code
from .fleet import Fleet, read_codes
from .push import Patience
from .server import Refused
from .till import Clyo
from .week.agenda import PARIS, week_before
from .week.files import write_week
from .words import tell

FORMATS = ("exact", "fec", "ciel", "sage", "sage_text")


def main() -> int:
    arguments = _arguments()
    if arguments.command == "week":
        write_week(arguments.out, arguments.first)
        return 0
    say = partial(tell, arguments.lang)
    with httpx.Client(headers={"Accept-Language": arguments.lang}) as http:
        if arguments.command == "fleet":
            return _fleet(arguments, http).push()
        till = Clyo(arguments.state, http, say)
        return exit_code(lambda: _one(arguments, till), say)


def _one(arguments: argparse.Namespace, till: Clyo) -> Sequence[Refused]:
    """One till's command. Returns the refusals of closings."""
    match arguments.command:
        case "pair":
            till.pair(arguments.server, arguments.code)
        case "rotate":
            till.rotate()
        case "parameters":
            till.send_parameters(arguments.file, Patience(time.sleep, arguments.give_up_after))
        case "activate":
            till.activate(Patience(time.sleep, arguments.give_up_after))
        case "push":
            patience = Patience(time.sleep, arguments.give_up_after)
            return [*till.push(arguments.files, patience), *till.push_again(patience)]
        case "export":
            question = {"from": arguments.first, "to": arguments.last, "format": arguments.format}
            question |= {"email": arguments.email} if arguments.email else {}
            till.export(question, arguments.out, Patience(time.sleep, arguments.give_up_after))
        case "status":
            print(json.dumps(till.status(), indent=2, ensure_ascii=False))
    return ()


def _fleet(arguments: argparse.Namespace, http: httpx.Client) -> Fleet:
    return Fleet(
        server=arguments.server,
        codes=arguments.codes,
        week=arguments.week,
        state=arguments.state,
        http=http,
        patience=lambda: Patience(time.sleep, arguments.give_up_after),
        language=arguments.lang,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulators.clyo_till", description="Tills that push their closings.")
    parser.add_argument("--lang", choices=("fr", "en"), default="fr")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("pair", "rotate", "parameters", "activate", "push", "export", "status", "fleet"):
        command = commands.add_parser(name)
        command.add_argument("--state", type=Path, required=True, help="the till's folder")
        if name in ("pair", "fleet"):
            command.add_argument("--server", required=True)
        if name in ("parameters", "activate", "push", "export", "fleet"):
            command.add_argument("--give-up-after", type=float, metavar="SECONDS", help="default: never")
    commands.choices["pair"].add_argument("--code", required=True)
    commands.choices["parameters"].add_argument("file", type=Path)
    export = commands.choices["export"]
    export.add_argument("--from", dest="first", required=True, metavar="YYYY-MM-DD")
    export.add_argument("--to", dest="last", required=True, metavar="YYYY-MM-DD")
    export.add_argument("--format", required=True, choices=FORMATS)
    export.add_argument("--email", default="")
    export.add_argument("--out", type=Path, default=Path(), help="folder for the file")
    commands.choices["push"].add_argument("files", type=Path, nargs="*")
    commands.choices["fleet"].add_argument(
        "--codes", type=_codes, required=True, help="a file, a line a till: NAME CODE"
    )
    commands.choices["fleet"].add_argument("--week", type=Path, required=True)
    week = commands.add_parser("week")
    week.add_argument("--out", type=Path, required=True)
    week.add_argument(
        "--first",
        type=date.fromisoformat,
        default=week_before(datetime.now(PARIS).date()),
        metavar="YYYY-MM-DD",
        help="its first day; left out, it ended last night",
    )
    return parser.parse_args()


def _codes(path: str) -> dict[str, str]:
    try:
        return read_codes(Path(path))
    except (OSError, ValueError) as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from wrong


if __name__ == "__main__":
    sys.exit(main())
