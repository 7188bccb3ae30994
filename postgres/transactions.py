"""Asserting that a function runs inside the transaction of its caller."""

from django.db import connection


def assert_in_transaction() -> None:
    """Raise `AssertionError` where no transaction is open: writes would be committed alone, locks released at once."""
    assert connection.in_atomic_block, "this must run inside a transaction"
