"""A PostgreSQL and a Valkey of our own for a developer's machine, from Python wheels. Never for production."""

from tools.stack.services import LocalServices, local_services

__all__ = ["LocalServices", "local_services"]
