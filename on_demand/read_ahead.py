"""Reading ahead: the next page is queried while this one is worked on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

Page = TypeVar("Page")


def read_ahead(pages: Iterator[Page]) -> Iterator[Page]:
    """Yield the same pages; the next one is read meanwhile, in a thread with a database connection of its own.

    At most one page is read ahead. An exception while reading it is raised when that page is asked for.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead") as thread:
        try:
            coming = thread.submit(next, pages, None)
            while (page := coming.result()) is not None:
                coming = thread.submit(next, pages, None)
                yield page
        finally:
            thread.submit(connections.close_all).result()
