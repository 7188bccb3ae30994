"""What a page needs for who hears it or goes through it by keyboard, as far as its HTML says.

What only a browser knows is in test_accessible.py and `make axe`.
"""

import re
from collections.abc import Iterator

FIRST_STOP = re.compile(r'<(?:a|button|input|select|textarea)\b(?![^>]*type="hidden")[^>]*>')
SKIP = re.compile(r'<a class="(?:console-)?skip" href="#([\w-]+)">')
ICON = re.compile(r"<\w+ [^>]*[\s\"]material-symbols-outlined[\s\"][^>]*>")
TABLE = re.compile(r"<table\b([^>]*)>(.*?)</table>", re.S)
HEAD_CELL = re.compile(r"<th\b[^>]*>")


def faults_in(html: str) -> Iterator[str]:
    """What is missing in a page, in words."""
    body = html.partition("<body")[2]
    first = FIRST_STOP.search(body)
    skip = SKIP.fullmatch(first[0]) if first else None
    if skip is None or f'id="{skip[1]}"' not in body:
        yield "no way to the content comes first"
    if body.count("<h1") != 1:
        yield f"{body.count('<h1')} h1"
    if body.count("<main") != 1:
        yield "no main part"
    yield from (f"read aloud: {icon}" for icon in ICON.findall(body) if 'aria-hidden="true"' not in icon)
    for attributes, inside in TABLE.findall(body):
        if "aria-label" not in attributes and "<caption" not in inside:
            yield f"a table without a name: {attributes}"
    yield from (f"without a scope: {cell}" for cell in HEAD_CELL.findall(body) if "scope=" not in cell)
