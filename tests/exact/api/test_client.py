"""The HTTP client of a thread, which calls for one customer after the other."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from exact.api.client import http_of_thread


def test_cookie__of_one_customer_s_answer_is_not_sent_for_the_next() -> None:
    def exact(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, headers={"Set-Cookie": "ASP.NET_SessionId=1; path=/"}, text=request.headers.get("cookie", "")
        )

    with httpx.Client(transport=httpx.MockTransport(exact), cookies=http_of_thread().cookies.jar) as client:
        answers = [client.get("https://start.exactonline.fr/").text for _customer in range(2)]
    assert answers == ["", ""]


def test_thread__keeps_its_connections_to_itself() -> None:
    with ThreadPoolExecutor(1) as other:
        others = {other.submit(http_of_thread).result() for _call in range(2)}
    assert len(others) == 1
    assert http_of_thread() is http_of_thread()
    assert http_of_thread() not in others
