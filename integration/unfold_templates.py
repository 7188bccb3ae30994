"""unfold's templates as they are read: icons kept from screen readers, our sign for what is empty, no needless library.

An icon is a word ("bedtime", "chevron_right") that a font draws as a picture, so a screen reader would read the word.
unfold marks none of them, and some sixty of its templates have one: so the mark is added when a template is loaded.
The library for charts (200 kB on every page) is left out: no page has such a chart, ours are drawn on the server.
"""

import re

from django.template import Origin
from django.template.loaders.app_directories import Loader as AppLoader
from django.template.loaders.filesystem import Loader as FolderLoader

ICON = re.compile(r"<(span|i) (?![^>]*\baria-hidden)(?=[^>]*[\s\"]material-symbols-outlined[\s\"])")
# What unfold shows for an empty value, in a form's fields that are only read and in labels.
EMPTY = re.compile(r"(?<=%})-(?={%)|(?<=>)-(?=</span>)|(?<=\n    )-(?=\n)")
CHARTS = "<script src=\"{% static 'unfold/js/chart/chart.js' %}\"></script>"


def as_shown(template: str) -> str:
    """The template's text with `aria-hidden` on each icon that has none, "–" for what is empty, and no charts."""
    return ICON.sub(r'<\1 aria-hidden="true" ', EMPTY.sub("–", template.replace(CHARTS, "")))


class FromFolders(FolderLoader):
    """Templates of `DIRS`."""

    def get_contents(self, origin: Origin) -> str:
        return as_shown(super().get_contents(origin))


class FromApps(AppLoader):
    """Templates of the installed apps."""

    def get_contents(self, origin: Origin) -> str:
        return as_shown(super().get_contents(origin))
