"""Tills, entries and Exact compared for a period, without an export, by Exact's books as last read."""
