"""unfold's templates, with their icons kept from screen readers.

An icon is a word ("bedtime", "chevron_right") that a font draws as a picture, so a screen reader would read the word.
unfold marks none of them, and some sixty of its templates have one: so the mark is added when a template is loaded.
"""

import re

from django.template import Origin
from django.template.loaders.app_directories import Loader as AppLoader
from django.template.loaders.filesystem import Loader as FolderLoader

ICON = re.compile(r"<(span|i) (?![^>]*\baria-hidden)(?=[^>]*[\s\"]material-symbols-outlined[\s\"])")


def hush(template: str) -> str:
    """The template's text with `aria-hidden` on each icon that has none."""
    return ICON.sub(r'<\1 aria-hidden="true" ', template)


class FromFolders(FolderLoader):
    """Templates of `DIRS`."""

    def get_contents(self, origin: Origin) -> str:
        return hush(super().get_contents(origin))


class FromApps(AppLoader):
    """Templates of the installed apps."""

    def get_contents(self, origin: Origin) -> str:
        return hush(super().get_contents(origin))
