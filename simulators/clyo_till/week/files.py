"""The week on disk: DIR/<till>/parameters.json and DIR/<till>/closings/NNNN.json."""

import json
from pathlib import Path
from typing import Any

from .agenda import PARIS01, PARIS02
from .closing import closings_of
from .parameters import parameters_of

ESTABLISHMENTS = (PARIS01, PARIS02)


def write_week(folder: Path) -> list[Path]:
    """Write the whole week below `folder` and return the tills' folders; closings sort by their number."""
    tills = []
    for establishment in ESTABLISHMENTS:
        till = folder / establishment.till
        _write(till / "parameters.json", parameters_of(establishment))
        for closing in closings_of(establishment):
            _write(till / "closings" / f"{closing['number']:04d}.json", closing)
        tills.append(till)
    return tills


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
