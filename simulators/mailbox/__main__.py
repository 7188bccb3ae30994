"""`python -m simulators.mailbox --folder DIR`: takes mail at one port and shows it at another; `--list` prints it.

Each letter is a file of the folder, named by when it came. Only the newest are kept.
"""

import argparse
import html
import secrets
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import uvicorn
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

LETTERS_MAX = 1_000
SIZE_MAX = 33_554_432  # bytes of one letter; a file may be attached
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Letters</title><style>'
    "body{{font-family:system-ui;max-width:50rem;margin:2rem auto;padding:0 1rem}}"
    "pre{{white-space:pre-wrap;border-left:3px solid #ccd;padding-left:1rem}}</style><h1>Letters</h1>{letters}"
)


def main() -> None:
    """Run until it is interrupted, or print what was kept."""
    arguments = read_arguments()
    if arguments.list:
        for letter in letters(arguments.folder):
            print(in_words(letter), end="\n\n---\n\n")
        return
    arguments.folder.mkdir(parents=True, exist_ok=True)
    server = Controller(Keeper(arguments.folder), arguments.host, arguments.port, data_size_limit=SIZE_MAX)
    server.start()
    try:
        app = Starlette(routes=[Route("/", Shown(arguments.folder).page)])
        uvicorn.run(app, host=arguments.host, port=arguments.page_port, log_level="warning")
    finally:
        server.stop()


def read_arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="simulators.mailbox", description="A mailbox for everybody.")
    parser.add_argument("--folder", type=Path, default=Path("/data"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2525, help="where mail is taken")
    parser.add_argument("--page-port", type=int, default=8025, help="where it is shown")
    parser.add_argument("--list", action="store_true", help="print the letters, newest first, and end")
    return parser.parse_args()


class Keeper:
    """Takes every letter, whoever it is for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Aiosmtpd's name for: a letter has come."""
        name = f"{time.time_ns()}-{secrets.token_hex(4)}"
        draft = self._folder / f".{name}"
        draft.write_bytes(envelope.original_content or b"")
        draft.replace(self._folder / f"{name}.eml")
        for old in sorted(self._folder.glob("*.eml"))[:-LETTERS_MAX]:
            old.unlink(missing_ok=True)
        return "250 kept"


class Shown:
    """The page with all letters."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def page(self, _request: Request) -> HTMLResponse:
        """All kept letters in one HTML page, newest first."""
        shown = "".join(f"<pre>{html.escape(in_words(letter))}</pre>" for letter in letters(self._folder))
        return HTMLResponse(PAGE.format(letters=shown or "<p>None yet.</p>"))


def letters(folder: Path) -> Iterator[EmailMessage]:
    """What was kept, newest first."""
    for path in sorted(folder.glob("*.eml"), reverse=True):
        yield message_from_bytes(path.read_bytes(), policy=policy.default)


def in_words(letter: EmailMessage) -> str:
    """Its heading, its text, and the names of what is attached."""
    text = letter.get_body(("plain", "html"))
    names = [f"[{part.get_filename()}]" for part in letter.iter_attachments()]
    heading = [f"{name}: {letter.get(name, '')}" for name in ("Date", "To", "Subject")]
    return "\n".join([*heading, "", text.get_content().rstrip() if text else "", *names])


if __name__ == "__main__":
    main()
