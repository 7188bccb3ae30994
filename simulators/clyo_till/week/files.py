"""The week on disk: DIR/<till>/parameters.json and DIR/<till>/closings/NNNN.json."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from .agenda import MONDAY, PARIS01, PARIS02
from .closing import closings_of
from .parameters import parameters_of

ESTABLISHMENTS = (PARIS01, PARIS02)


def write_week(folder: Path, first: date = MONDAY) -> list[Path]:
    """Write the week that begins on `first` below `folder` and return the tills' folders; closings sort by number."""
    tills = []
    for establishment in ESTABLISHMENTS:
        till = folder / establishment.till
        write_document(till / "parameters.json", parameters_of(establishment))
        for closing in closings_of(establishment, first):
            write_document(till / "closings" / f"{closing['number']:04d}.json", closing)
        tills.append(till)
    return tills


def write_document(path: Path, document: dict[str, Any]) -> None:
    """One document as JSON that a person can read; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
