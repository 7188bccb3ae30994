"""An entry as Exact wants it."""
