"""Exact Online: connection, HTTP client, catalogue, activation, checks of settings, the posting lane, the books."""
