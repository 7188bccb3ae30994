"""What tills send: API v1, pairing and keys, the inbox, closings, parameters, continuity checks."""
