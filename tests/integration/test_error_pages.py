"""What a person reads when something went wrong: what happened, what to do, and the request's number."""

from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError, connection
from django.db.transaction import TransactionManagementError
from django.test import Client, RequestFactory, override_settings
from django.urls import path, reverse
from django.utils import translation

from clyo_ingest.schema import api_document
from integration.error_pages import SAID, server_error
from postgres.viewer import EVERYTHING, serving
from tenants.factories import SupportFactory
from tests.integration.test_health import moved
from tools.stack.programs import free_port

__all__ = ["moved"]

RAISED: dict[int, type[Exception]] = {
    400: SuspiciousOperation,
    403: PermissionDenied,
    413: RequestDataTooBig,
    500: ZeroDivisionError,
    503: OperationalError,
}


def broken(request: Any, status: int) -> Any:
    raise RAISED[status]("of Madame LEROUX")


def ended(request: Any) -> Any:
    """The session is ended in the middle of a page, as when the machine that leads is another one now."""
    with serving(EVERYTHING), connection.cursor() as sql:
        sql.execute("SELECT pg_terminate_backend(pg_backend_pid())")


urlpatterns = [
    path("activation/ended", ended),
    path("answer/ended", ended),
    path("broken/<int:status>", broken),
    path("api/v1/broken/<int:status>", broken),
]
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


@pytest.mark.parametrize(
    "name", ["console_set_up_codes", "console_set_up_link", "console_relink", "console_choose", "console_filter_keep"]
)
def test_page__of_a_button_that_is_opened_by_its_address_leads_back(db: None, name: str) -> None:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(SupportFactory())
    address = reverse(
        name, args=[7] if name in {"console_set_up_codes", "console_set_up_link", "console_relink"} else []
    )
    answer = client.get(address)
    page = unescape(answer.content.decode())
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "n’est qu’un bouton" in page
    assert 'href="/"' in page


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("status", [*RAISED, 404])
def test_till__gets_a_problem_document(db: None, status: int) -> None:
    answer = get("/api/v1/nowhere" if status == 404 else f"/api/v1/broken/{status}", "en")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["request_id"] == "ecran-7"
    assert answer.json()["status"] == status


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("address", ["/answer/ended", "/activation/ended"])
def test_page__says_to_come_again_when_the_database_ends_its_session(transactional_db: None, address: str) -> None:
    answer = get(f"{address}?page=2", "fr")
    connection.close()  # as the next request begins
    page = unescape(answer.content.decode())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Rien n’est perdu" in page and "dans une minute" in page
    assert f'href="{address}?page=2"' in page


def test_pages__say_so_too_while_no_database_takes_a_connection(moved: dict[str, Any]) -> None:
    client = Client(raise_request_exception=False, headers={"Accept-Language": "fr"})
    client.force_login(SupportFactory())
    connection.close()
    moved["PORT"] = free_port()
    for address in ("/console/", "/console/account/", "/answer/c0ffee-0123456789abcdef", "/activation/1/start"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "60"), address
        assert "dans une minute" in unescape(answer.content.decode())
    posted = client.post("/console/account/", {"language": "fr"})
    assert posted.status_code == 503
    assert "/console/account/" not in posted.content.decode(), "a form is not sent again by a link"


def test_transaction_that_cannot_go_on__is_the_database_away_when_that_is_why() -> None:
    away = TransactionManagementError("broken")
    away.__cause__ = OperationalError("the connection is lost")
    for error, status in ((away, 503), (TransactionManagementError("our own fault"), 500)):
        try:
            raise error
        except TransactionManagementError:
            assert server_error(RequestFactory().get("/console/")).status_code == status


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
