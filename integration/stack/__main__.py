"""`python -m integration.stack exec COMMAND…`: run a command with the local PostgreSQL and Valkey around it."""

import os
import subprocess
import sys

from integration.stack.services import local_services

USAGE = "usage: python -m integration.stack exec COMMAND [ARGUMENT …]"


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or arguments[0] != "exec":
        print(USAGE, file=sys.stderr)
        return 2
    with local_services("development") as services:
        return subprocess.run(arguments[1:], env=os.environ | services.environment()).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
