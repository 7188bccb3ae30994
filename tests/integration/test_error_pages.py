"""What a person reads when something went wrong: what happened, what to do, and the request's number."""

from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.test import Client, override_settings
from django.urls import path, reverse
from django.utils import translation

from clyo_ingest.schema import api_document
from integration.error_pages import SAID
from tenants.factories import SupportFactory

RAISED: dict[int, type[Exception]] = {
    400: SuspiciousOperation,
    403: PermissionDenied,
    413: RequestDataTooBig,
    500: ZeroDivisionError,
}


def broken(request: Any, status: int) -> Any:
    raise RAISED[status]("of Madame LEROUX")


urlpatterns = [path("broken/<int:status>", broken), path("api/v1/broken/<int:status>", broken)]
handler400 = "integration.error_pages.bad_request"
handler403 = "integration.error_pages.denied"
handler404 = "integration.error_pages.not_found"
handler500 = "integration.error_pages.server_error"


@pytest.fixture(autouse=True)
def document() -> None:
    """The API's document is made once, from the real addresses and not from the ones of this file."""
    api_document()


def get(address: str, language: str) -> Any:
    headers = {"Accept-Language": language, "X-Request-ID": "ecran-7"}
    return Client(raise_request_exception=False).get(address, headers=headers)


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("status", [*RAISED, 404])
@pytest.mark.parametrize(("language", "lead"), [("fr", "demande"), ("en", "request")])
def test_page__says_what_to_do_with_the_number(db: None, status: int, language: str, lead: str) -> None:
    answer = get("/nowhere" if status == 404 else f"/broken/{status}", language)
    page = unescape(answer.content.decode())
    assert answer.status_code == status
    assert f'<html lang="{language}">' in page
    assert "<code>ecran-7</code>" in page
    assert lead in page
    assert "LEROUX" not in page
    with translation.override(language):
        assert all(str(words) in page for words in SAID[status])


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("status", [*RAISED, 404])
def test_till__gets_a_problem_document(db: None, status: int) -> None:
    answer = get("/api/v1/nowhere" if status == 404 else f"/api/v1/broken/{status}", "en")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["request_id"] == "ecran-7"
    assert answer.json()["status"] == status


def test_form_without_its_cookie__is_our_page(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/console/login/", {"username": "x"}, headers={"Accept-Language": "en"}
    )
    page = unescape(answer.content.decode())
    assert answer.status_code == 403
    assert "allow cookies for this site" in page
    assert answer.headers["X-Request-ID"] in page


def uploaded(size: int) -> Any:
    """A file of customers of so many bytes, as a browser sends it to the page that reads one."""
    client = Client(headers={"Accept-Language": "fr", "X-Request-ID": "ecran-7"})
    client.force_login(SupportFactory())
    return client.post(reverse("console_import"), {"file": BytesIO(b"x" * size)})


def test_file__that_is_too_large_is_our_page(db: None) -> None:
    answer = uploaded(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    page = unescape(answer.content.decode())
    assert answer.status_code == 413
    assert "3 Mo au plus" in page
    assert "<code>ecran-7</code>" in page


def test_file__within_what_a_page_takes_is_told_its_own_limit(db: None) -> None:
    answer = uploaded(2_000_000)
    assert answer.status_code == 200
    assert "1 Mo au plus" in unescape(answer.content.decode())


@pytest.mark.parametrize(("language", "words"), [("fr", "quart d’heure"), ("en", "quarter of an hour")])
def test_door__that_is_closed_after_wrong_passwords_says_until_when(db: None, language: str, words: str) -> None:
    client = Client(headers={"Accept-Language": language, "X-Request-ID": "ecran-7"})
    tried = {"username": SupportFactory().email, "password": "wrong"}
    answers = [client.post("/console/login/", tried) for _ in range(settings.AXES_FAILURE_LIMIT)]
    page = unescape(answers[-1].content.decode())
    assert answers[-1].status_code == 429
    assert words in page
    assert "<code>ecran-7</code>" in page
