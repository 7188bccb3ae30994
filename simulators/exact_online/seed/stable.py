"""Ids of seeded rows."""

import uuid

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "exact-online.simulator")


def stable_id(*parts: object) -> str:
    """The id of a seeded row: the same after every reset, so that a test or a demo may remember it."""
    return str(uuid.uuid5(NAMESPACE, "/".join(str(part) for part in parts)))
