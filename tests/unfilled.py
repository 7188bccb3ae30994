"""Places in our own templates that nobody filled: in mails and in the parts of pages that are ours alone.

Django writes nothing for a variable that is not there, so a sentence of a mail would lose its amount without a word.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.template import engines

OURS = str(Path(__file__).parents[1])
INSTALLED = str(Path(OURS) / ".venv")


class Unfilled(str):
    """What stands for a variable that is not there: nothing, as always, and its name is noted."""

    places: list[str]

    def __bool__(self) -> bool:
        """`FilterExpression.resolve` asks whether there is something to write."""
        caller = sys._getframe(1)
        if (expression := caller.f_locals.get("self")) is not None:
            self._note(caller, str(getattr(expression, "var", expression)))
        return False

    def __contains__(self, text: object) -> bool:
        """`blocktranslate` asks whether the name is to be written."""
        caller = sys._getframe(1)
        if "key" in caller.f_locals:
            self._note(caller, str(caller.f_locals["key"]))
        return False

    def _note(self, caller: FrameType, name: str) -> None:
        context: Any = caller.f_locals.get("context")
        if context is None or context.template is None:
            return
        templates = (context.template, getattr(context.render_context, "template", None) or context.template)
        if all(is_ours(str(it.origin.name)) for it in templates):
            self.places.append(f"{templates[1].name}: {name}")


def is_ours(path: str) -> bool:
    return path.startswith(OURS) and not path.startswith(INSTALLED)


@contextmanager
def watching() -> Iterator[list[str]]:
    """The places of our templates that stay empty meanwhile."""
    engine: Any = engines["django"].engine
    before, engine.string_if_invalid = engine.string_if_invalid, Unfilled("")
    engine.string_if_invalid.places = []
    yield engine.string_if_invalid.places
    engine.string_if_invalid = before
