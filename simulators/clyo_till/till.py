"""What one till does: pair, rotate its key, send its parameters, push its closings."""

import json
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx

from .identity import Identity
from .push import Patience, Say, send_all
from .server import Refused, Server, TryAgain
from .spool import Spool

POLL_S = 2.0


class PairingInDoubt(Exception):
    """The code was sent and no clear answer came: it may be spent, and with it the key that nobody got."""


class NotExported(Exception):
    """The export ended, but not as done; why was said."""


class Clyo:
    """A till with its folder on disk."""

    def __init__(self, state: Path, http: httpx.Client, say: Say) -> None:
        self._state = state
        self._http = http
        self._say = say

    def pair(self, address: str, code: str) -> None:
        """Turn a pairing code into a key, kept in the till's folder. Raises `Refused`, `TryAgain`, `PairingInDoubt`."""
        try:
            answer = Server(self._http, address.rstrip("/")).pair(code, socket.gethostname())
        except TryAgain as trouble:
            if trouble.in_doubt:
                raise PairingInDoubt(str(trouble)) from trouble
            raise
        Identity(server=address.rstrip("/"), key=answer["key"]).save(self._state)
        till = answer["till"]
        self._say("paired", f"{till['customer']}, {till['establishment']['code']}, {till['name']}")

    def rotate(self) -> None:
        """Ask for a new key, keep it, and use it once, which ends the old one.

        When the answer is lost the old key still works for 48 hours, and this is simply done again.
        """
        key = self._server().rotate()["key"]
        Identity(server=Identity.load(self._state).server, key=key).save(self._state)
        self._server().whoami()
        self._say("rotated", "")

    def send_parameters(self, path: Path, patience: Patience) -> None:
        """Send the parameters, until they are taken. Raises `Refused`."""
        while True:
            try:
                self._server().parameters(json.loads(path.read_text()))
            except TryAgain as trouble:
                self._say("again", str(trouble))
                patience.wait(trouble.wait_s)
            else:
                self._say("parameters", path.name)
                return

    def activate(self, patience: Patience) -> None:
        """Show the address of the activation page and wait until the export is on.

        Raises `Refused`, `GivenUp`.
        """
        server = self._server()
        self._say("open", server.activate()["url"])
        said: object = None
        while True:
            try:
                answer = server.activation()
            except TryAgain as trouble:
                self._say("again", str(trouble))
                patience.wait(trouble.wait_s)
                continue
            news = (answer["state"], answer["problems"])
            if news != said:
                said = news
                self._tell_activation(answer)
            if answer["state"] == "active":
                return
            patience.tries = 0
            patience.wait(POLL_S)

    def _tell_activation(self, answer: dict[str, Any]) -> None:
        self._say(answer["state"], answer["label"])
        for problem in answer["problems"]:
            self._say("to_mend", problem["message"])

    def push(self, paths: Iterable[Path], patience: Patience) -> list[Refused]:
        """Put closings on disk, then send all that waits."""
        spool = Spool(self._state)
        for path in paths:
            spool.put(path.read_bytes())
        return send_all(spool, self._server(), patience, self._say)

    def push_again(self, patience: Patience) -> list[Refused]:
        """Send once more what the server says it lost, if it asks for anything."""
        spool = Spool(self._state)
        return send_all(spool, self._server(), patience, self._say) if self._is_asked_again(spool) else []

    def _is_asked_again(self, spool: Spool) -> bool:
        """Whether the server lost what it had taken and asks for it: that waits then. No answer: the next time."""
        try:
            asked = self._server().whoami().get("send_again")
        except (TryAgain, Refused):
            return False
        back = spool.take_back(asked["number"], asked["since"]) if asked else 0
        if back:
            self._say("asked_again", str(back))
        return back > 0

    def export(self, question: Mapping[str, str], out: Path, patience: Patience) -> None:
        """Ask for an export, wait for its end, and write its file, when it has one, below `out`.

        Raises `NotExported` when it ends otherwise than done, `Refused`, `TryAgain`, and `GivenUp` when the bound of
        `patience` is reached.
        """
        server = self._server()
        asked = server.ask_for_export(question)
        answer = server.export(asked["id"])
        while answer["state"] in ("queued", "running"):
            patience.wait(POLL_S)
            answer = server.export(asked["id"])
        self._say("export", f"{answer['state']}, {sum(it['taken'] for it in answer['closings'])}")
        for problem in answer["problems"]:
            self._say("export_problem", problem["message"])
        for hole in answer["missing"]:
            self._say("export_missing", f"{hole['kind']} {hole['first']}-{hole['last']}")
        if answer["state"] != "done":
            raise NotExported
        if "file" in asked["links"]:
            path = out / f"{question['format']}-{question['from']}-{question['to']}.txt"
            path.write_bytes(server.export_file(asked["id"]))
            self._say("export_file", str(path))

    def status(self) -> dict[str, Any]:
        """What is here, and what the server says of it."""
        spool = Spool(self._state)
        here = {folder: spool.count(folder) for folder in ("waiting", "sent", "refused")}
        return {"here": here, "there": [*self._server().closings()]}

    def _server(self) -> Server:
        identity = Identity.load(self._state)
        return Server(self._http, identity.server, identity.key)
