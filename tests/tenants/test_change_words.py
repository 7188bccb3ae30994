"""Stored values of the audit as people read them."""

from typing import Any

import pytest
from django.utils import translation

from tenants.change_words import in_words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        ({}, ""),
        (True, "yes"),
        ({"cash": "CA", "sales": "70", "certificate": ""}, "cash CA, sales 70"),
        ([{"slot": 1, "vat_code": "VN"}, {"slot": 2}], "slot 1, vat code VN; slot 2"),
        ({"means": {"CB": {"account": "511500"}}, "open": False}, "means CB account 511500, open no"),
    ],
)
def test_a_document_is_told_without_a_programmers_signs(value: Any, words: str) -> None:
    with translation.override("en"):
        assert in_words(value) == words
