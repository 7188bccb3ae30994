"""What the frame promises on pages that nobody is logged in to; test_limits.py asks it of every page of the console."""

import pytest
from django.test import Client

from tests.console.heard import faults_in


@pytest.mark.parametrize("address", ["/console/login/", "/console/password/", "/console/nowhere/", "/developers/"])
def test_pages_before_the_log_in__are_fit_to_be_heard(db: None, address: str) -> None:
    answer = Client().get(address, follow=True)
    assert [*faults_in(answer.content.decode())] == []


def test_console__has_an_icon_of_its_own(db: None) -> None:
    assert '<link rel="icon" href="/static/exact/icon.svg"' in Client().get("/console/login/").content.decode()
