"""Exact Online's own web pages: their addresses, and how an installation learns that of an entry."""
