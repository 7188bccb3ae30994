"""Who a till is: its server and key, in a file that only its user may read."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The server's address and the till's key."""

    server: str
    key: str

    @classmethod
    def load(cls, state: Path) -> "Identity":
        """Raises `FileNotFoundError` when the till was never paired."""
        return cls(**json.loads((state / "identity.json").read_text()))

    def save(self, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        write_durably(state / "identity.json", json.dumps(asdict(self)).encode())


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that after a power cut it is there whole or not at all, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
