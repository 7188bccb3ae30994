"""docs/decisions: each number is given once, each file begins with it, and the list names each file by its title."""

import re

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "docs/decisions"
FILES = sorted(FOLDER.glob("[0-9]*.md"))


@pytest.mark.parametrize("number", sorted({it.name[:4] for it in FILES}))
def test_number__is_given_once(number: str) -> None:
    assert len([it for it in FILES if it.name.startswith(number)]) == 1


def test_list__names_each_file_by_its_number_and_title() -> None:
    listed = re.findall(r"^- \[(\d{4})\]\((\S+)\) (.+)$", (FOLDER / "README.md").read_text(), re.M)
    titles = [(it, re.fullmatch(r"# (\d{4}): (.+)", it.read_text().splitlines()[0])) for it in FILES]
    assert listed == [(title[1], it.name, title[2]) if title else it.name for it, title in titles]
