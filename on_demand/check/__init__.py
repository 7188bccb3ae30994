"""Tills, entries and Exact side by side for a period, without an export: from what the last reading of Exact gave."""
