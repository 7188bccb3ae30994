"""Many tills at once, each with a folder of its own: they pair, send their parameters and push their closings."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from .exits import exit_code
from .identity import Identity, NotPaired
from .push import Patience
from .server import Refused
from .till import Clyo
from .words import tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Tills by name. `week` holds what each sends and `state` what each keeps, in a folder of the till's name."""

    server: str
    codes: Mapping[str, str]
    week: Path
    state: Path
    http: httpx.Client
    patience: Callable[[], Patience]
    language: str

    def push(self) -> int:
        """Send everything of every till. Returns the worst exit code; one till's trouble stops no other."""
        with ThreadPoolExecutor(max_workers=max(len(self.codes), 1)) as pool:
            return max(pool.map(self._push_one, self.codes), default=0)

    def _push_one(self, name: str) -> int:
        say = partial(tell, self.language, till=name)
        till = Clyo(self.state / name, self.http, say)
        return exit_code(lambda: self._whole_week(name, till), say)

    def _whole_week(self, name: str, till: Clyo) -> Sequence[Refused]:
        patience = self.patience()
        try:
            Identity.load(self.state / name)
        except NotPaired:
            till.pair(self.server, self.codes[name])
        till.send_parameters(self.week / name / "parameters.json", patience)
        refusals = till.push(sorted((self.week / name / "closings").glob("*.json")), patience)
        return [*refusals, *till.push_again(patience)]


def read_codes(path: Path) -> dict[str, str]:
    """Pairing codes by till, from lines of `NAME CODE`. Raises `ValueError` for any other line."""
    return dict(_name_and_code(line) for line in path.read_text().splitlines() if line.strip())


def _name_and_code(line: str) -> tuple[str, str]:
    match line.split():
        case [name, code]:
            return name, code
    raise ValueError(f"NAME CODE expected: {line}")
