"""What a developer's machine needs, as commands.

`python -m tools.stack exec COMMAND…` runs a command with the local PostgreSQL and Valkey around it;
`python -m tools.stack browser` sees to it that the browser tests have a browser.
"""

import os
import subprocess
import sys

from tools.stack.browser import ensure_browser
from tools.stack.debian import ProgramMissing
from tools.stack.services import local_services

USAGE = "usage: python -m tools.stack exec COMMAND [ARGUMENT …] | browser"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["exec", command, *rest]:
            with local_services("development") as services:
                return subprocess.run([command, *rest], env=os.environ | services.environment()).returncode
        case ["browser"]:
            return _browser()
    print(USAGE, file=sys.stderr)
    return 2


def _browser() -> int:
    try:
        ensure_browser()
    except ProgramMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
