"""Searching names as people type them: without accents, in any case, a ligature as its letters.

"creperie" finds "Crêperie", "coeur" finds "Cœur". Built-in functions of PostgreSQL only: no extension, and any role may
call them.
"""

import unicodedata
from typing import Any

from django.db.models import CharField, Lookup, TextField

_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss"}
# Capitals too: in a database of the collation "C", `lower` leaves those with accents as they are.
_ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ’ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸŒÆ"
_BARE = "aaaaaaceeeeiiiinooooouuuuyy'aaaaaaceeeeiiiinooooouuuuyyœæ"


def plain(text: str) -> str:
    """The text in small letters, without accents."""
    small = text.lower()
    for ligature, letters in _LIGATURES.items():
        small = small.replace(ligature, letters)
    decomposed = unicodedata.normalize("NFKD", small.replace("’", "'"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@TextField.register_lookup
@CharField.register_lookup
class PlainContains(Lookup):
    """`name__plain_contains="creperie"`: whether a column has these letters in it, whatever accents either has."""

    lookup_name = "plain_contains"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The column and the text that is looked for, both made plain."""
        column, params = self.process_lhs(compiler, connection)
        made = f"translate(lower(normalize({column})), %s, %s)"
        for ligature, letters in _LIGATURES.items():
            made = f"replace({made}, '{ligature}', '{letters}')"
        wanted = plain(str(self.rhs)).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{made} LIKE %s", (*params, _ACCENTED, _BARE, f"%{wanted}%")
