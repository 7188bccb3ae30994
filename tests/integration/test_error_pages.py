"""What a person reads when something went wrong: what happened, what to do, and the request's number."""

from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.test import Client, override_settings
from django.urls import path
from django.utils import translation

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


def test_unknown_filter__of_the_console_is_our_page(db: None) -> None:
    client = Client()
    client.force_login(SupportFactory())
    answer = client.get("/console/exports/export/", {"till__tenant__reseller__name__contains": "x"})
    assert answer.status_code == 400
    assert answer.headers["X-Request-ID"] in answer.content.decode()


def test_form_without_its_cookie__is_our_page(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/console/login/", {"username": "x"}, headers={"Accept-Language": "en"}
    )
    page = unescape(answer.content.decode())
    assert answer.status_code == 403
    assert "allow cookies for this site" in page
    assert answer.headers["X-Request-ID"] in page
