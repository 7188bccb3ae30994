"""Pages go out compressed, and nothing else does."""

import gzip

import pytest
from django.test import Client

ASKS = {"Accept-Encoding": "gzip"}


def test_page__is_compressed_for_who_asks(db: None) -> None:
    plain, small = Client().get("/console/login/"), Client().get("/console/login/", headers=ASKS)
    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    assert len(small.content) < len(plain.content) / 2
    assert b"<h1" in gzip.decompress(small.content)
    assert "Content-Encoding" not in plain


@pytest.mark.parametrize("path", ["/api/v1/schema", "/health/"])
def test_answer_to_a_program__stays_as_it_is(db: None, path: str) -> None:
    answer = Client().get(path, headers=ASKS)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
