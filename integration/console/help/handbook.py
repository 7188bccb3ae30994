"""The books of the handbook: `docs/fr/*.md`, each for one reader, read once and kept."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from integration.console.help.rendering import Text, render_text
from tenants.models import Role, User
from tenants.rights import RESELLER_ROLES

FOLDER = settings.ROOT / "docs" / "fr"
# All books, in their order for a reader whose role is not in the table below.
BOOKS = ("revendeur", "support", "comptable", "commercant", "exploitant", "caisse", "glossaire")
FIRST_FOR: dict[str, tuple[str, ...]] = {
    Role.SUPPORT: ("support", "revendeur", "comptable", "commercant", "exploitant", "caisse", "glossaire"),
    **dict.fromkeys(RESELLER_ROLES, ("revendeur", "caisse", "comptable", "commercant", "support", "glossaire")),
    Role.ACCOUNTANT: ("comptable", "commercant", "revendeur", "support", "glossaire"),
    Role.MERCHANT: ("commercant", "comptable", "glossaire"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One reader's book, by its short name, which its address and its file have."""

    name: str
    text: Text

    @property
    def address(self) -> str:
        """Its page in the console, without the host."""
        return reverse("console_help_book", args=[self.name])


@cache
def book(name: str) -> Book:
    """A book by its name. Raises `KeyError` when there is none."""
    if name not in BOOKS:
        raise KeyError(name)
    return Book(name=name, text=render_text((FOLDER / f"{name}.md").read_text(encoding="utf-8"), leads_to(name)))


def books_for(user: User) -> list[Book]:
    """All books, the reader's own first."""
    first = FIRST_FOR.get(user.role, ())
    return [book(name) for name in (*first, *(it for it in BOOKS if it not in first))]


def leads_to(name: str) -> Callable[[str], str]:
    """A function that turns a book's link into an address of our pages: another book, a picture, or unchanged."""

    def turn(address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme or address.startswith(("/", "#")):
            return address
        if parts.path.startswith("pictures/"):
            return static(f"handbook/{parts.path.removeprefix('pictures/')}")
        other = parts.path.removesuffix(".md") or name
        anchor = f"#{parts.fragment}" if parts.fragment else ""
        if other == "etats":
            return reverse("console_help_states") + anchor
        return reverse("console_help_book", args=[other]) + anchor

    return turn
