"""`python -m tools.api_lint`: Redocly and Spectral over the till API's OpenAPI document, without a warning.

They are Node programs, pinned in `linters/`, and installed there when their lock has changed.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import django

from tools.stack.debian import ProgramMissing
from tools.stack.node import ensure_npm

ROOT = Path(__file__).resolve().parent.parent
LINTERS = ROOT / "linters"
DOCUMENT = ROOT / ".local" / "openapi.json"
INSTALL_TIMEOUT_S = 600
LINT_TIMEOUT_S = 120
COMMANDS = (
    ("redocly", "lint", "--format=stylish", "--max-problems=1000"),
    ("spectral", "lint", "--fail-severity=hint", "--display-only-failures"),
)


def main() -> int:
    """Lint the document that the API serves. Returns 1, with what was found, when one of them is not content."""
    try:
        _install()
    except ProgramMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    _write_document()
    return max([_lint(*command) for command in COMMANDS])


def _install() -> None:
    stamp, lock = LINTERS / "node_modules" / ".installed", LINTERS / "package-lock.json"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    subprocess.run(
        [ensure_npm(), "ci", "--silent"], cwd=LINTERS, stdin=subprocess.DEVNULL, check=True, timeout=INSTALL_TIMEOUT_S
    )
    stamp.write_text(digest)


def _write_document() -> None:
    django.setup()
    from clyo_ingest.schema import api_document

    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(json.dumps(api_document(), ensure_ascii=False, indent=1))


def _lint(program: str, *arguments: str) -> int:
    run = subprocess.run(
        [LINTERS / "node_modules" / ".bin" / program, *arguments, str(DOCUMENT)],
        cwd=LINTERS,
        env=os.environ | {"REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LINT_TIMEOUT_S,
    )
    told = run.stdout.strip()
    print(f"{program}: {told if run.returncode else told.splitlines()[-1]}", flush=True)
    return int(run.returncode != 0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")
    sys.exit(main())
