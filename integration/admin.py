"""Admin lists that need several rooms; imported after the rooms' own lists, which they replace."""

from integration.console.places import lists  # noqa: F401 - registers them
