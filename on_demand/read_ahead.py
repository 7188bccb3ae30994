"""Reading ahead: the database answers the next question while this answer is worked on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

Page = TypeVar("Page")


def read_ahead(pages: Iterator[Page]) -> Iterator[Page]:
    """Yield the same pages; each next one is taken in a thread with a database connection of its own.

    No more than one page is ahead. What a page raises is raised where that page was due.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead") as thread:
        try:
            coming = thread.submit(next, pages, None)
            while (page := coming.result()) is not None:
                coming = thread.submit(next, pages, None)
                yield page
        finally:
            thread.submit(connections.close_all).result()
