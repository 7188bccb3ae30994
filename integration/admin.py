"""Lists that tell of all rooms; read after the rooms' own pages, whose place they take."""

from integration.console.places import lists  # noqa: F401 - registers them
