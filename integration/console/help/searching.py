"""Finding chapters by words: all of them must be there, accents and capitals do not matter, titles count most."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from integration.console.help.handbook import Book
from integration.console.help.rendering import Section

FOUND_MAX = 20
AROUND = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundChapter:
    """A chapter that has the words, and a piece of it round the first of them."""

    book: Book
    section: Section
    excerpt: str

    @property
    def address(self) -> str:
        """The chapter's place on its book's page, without the host."""
        return f"{self.book.address}#{self.section.anchor}"


def find(books: Iterable[Book], asked: str) -> list[FoundChapter]:
    """The chapters with all the words asked for, those with the words in their title first. At most twenty."""
    words = _strip_accents(asked).split()
    if not words:
        return []
    found: list[tuple[bool, FoundChapter]] = []
    for book in books:
        for section in book.text.sections:
            title, text = _strip_accents(section.title), _strip_accents(section.text)
            if all(word in title or word in text for word in words):
                in_title = all(word in title for word in words)
                found.append(
                    (in_title, FoundChapter(book=book, section=section, excerpt=_cut_excerpt(section.text, words)))
                )
    return [it for _in_title, it in sorted(found, key=lambda one: not one[0])][:FOUND_MAX]


def _cut_excerpt(text: str, words: list[str]) -> str:
    places = [place for word in words if (place := _strip_accents(text).find(word)) >= 0]
    start = max(0, min(places, default=0) - AROUND // 3)
    end = start + 2 * AROUND
    # Whole words only.
    start = text.find(" ", start) + 1 if start else 0
    end = text.rfind(" ", start, end) if end < len(text) else len(text)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


def _strip_accents(text: str) -> str:
    """A text without accents and capitals, letter for letter as long as before."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] for letter in text)
