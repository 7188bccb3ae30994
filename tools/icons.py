"""`make icons`: of unfold's font of 3,800 icons, those that a page could show, as a font of our own.

An icon is a word that the font draws. Which are shown stands in templates, in the menu and in unfold's own code:
whatever word there names an icon is kept, so that none is missing; a word too many costs seventy bytes.
"""

import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import unfold
from fontTools.subset import Options, Subsetter, save_font
from fontTools.ttLib import TTFont

from integration.rooms import WITH_SENTENCES

CLONE = Path(__file__).resolve().parent.parent
UNFOLD = Path(unfold.__file__).parent
NAME = Path("unfold/fonts/material-symbols/Material-Symbols-Outlined.woff2")
WHOLE, OURS = UNFOLD / "static" / NAME, CLONE / "integration/over_unfold" / NAME
SPELT_WITH = string.ascii_lowercase + string.digits + "_"
WORD = re.compile(r"\b[a-z0-9][a-z0-9_]+\b")
READ = ("*.html", "*.py", "*.js")
LIGATURE, EXTENDED = 4, 7


def main() -> int:
    """Write our font anew."""
    font = TTFont(WHOLE)
    words = words_used()
    wanted = {glyph for name, glyph in icons_in(font).items() if name in words}
    options = Options(layout_features=["*"], layout_closure=False, glyph_names=False, drop_tables=["FFTM"])
    options.flavor = "woff2"
    subsetter = Subsetter(options)
    subsetter.populate(glyphs=wanted, text=SPELT_WITH)
    subsetter.subset(font)
    OURS.parent.mkdir(parents=True, exist_ok=True)
    save_font(font, OURS, options)
    print(f"{len(wanted)} icons, {WHOLE.stat().st_size // 1000} kB → {OURS.stat().st_size // 1000} kB")
    return 0


def icons_in(font: TTFont) -> dict[str, str]:
    """Word → the glyph it is drawn as."""
    letters = {glyph: chr(code).lower() for code, glyph in font.getBestCmap().items()}
    return {
        "".join(letters.get(it, "?") for it in (first, *ligature.Component)): ligature.LigGlyph
        for table in _ligature_tables(font)
        for first, ligatures in table.ligatures.items()
        for ligature in ligatures
    }


def words_used() -> set[str]:
    """Every word of a template, a script or a module that could show an icon."""
    roots = [*(CLONE / room for room in WITH_SENTENCES), UNFOLD]
    files = (path for root in roots for pattern in READ for path in root.rglob(pattern))
    return {word for path in files for word in WORD.findall(path.read_text(encoding="utf-8"))}


def _ligature_tables(font: TTFont) -> Iterator[Any]:
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            inner = table.ExtSubTable if table.LookupType == EXTENDED else table
            if inner.LookupType == LIGATURE:
                yield inner


if __name__ == "__main__":
    sys.exit(main())
