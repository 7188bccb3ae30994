"""Exact Online: connection, HTTP client, catalogue, activation, mapping, the posting lane."""
