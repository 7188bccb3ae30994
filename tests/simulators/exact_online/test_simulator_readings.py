"""Doubtful behaviour: every reading of every question, over HTTP. Each test is named after its question."""

import ast
import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from simulated_exact import CLIENT, REDIRECT, ROOT, SECRET, Company, Server, message, running

from simulators.exact_online.readings import QUESTIONS

SALES, CASH = "salesentry/SalesEntries", "financialtransaction/CashEntries"
JOURNALS, ACCOUNTS = "financial/Journals", "crm/Accounts"
AUTHORIZE = {"client_id": CLIENT, "redirect_uri": REDIRECT, "response_type": "code"}
Take = Callable[..., Any]


@pytest.fixture
def take(server: Server) -> Iterator[Take]:
    """Takes readings for one test."""

    def chosen(**readings: str) -> Any:
        return server.control("readings", **readings)

    yield chosen
    server.http.delete("/_control/readings")


def new_tokens(server: Server, exact: Company) -> dict[str, Any]:
    return server.tokens(exact.user)


def refresh(server: Server, pair: dict[str, str]) -> httpx.Response:
    return server.token_call(grant_type="refresh_token", refresh_token=pair["refresh_token"])


def refreshed(frozen: Server, exact: Company) -> tuple[dict[str, str], dict[str, str]]:
    """A pair that was used after ten minutes, and the one that came of it."""
    used = new_tokens(frozen, exact)
    frozen.control("clock", advance=570)
    return used, refresh(frozen, used).json()


def me(server: Server, pair: dict[str, str]) -> int:
    headers = {"Authorization": f"Bearer {pair['access_token']}", "Accept": "application/json"}
    return server.http.get("/api/v1/current/Me", params={"$select": "UserID"}, headers=headers).status_code


def log_in(browser: httpx.Client, exact: Company) -> str:
    """The consent page's ticket."""
    page = browser.post("/api/oauth2/auth", data={**AUTHORIZE, "user": exact.user, "password": "demo"})
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


@pytest.fixture
def browser(server: Server) -> Iterator[httpx.Client]:
    """A browser that nobody has used yet."""
    with httpx.Client(base_url=server.http.base_url) as client:
        yield client


class TestConsent:
    """Rules 1.2: what is less than sure about log-in and consent."""

    def test_log_in_session(self, exact: Company, browser: httpx.Client, take: Take) -> None:
        """`kept` or `none`: whether a browser that has logged in is asked again."""
        log_in(browser, exact)
        assert 'name="ticket"' in browser.get("/api/oauth2/auth", params=AUTHORIZE).text
        take(log_in_session="none")
        assert 'name="password"' in browser.get("/api/oauth2/auth", params=AUTHORIZE).text

    def test_redirect_slashes(self, browser: httpx.Client, take: Take) -> None:
        """`any` or `not_encoded`."""
        query = f"client_id={CLIENT}&response_type=code&redirect_uri="
        encoded, halfway = quote(REDIRECT, safe=""), quote(REDIRECT, safe="/")
        assert browser.get(f"/api/oauth2/auth?{query}{encoded}").status_code == 200
        take(redirect_slashes="not_encoded")
        assert browser.get(f"/api/oauth2/auth?{query}{encoded}").status_code == 400
        assert browser.get(f"/api/oauth2/auth?{query}{halfway}").status_code == 200

    def test_redirect_scheme(self, browser: httpx.Client, take: Take) -> None:
        """`any` or `https_only`."""
        assert browser.get("/api/oauth2/auth", params=AUTHORIZE).status_code == 200
        take(redirect_scheme="https_only")
        assert browser.get("/api/oauth2/auth", params=AUTHORIZE).status_code == 400
        secure = {**AUTHORIZE, "redirect_uri": "https://localhost/exact/callback"}
        assert browser.get("/api/oauth2/auth", params=secure).status_code == 200

    def test_code_characters(self, exact: Company, server: Server, take: Take) -> None:
        """`special` or `plain`: whether a code changes when it is decoded once too often or too rarely."""
        assert "!" in server.code(exact.user)
        take(code_characters="plain")
        assert re.fullmatch(r"[\w-]+", server.code(exact.user))

    def test_refused_consent(self, exact: Company, browser: httpx.Client, take: Take) -> None:
        """`redirect` or `page`."""
        answer = browser.post("/api/oauth2/auth", data={**AUTHORIZE, "ticket": log_in(browser, exact)})
        assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"error": ["access_denied"]}
        take(refused_consent="page")
        answer = browser.post("/api/oauth2/auth", data={**AUTHORIZE, "ticket": log_in(browser, exact)})
        assert (answer.status_code, "refused" in answer.text) == (200, True)


class TestTokens:
    """Rules 1.3 to 1.9: what is less than sure about tokens."""

    def test_basic_authentication(self, exact: Company, server: Server, take: Take) -> None:
        """`accepted` or `refused`."""
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()

        def exchanged() -> int:
            fields = {"grant_type": "authorization_code", "code": server.code(exact.user), "redirect_uri": REDIRECT}
            headers = {"Authorization": f"Basic {basic}"}
            return server.http.post("/api/oauth2/token", data=fields, headers=headers).status_code

        assert exchanged() == 200
        take(basic_authentication="refused")
        assert exchanged() == 401

    def test_expires_in(self, exact: Company, server: Server, take: Take) -> None:
        """`text` or `number`."""
        assert new_tokens(server, exact)["expires_in"] == "600"
        take(expires_in="number")
        assert new_tokens(server, exact)["expires_in"] == 600

    def test_access_token_length(self, exact: Company, server: Server, take: Take) -> None:
        """`long` or `short`."""
        assert len(new_tokens(server, exact)["access_token"]) > 1000
        take(access_token_length="short")
        assert len(new_tokens(server, exact)["access_token"]) == 64

    @pytest.mark.parametrize(("reading", "last_day"), [("30_days", 29), ("180_days", 179)])
    def test_refresh_token_life(self, exact: Company, frozen: Server, take: Take, reading: str, last_day: int) -> None:
        take(refresh_token_life=reading)
        one, other = new_tokens(frozen, exact), new_tokens(frozen, exact)
        frozen.control("clock", advance=last_day * 86_400)
        assert refresh(frozen, one).status_code == 200
        frozen.control("clock", advance=86_400)
        assert refresh(frozen, other).status_code == 400

    @pytest.mark.parametrize(("reading", "seconds"), [("570_s", 570), ("600_s", 600)])
    def test_earliest_refresh(self, exact: Company, frozen: Server, take: Take, reading: str, seconds: int) -> None:
        take(earliest_refresh=reading)
        pair = new_tokens(frozen, exact)
        frozen.control("clock", advance=seconds - 1)
        assert refresh(frozen, pair).status_code == 400
        frozen.control("clock", advance=1)
        assert refresh(frozen, pair).status_code == 200

    def test_used_refresh_token_grace(self, exact: Company, frozen: Server, take: Take) -> None:
        """`none` or `10_minutes`, and in those only until the new one is used."""
        used, fresh = refreshed(frozen, exact)
        assert refresh(frozen, used).status_code == 401
        take(used_refresh_token_grace="10_minutes")
        frozen.control("clock", advance=599)
        again = refresh(frozen, used)
        assert again.status_code == 200
        frozen.control("clock", advance=570)
        assert refresh(frozen, again.json()).status_code == 200
        assert refresh(frozen, used).status_code == 401
        assert refresh(frozen, fresh).status_code == 200

    def test_used_refresh_token_grace__is_over(self, exact: Company, frozen: Server, take: Take) -> None:
        take(used_refresh_token_grace="10_minutes")
        used, _ = refreshed(frozen, exact)
        frozen.control("clock", advance=600)
        assert refresh(frozen, used).status_code == 401

    def test_access_token_after_refresh(self, exact: Company, frozen: Server, take: Take) -> None:
        """`lives_on` or `ends`."""
        used, _ = refreshed(frozen, exact)
        assert me(frozen, used) == 200
        take(access_token_after_refresh="ends")
        used, fresh = refreshed(frozen, exact)
        assert (me(frozen, used), me(frozen, fresh)) == (401, 200)

    @pytest.mark.parametrize(
        ("reading", "status", "has_reason"),
        [("access_denied", 400, True), ("invalid_request", 400, False), ("text_401", 401, False)],
    )
    def test_early_refresh(
        self, exact: Company, server: Server, take: Take, reading: str, status: int, has_reason: bool
    ) -> None:
        """Whatever the status, the words "not expired" say what it is; the token stays good."""
        take(early_refresh=reading)
        answer = refresh(server, new_tokens(server, exact))
        assert (answer.status_code, "Reason" in answer.headers) == (status, has_reason)
        assert "not expired" in answer.text
        assert reading in answer.text or reading == "text_401"

    def test_gateway_fault_status(self, exact: Company, server: Server, take: Take) -> None:
        """`404` or `500`."""
        server.control("faults", fault="gateway_fault", division=exact.division, count=2)
        assert exact.get(JOURNALS, top="1").status_code == 404
        take(gateway_fault_status="500")
        answer = exact.get(JOURNALS, top="1")
        assert (answer.status_code, "fault" in answer.json()) == (500, True)

    def test_withdrawn_consent(self, exact: Company, server: Server, take: Take) -> None:
        """`401` or `403`."""
        server.control("consents/withdraw", client_id=CLIENT, user=exact.user)
        assert exact.get(JOURNALS, top="1").status_code == 401
        take(withdrawn_consent="403")
        assert exact.get(JOURNALS, top="1").status_code == 403

    def test_withdrawn_refresh(self, exact: Company, server: Server, take: Take) -> None:
        """`invalid_grant` or `user_not_active`."""
        server.control("consents/withdraw", client_id=CLIENT, user=exact.user)
        assert refresh(server, exact.tokens).json()["error"] == "invalid_grant"
        take(withdrawn_refresh="user_not_active")
        assert refresh(server, exact.tokens).json()["error_description"] == "The user is not active"

    def test_unauthorized_body(self, exact: Company, server: Server, take: Take) -> None:
        """`error_body` or `empty`."""
        exact.headers["Authorization"] = "Bearer nobody"
        assert message(exact.get(JOURNALS)) == "Unauthorized"
        take(unauthorized_body="empty")
        answer = exact.get(JOURNALS)
        assert (answer.status_code, answer.content) == (401, b"")

    def test_unknown_company(self, exact: Company, server: Server, take: Take) -> None:
        """`403` or `404`; one of somebody else stays 403."""
        nowhere = Company(server, 7, exact.user, exact.tokens)
        elsewhere = Company(server, server.new_company().division, exact.user, exact.tokens)
        assert nowhere.get(JOURNALS).status_code == 403
        take(unknown_company="404")
        assert (nowhere.get(JOURNALS).status_code, elsewhere.get(JOURNALS).status_code) == (404, 403)


class TestLimits:
    """Rules 2: what is less than sure about limits."""

    def used_up(self, frozen: Server) -> Company:
        exact = frozen.new_company()
        for _ in range(60):
            assert exact.get(JOURNALS, select="Code").status_code == 200
        return exact

    def test_blocked_key(self, exact: Company, frozen: Server, take: Take) -> None:
        """`429` or `403`."""
        for _ in range(11):
            assert exact.get(JOURNALS, filter="nonsense").status_code == 400
        assert exact.get(JOURNALS, select="Code").status_code == 429
        take(blocked_key="403")
        assert exact.get(JOURNALS, select="Code").status_code == 403

    def test_me_budget(self, exact: Company, frozen: Server, take: Take) -> None:
        """`own` or `current_company`."""

        def left() -> int:
            exact.server.http.get("/api/v1/current/Me", params={"$select": "UserID"}, headers=exact.headers)
            return int(exact.get(JOURNALS, select="Code").headers["X-RateLimit-Remaining"])

        assert [left(), left()] == [4999, 4998]
        take(me_budget="current_company")
        assert [left(), left()] == [4996, 4994]

    def test_business_errors_count(self, frozen: Server, take: Take) -> None:
        """`no` or `yes`."""

        def refused_eleven_times() -> int:
            exact = frozen.new_company()
            for _ in range(11):
                assert exact.post(SALES, {}).status_code == 500
            return exact.post(SALES, {}).status_code

        assert refused_eleven_times() == 500
        take(business_errors_count="yes")
        assert refused_eleven_times() == 429

    def test_rate_headers_on_errors(self, exact: Company, take: Take) -> None:
        """`kept` or `none`; a good answer has them either way."""
        assert "X-RateLimit-Limit" in exact.get(JOURNALS, filter="nonsense").headers
        take(rate_headers_on_errors="none")
        assert "X-RateLimit-Limit" not in exact.get(JOURNALS, filter="nonsense").headers
        assert "X-RateLimit-Limit" in exact.get(JOURNALS, select="Code").headers

    def test_too_many_body(self, frozen: Server, take: Take) -> None:
        """`empty` or `error_body`."""
        exact = self.used_up(frozen)
        assert exact.get(JOURNALS).content == b""
        take(too_many_body="error_body")
        answer = exact.get(JOURNALS)
        assert (answer.status_code, message(answer)) == (429, "Rate limit exceeded.")

    @pytest.mark.parametrize(("reading", "left"), [("free", "4939"), ("counted", "4937")])
    def test_refused_calls(self, frozen: Server, take: Take, reading: str, left: str) -> None:
        take(refused_calls=reading)
        exact = self.used_up(frozen)
        assert [exact.get(JOURNALS).status_code for _ in range(2)] == [429, 429]
        frozen.control("clock", advance=60)
        assert exact.get(JOURNALS, select="Code").headers["X-RateLimit-Remaining"] == left


class TestAnswers:
    """Rules 3: what is less than sure about queries and answers."""

    def test_entry_without_prefer(self, exact: Company, take: Take) -> None:
        """`filled` or `id_only`; asked for, the entry is filled either way."""
        body = exact.sale(exact.line(), YourRef="Z-1")
        assert exact.post(SALES, body).json()["d"]["YourRef"] == "Z-1"
        take(entry_without_prefer="id_only")
        bare = exact.post(SALES, body).json()["d"]
        assert (bare["YourRef"], bool(bare["EntryID"])) == (None, True)
        assert exact.created(SALES, body)["YourRef"] == "Z-1"

    @pytest.mark.parametrize(
        ("reading", "is_bare"),
        [("bare", [True, True, False]), ("results_for_one", [False, True, False]), ("results", [False] * 3)],
    )
    def test_top_envelope(self, exact: Company, take: Take, reading: str, is_bare: list[bool]) -> None:
        """For `$top` 1, 2 and 61."""
        take(top_envelope=reading)
        inner = [exact.get("financial/GLAccounts", select="Code", top=top).json()["d"] for top in ("1", "2", "61")]
        assert [isinstance(rows, list) for rows in inner] == is_bare

    def test_receivables_select(self, exact: Company, take: Take) -> None:
        """`demanded` or `free`."""
        assert exact.get("cashflow/Receivables").status_code == 400
        take(receivables_select="free")
        assert exact.get("cashflow/Receivables").status_code == 200

    def test_sync_select_all(self, exact: Company, take: Take) -> None:
        """`refused` or `accepted`."""
        path = "sync/Financial/GLAccounts"
        assert exact.get(path, select="*", filter="Timestamp gt 1").status_code == 400
        take(sync_select_all="accepted")
        assert "Description" in exact.rows(path, select="*", filter="Timestamp gt 1")[0]

    def test_text_case(self, exact: Company, take: Take) -> None:
        """`matters` or `does_not_matter`, in every function."""
        conditions = ["Name eq 'dupont'", "substringof('ONT',Name) eq true and startswith(Name,'dup') eq true"]
        assert [exact.rows(ACCOUNTS, filter=condition, select="Name") for condition in conditions] == [[], []]
        take(text_case="does_not_matter")
        assert [len(exact.rows(ACCOUNTS, filter=condition, select="Name")) for condition in conditions] == [1, 1]

    def test_long_query(self, exact: Company, take: Take) -> None:
        """`accepted` or `refused`."""
        condition = " or ".join(["Code eq '70'"] * 200)
        assert len(exact.rows(JOURNALS, filter=condition, select="Code")) == 1
        take(long_query="refused")
        assert exact.get(JOURNALS, filter=condition, select="Code").status_code == 404
        assert exact.get(JOURNALS, filter="Code eq '70'", select="Code").status_code == 200

    @pytest.mark.parametrize(("reading", "period"), [("shifted", 12), ("as_written", 11), ("refused", None)])
    def test_zoned_dates(self, exact: Company, take: Take, reading: str, period: int | None) -> None:
        """The last evening of November in UTC is December in France."""
        take(zoned_dates=reading)
        answer = exact.post(SALES, exact.sale(exact.line(), EntryDate="2026-11-30T23:30:00Z"))
        assert answer.status_code == (201 if period else 400)
        assert period is None or answer.json()["d"]["ReportingPeriod"] == period

    def test_stamps_in_filters(self, frozen: Server, take: Take) -> None:
        """`wall_clock` or `utc`: the company is an hour ahead in winter."""
        frozen.control("clock", now="2026-11-20T12:00:20Z")
        exact = frozen.new_company()
        exact.created(ACCOUNTS, {"Name": "NOON"})

        def found(condition: str) -> int:
            return len(exact.rows(ACCOUNTS, filter=f"Name eq 'NOON' and ({condition})", select="Name"))

        local, utc = "Modified ge datetime'2026-11-20T13:00:00'", "Modified lt datetime'2026-11-20T12:30:00'"
        assert (found(local), found(utc)) == (1, 0)
        take(stamps_in_filters="utc")
        assert (
            found(local),
            found(utc),
            found(f"not ({local}) and not (datetime'2026-11-20T12:30:00' le Modified)"),
        ) == (
            0,
            1,
            1,
        )

    def test_numbers_as_text(self, exact: Company, take: Take) -> None:
        """`read` or `refused`, flags too."""
        sale, account = exact.sale(exact.line(amount="12.50")), {"Name": "N", "Blocked": "true"}
        assert (exact.post(SALES, sale).status_code, exact.post(ACCOUNTS, account).status_code) == (201, 201)
        take(numbers_as_text="refused")
        assert (exact.post(SALES, sale).status_code, exact.post(ACCOUNTS, account).status_code) == (400, 400)

    def test_amounts_out(self, exact: Company, take: Take) -> None:
        """`exact` or `noisy`: right only once it is rounded."""
        path = f"{SALES}(guid'{exact.created(SALES, exact.sale(exact.line(amount=10.05)))['EntryID']}')"
        assert exact.get(path).json()["d"]["AmountFC"] == 12.06
        take(amounts_out="noisy")
        amount = exact.get(path).json()["d"]["AmountFC"]
        assert amount != 12.06
        assert round(amount, 2) == 12.06

    def test_int64_out(self, exact: Company, take: Take) -> None:
        """`number` or `text`."""
        options = {"select": "Timestamp", "filter": "Timestamp gt 1"}
        number = exact.rows("sync/Financial/GLAccounts", **options)[0]["Timestamp"]
        take(int64_out="text")
        assert exact.rows("sync/Financial/GLAccounts", **options)[0]["Timestamp"] == str(number)

    def test_short_vat_code(self, exact: Company, take: Take) -> None:
        """`accepted` or `refused`; the padded one is right either way."""
        short, padded = exact.sale(exact.line(vat_code="VN")), exact.sale(exact.line(vat_code="VN "))
        assert exact.post(SALES, short).status_code == 201
        take(short_vat_code="refused")
        assert exact.refusal(SALES, short) == ["Référence non valide : Code TVA"]
        assert exact.post(SALES, padded).status_code == 201

    def test_system_divisions(self, exact: Company, server: Server, take: Take) -> None:
        """`own_licence` or `all_reachable`."""
        other = 50_000 + exact.division
        server.control("companies", division=other, users=[exact.user], licence="2")
        assert len(exact.rows("system/Divisions", select="Code")) == 1
        take(system_divisions="all_reachable")
        assert {row["Code"] for row in exact.rows("system/Divisions", select="Code")} == {exact.division, other}


class TestBooks:
    """Rules 5, 6 and 8: what is less than sure about entries."""

    def test_missing_date(self, exact: Company, take: Take) -> None:
        """`today` or `refused`."""
        sale = exact.sale(exact.line(), EntryDate=None)
        receipt = exact.receipt({**exact.receipt_line(10), "Date": None})
        assert (exact.post(SALES, sale).status_code, exact.post(CASH, receipt).status_code) == (201, 201)
        take(missing_date="refused")
        assert exact.refusal(SALES, sale) == exact.refusal(CASH, receipt) == ["Obligatoire : Date"]

    def test_negative_total(self, exact: Company, take: Take) -> None:
        """`type_21` or `type_20`."""
        sale = exact.sale(exact.line(amount=-10))
        assert exact.created(SALES, sale)["Type"] == 21
        take(negative_total="type_20")
        assert exact.created(SALES, sale)["Type"] == 20

    @pytest.mark.parametrize(
        ("reading", "taken"),
        [
            ("all_but_20_24", {"706020", "467500", "511600", "530000"}),
            ("no_payment_accounts", {"706020", "467500"}),
            ("no_balance_sheet", {"706020"}),
        ],
    )
    def test_sales_line_accounts(self, exact: Company, take: Take, reading: str, taken: set[str]) -> None:
        """Revenue, a general account, a payment service, cash, accounts receivable and VAT."""
        take(sales_line_accounts=reading)
        codes = ["706020", "467500", "511600", "530000", "411000", "445711"]
        lines = {code: exact.sale(exact.line(code, vat_code=None)) for code in codes}
        assert {code for code, body in lines.items() if exact.post(SALES, body).status_code == 201} == taken

    def test_long_texts(self, exact: Company, take: Take) -> None:
        """`kept`, `cut` or `refused`."""
        sale = exact.sale(exact.line(Description="L" * 61), YourRef="R" * 41, Description="D" * 60)
        assert exact.created(SALES, sale)["YourRef"] == "R" * 41
        take(long_texts="cut")
        entry = exact.created(SALES, sale)
        assert (entry["YourRef"], entry["Description"]) == ("R" * 40, "D" * 60)
        lines = exact.rows("salesentry/SalesEntryLines", filter=f"EntryID eq guid'{entry['EntryID']}'")
        assert lines[0]["Description"] == "L" * 60
        take(long_texts="refused")
        assert exact.refusal(SALES, sale) == ["Trop long : Votre réf."]

    def test_put_document(self, exact: Company, take: Take) -> None:
        """`accepted` or `refused`."""
        document = exact.created("documents/Documents", {"Subject": "Z", "Type": 10})["ID"]
        key = f"{SALES}(guid'{exact.created(SALES, exact.sale(exact.line()))['EntryID']}')"
        assert exact.call("PUT", key, json={"Document": document}).status_code == 204
        take(put_document="refused")
        answer = exact.call("PUT", key, json={"Document": document})
        assert (answer.status_code, message(answer)) == (500, "Non autorisé : Document")

    def test_deleted_number(self, exact: Company, take: Take) -> None:
        """`free` or `taken`."""
        sale = exact.sale(exact.line(), EntryNumber=26709001)

        def made_and_deleted() -> int:
            entry = exact.created(SALES, sale)
            return exact.call("DELETE", f"{SALES}(guid'{entry['EntryID']}')").status_code

        assert [made_and_deleted(), made_and_deleted()] == [204, 204]
        take(deleted_number="taken")
        assert "26709001" in exact.refusal(SALES, sale)[0]

    @pytest.mark.parametrize(("reading", "total"), [("gross", 120), ("net", 144)])
    def test_including_code_on_sales(self, exact: Company, take: Take, reading: str, total: int) -> None:
        """An amount of 120.00 at 20 % including; changed afterwards it keeps its meaning."""
        take(including_code_on_sales=reading)
        entry = exact.created(SALES, exact.sale(exact.line(amount=120, vat_code="VI")))
        key = f"{SALES}(guid'{entry['EntryID']}')"
        assert exact.call("PUT", key, json={"YourRef": "again"}).status_code == 204
        assert (entry["AmountFC"], exact.get(key).json()["d"]["AmountFC"]) == (total, total)
        assert exact.ledger()["411000"] == total

    @pytest.mark.parametrize(
        ("reading", "vat", "far"), [("any", 19.99, 10), ("within_1_00", 19.99, None), ("ignored", 20, 20)]
    )
    def test_line_vat_amount(self, exact: Company, take: Take, reading: str, vat: float, far: float | None) -> None:
        """20.00 computed; given as 19.99, and as 10.00."""
        take(line_vat_amount=reading)
        near_body, far_body = (exact.sale(exact.line(VATAmountFC=given)) for given in (19.99, 10))
        assert exact.created(SALES, near_body)["VATAmountFC"] == vat
        if far is None:
            assert exact.refusal(SALES, far_body) == ["Non valide : Montant de TVA"]
        else:
            assert exact.created(SALES, far_body)["VATAmountFC"] == far

    @pytest.mark.parametrize(("reading", "vat"), [("ignored", 30), ("taken", 30.02)])
    def test_header_vat_amount(self, exact: Company, take: Take, reading: str, vat: float) -> None:
        take(header_vat_amount=reading)
        lines = exact.line("706010", vat_code="VR"), exact.line()
        assert exact.created(SALES, exact.sale(*lines, VATAmountFC=30.02))["VATAmountFC"] == vat
        exact.ledger()

    @pytest.mark.parametrize(("reading", "receipt"), [("receipt_positive", 50), ("receipt_negative", -50)])
    def test_cash_sign(self, exact: Company, take: Take, reading: str, receipt: int) -> None:
        """The same receipt in the ledger; the line shows what was posted."""
        take(cash_sign=reading)
        body = exact.receipt(exact.receipt_line(receipt), OpeningBalanceFC=0, ClosingBalanceFC=50)
        entry = exact.created(CASH, body)
        lines = exact.rows("financialtransaction/CashEntryLines", filter=f"EntryID eq guid'{entry['EntryID']}'")
        assert [line["AmountFC"] for line in lines] == [receipt]
        assert (exact.ledger()["530000"], exact.ledger()["411000"]) == (50, -50)

    def test_cash_line_accounts(self, exact: Company, take: Take) -> None:
        """`all` or `no_cash_or_bank`."""
        to_bank = exact.receipt({"GLAccount": exact.gl("512000"), "AmountFC": -10, "Date": "2026-11-20"})
        assert exact.post(CASH, to_bank).status_code == 201
        take(cash_line_accounts="no_cash_or_bank")
        assert exact.refusal(CASH, to_bank) == ["Non valide : Type de compte général"]

    @pytest.mark.parametrize(("reading", "drawer", "vat"), [("on_top", 120, -20), ("inside", 100, "-16.67")])
    def test_cash_line_vat(self, exact: Company, take: Take, reading: str, drawer: int, vat: Any) -> None:
        take(cash_line_vat=reading)
        line = {"GLAccount": exact.gl("706020"), "AmountFC": 100, "VATCode": "VN", "Date": "2026-11-20"}
        exact.created(CASH, exact.receipt(line))
        ledger = exact.ledger()
        assert (ledger["530000"], str(ledger["445711"])) == (drawer, f"{float(vat):.2f}")

    def test_missing_balances(self, exact: Company, take: Take) -> None:
        """`filled` or `refused`."""
        receipt = exact.receipt(exact.receipt_line(10))
        assert exact.created(CASH, receipt)["ClosingBalanceFC"] == 10
        take(missing_balances="refused")
        assert exact.refusal(CASH, receipt) == ["Obligatoire : Solde d'ouverture", "Obligatoire : Solde de clôture"]

    def test_opening_balance(self, exact: Company, take: Take) -> None:
        """`free` or `must_follow`."""
        receipt = exact.receipt(exact.receipt_line(10), OpeningBalanceFC=5, ClosingBalanceFC=15)
        assert exact.post(CASH, receipt).status_code == 201
        take(opening_balance="must_follow")
        assert exact.refusal(CASH, receipt) == ["Non valide : Solde d'ouverture"]
        assert exact.post(CASH, exact.receipt(exact.receipt_line(1), OpeningBalanceFC=15)).status_code == 201

    @pytest.mark.parametrize(("reading", "opening"), [("by_number", 30), ("by_date", 10)])
    def test_last_cash_entry(self, exact: Company, take: Take, reading: str, opening: int) -> None:
        """The entry of the 22nd is made first, that of the 20th after it."""
        take(last_cash_entry=reading)
        exact.created(CASH, exact.receipt(exact.receipt_line(10, Date="2026-11-22"), OpeningBalanceFC=0))
        exact.created(CASH, exact.receipt(exact.receipt_line(20), OpeningBalanceFC=10))
        assert exact.created(CASH, exact.receipt(exact.receipt_line(1)))["OpeningBalanceFC"] == opening

    def test_receivable_line_party(self, exact: Company, take: Take) -> None:
        """`demanded` or `free`."""
        receipt = exact.receipt({"GLAccount": exact.gl("411000"), "AmountFC": 10, "Date": "2026-11-20"})
        assert exact.refusal(CASH, receipt) == ["Obligatoire : Relation"]
        take(receivable_line_party="free")
        assert exact.post(CASH, receipt).status_code == 201

    @pytest.mark.parametrize(("reading", "status", "deleted"), [("open", 20, 204), ("processed", 50, 500)])
    def test_new_cash_entry(self, exact: Company, take: Take, reading: str, status: int, deleted: int) -> None:
        take(new_cash_entry=reading)
        entry = exact.created(CASH, exact.receipt(exact.receipt_line(10)))
        assert entry["Status"] == status
        assert exact.call("DELETE", f"{CASH}(guid'{entry['EntryID']}')").status_code == deleted

    def general(self, exact: Company, code: str, name: str = "AmountFC") -> dict[str, Any]:
        amounts = {code: 10, "758000": -10}
        lines = [{"GLAccount": exact.gl(account), name: amount} for account, amount in amounts.items()]
        return {"JournalCode": "90", "GeneralJournalEntryLines": lines}

    def test_general_line_accounts(self, exact: Company, take: Take) -> None:
        """`no_cash_or_bank` or `all`."""
        path, body = "generaljournalentry/GeneralJournalEntries", self.general(exact, "530000")
        assert "530000" in exact.refusal(path, body)[0]
        take(general_line_accounts="all")
        assert exact.post(path, body).status_code == 201

    @pytest.mark.parametrize(("reading", "balance"), [("ignored", 0), ("taken", 10)])
    def test_general_amount_dc(self, exact: Company, take: Take, reading: str, balance: int) -> None:
        take(general_amount_dc=reading)
        exact.created("generaljournalentry/GeneralJournalEntries", self.general(exact, "658000", "AmountDC"))
        assert exact.ledger()["658000"] == balance

    def test_look_up_delay(self, frozen: Server, take: Take) -> None:
        """`none` or `30_s`: what a caller sees who looks an entry up too soon after a lost answer."""
        exact = frozen.new_company()
        take(look_up_delay="30_s")
        entry = exact.created(SALES, exact.sale(exact.line(), YourRef="Z-1"))

        def found() -> tuple[int, str]:
            condition = "YourRef eq 'Z-1'"
            count = exact.call("GET", f"{SALES}/$count", params={"$filter": condition}).text
            return len(exact.rows(SALES, filter=condition, select="EntryID")), count

        assert found() == (0, "0")
        assert exact.get(f"{SALES}(guid'{entry['EntryID']}')").status_code == 200
        frozen.control("clock", advance=30)
        assert found() == (1, "1")
        take(look_up_delay="none")
        exact.created(SALES, exact.sale(exact.line(), YourRef="Z-1"))
        assert found() == (2, "2")


class TestSwitching:
    """How a reading is chosen, seen and taken back."""

    def test_seen_with_choices_and_source(self, server: Server) -> None:
        shown = server.http.get("/_control/readings").json()
        assert list(shown) == [question.name for question in QUESTIONS]
        assert shown["cash_sign"] == {
            "reading": "receipt_positive",
            "choices": ["receipt_positive", "receipt_negative"],
            "rules": "6",
            "certainty": "seen by clients",
        }

    @pytest.mark.parametrize("body", [{"colour": "red"}, {"cash_sign": "sideways"}, {"cash_sign": 1}])
    def test_nonsense_changes_nothing(self, server: Server, body: dict[str, Any]) -> None:
        """Not even the readings named beside it."""
        answer = server.http.post("/_control/readings", json={"negative_total": "type_20", **body})
        assert answer.status_code == 400
        assert server.http.get("/_control/readings").json()["negative_total"]["reading"] == "type_21"

    def test_on_the_page(self, server: Server, take: Take) -> None:
        assert "As usual" in server.http.get("/").text
        take(cash_sign="receipt_negative")
        page = server.http.get("/").text
        assert "As usual" not in page
        assert '<td class="code wide"><b>cash_sign</b></td><td class="wide">receipt_negative</td>' in page

    @pytest.mark.usefixtures("outside")
    def test_from_the_start(self, tmp_path: Path) -> None:
        """The file, and the command line over it; a reset and a DELETE go back to those."""
        file = tmp_path / "readings.json"
        file.write_text(json.dumps({"negative_total": "type_20", "expires_in": "number"}))
        options = ("--readings", str(file), "--reading", "expires_in=text", "--reading", "unknown_company=404")
        with running(tmp_path / "books", *options) as started:

            def chosen() -> list[str]:
                shown = started.http.get("/_control/readings").json()
                return [shown[name]["reading"] for name in ("negative_total", "expires_in", "unknown_company")]

            assert chosen() == ["type_20", "text", "404"]
            for method, path in (("POST", "reset"), ("DELETE", "readings")):
                started.control("readings", negative_total="type_21", unknown_company="403")
                assert chosen() == ["type_21", "text", "403"]
                assert started.http.request(method, f"/_control/{path}").status_code == 200
                assert chosen() == ["type_20", "text", "404"]

    @pytest.mark.parametrize("option", ["colour=red", "cash_sign=sideways", "cash_sign"])
    @pytest.mark.usefixtures("outside")
    def test_unknown_at_the_start(self, tmp_path: Path, option: str) -> None:
        """The program says which there are, and ends."""
        command = [sys.executable, "-m", "simulators.exact_online", "--data", str(tmp_path), "--reading", option]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert ended.returncode == 1
        assert "receipt_positive" in ended.stderr or "there are" in ended.stderr


def test_every_reading_has_its_test() -> None:
    """A test named after each question, which names every choice."""
    sources: dict[str, str] = {}
    for path in Path(__file__).parent.glob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                sources[node.name] = "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    for question in QUESTIONS:
        test = sources[f"test_{question.name}"]
        assert [choice for choice in question.choices if not re.search(f'["`]{choice}["`]', test)] == []
