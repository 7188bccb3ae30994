"""What is one half of something says so: it runs only inside the transaction that does the other half."""

from django.db import connection


def assert_in_transaction() -> None:
    """Raises `AssertionError` where no transaction is open: what follows would stand by itself, or lock nothing."""
    assert connection.in_atomic_block, "this must run inside a transaction"
