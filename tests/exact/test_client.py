"""The process's one HTTP client, shared by all customers."""

import httpx

from exact.client import shared_http


def test_cookie__of_one_customer_s_answer_is_not_sent_for_the_next() -> None:
    def exact(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, headers={"Set-Cookie": "ASP.NET_SessionId=1; path=/"}, text=request.headers.get("cookie", "")
        )

    shared = shared_http()
    with httpx.Client(transport=httpx.MockTransport(exact), cookies=shared.cookies.jar) as client:
        answers = [client.get("https://start.exactonline.fr/").text for _customer in range(2)]
    assert answers == ["", ""]
