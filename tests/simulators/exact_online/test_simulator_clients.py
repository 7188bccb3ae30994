"""What known clients of other authors send, request by request, and how they read the answers.

The requests are rebuilt from what the clients' public sources do; none of their code is here.
"""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree

import httpx
import pytest
from simulated_exact import CLIENT, REDIRECT, SECRET, Company, Server

SALES = "salesentry/SalesEntries"


class Php:
    """picqer/exact-php-client: a form with the credentials, one set of headers for every call, PHP's query strings."""

    def __init__(self, exact: Company) -> None:
        self.http = exact.server.http
        self.division = exact.division
        form = {
            "redirect_uri": REDIRECT,
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "code": exact.server.code(exact.user),
        }
        answer = self.http.post("/api/oauth2/token", data=form).json()
        assert re.fullmatch(r"\d+", answer["expires_in"])  # it insists on a string of digits
        self.headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Prefer": "return=representation",
            "Authorization": f"Bearer {answer['access_token']}",
        }
        self.next_url: str | None = None

    def call(self, method: str, url: str, body: object = None, **params: str) -> Any:
        query = f"?{urlencode({f'${name}': value for name, value in params.items()})}" if params else ""
        address = url if url.startswith("http") else f"/api/v1/{url}"
        content = json.dumps(body) if body is not None else None
        answer = self.http.request(method, address + query, headers=self.headers, content=content)
        assert answer.status_code < 300, answer.text
        assert int(answer.headers["X-RateLimit-Minutely-Reset"]) % 1000 == 0
        assert int(answer.headers["X-RateLimit-Remaining"]) < int(answer.headers["X-RateLimit-Limit"])
        if answer.status_code == 204:
            return []
        inner = answer.json()["d"]
        self.next_url = inner.get("__next") if isinstance(inner, dict) else None
        rows = inner["results"] if isinstance(inner, dict) and "results" in inner else inner
        return rows[0] if isinstance(rows, list) and len(rows) == 1 and "results" in inner else rows


class TestPhp:
    """Rules 1.3, 2.2, 3.2, 3.3, 3.4, 3.5, 3.8: the requests of the most used PHP client."""

    @pytest.fixture
    def php(self, exact: Company) -> Php:
        return Php(exact)

    def test_me(self, php: Php) -> None:
        """Rules 3.9: `current/Me` for the division, read as a row of its own."""
        assert php.call("GET", "current/Me", select="CurrentDivision")["CurrentDivision"] == php.division
        assert php.call("GET", "current/Me")["CurrentDivision"] == php.division

    def test_find_by_padded_code(self, php: Php) -> None:
        """Rules 3.8: the code filled up to 18 characters, ordered by the key, `$top=1`: a bare list."""
        rows = php.call(
            "GET",
            f"{php.division}/crm/Accounts",
            filter=f"Code eq '{'0000002':>18}'",
            top="1",
            select="ID",
            orderby="ID",
        )
        assert list(rows[0]) == ["__metadata", "ID"]
        found = php.call("GET", f"{php.division}/crm/Accounts", filter=f"ID eq guid'{rows[0]['ID']}'", top="1")
        assert found[0]["Code"].strip() == "0000002"

    def test_every_page(self, php: Php) -> None:
        """Rules 3.5: `__next` is called as it is, with the same headers, until there is none."""
        codes: list[str] = []
        url: str | None = f"{php.division}/financial/GLAccounts"
        rows = php.call("GET", url, select="Code")
        while True:
            codes += [row["Code"] for row in (rows if isinstance(rows, list) else [rows])]
            if php.next_url is None:
                break
            assert php.next_url.startswith("http://")
            rows = php.call("GET", php.next_url)
        assert len(codes) == len(set(codes)) > 60

    def test_entry_from_birth_to_death(self, php: Php, exact: Company) -> None:
        """Rules 3.3: POST, PUT and DELETE by `(guid'…')`; the headers of every call ask for the representation."""
        made = php.call("POST", f"{php.division}/{SALES}", exact.sale(exact.line(), Type=20, YourRef="P 1"))
        assert made["SalesEntryLines"]["__deferred"]["uri"].endswith("/SalesEntryLines")
        key = f"{php.division}/{SALES}(guid'{made['EntryID']}')"
        assert php.call("PUT", key, {"YourRef": "P 2"}) == []
        found = php.call("GET", f"{php.division}/{SALES}", filter="YourRef eq 'P 2'", expand="SalesEntryLines")
        assert found["SalesEntryLines"]["results"][0]["AmountFC"] == 100
        assert php.call("DELETE", key) == []
        assert php.call("GET", f"{php.division}/{SALES}", filter="YourRef eq 'P 2'") == []


class DotNet:
    """The .NET SDK: keys and tokens glued into the address as they are, no Prefer, `$skiptoken` cut out of `__next`."""

    def __init__(self, exact: Company) -> None:
        self.exact = exact
        self.base = f"/api/v1/{exact.division}/"

    def get(self, endpoint: str, query: str = "", *, accept: str | None = "application/json") -> httpx.Response:
        request = self.exact.server.http.build_request("GET", self.base + endpoint + (f"?{query}" if query else ""))
        del request.headers["Accept"]
        if accept is not None:
            request.headers["Accept"] = accept
        request.headers["Authorization"] = self.exact.headers["Authorization"]
        answer = self.exact.server.http.send(request)
        assert answer.status_code == 200, answer.text
        return answer


class TestDotNet:
    """Rules 3.2, 3.4, 3.5: the requests of the .NET SDK and its successor."""

    @pytest.fixture
    def dotnet(self, exact: Company) -> DotNet:
        return DotNet(exact)

    def test_count_without_accept(self, dotnet: DotNet) -> None:
        """Rules 3.2: a bare number for a call that names no type."""
        assert int(dotnet.get("financial/Journals/$count", "$filter=Type+eq+20", accept=None).text) == 2

    def test_pages_by_the_cut_out_token(self, dotnet: DotNet) -> None:
        """Rules 3.5: the token alone is put behind the same query."""
        query = "$select=Code&$filter=Type+ne+999"
        first = dotnet.get("financial/GLAccounts", query).json()["d"]
        token = re.search(r"\$skiptoken=([^&#]*)", first["__next"])
        assert token is not None
        second = dotnet.get("financial/GLAccounts", f"{query}&$skiptoken={token[1]}").json()["d"]
        codes = [row["Code"] for row in (*first["results"], *second["results"])]
        assert len(codes) == len(set(codes)) == int(dotnet.get("financial/GLAccounts/$count", accept=None).text)

    def test_entity_by_key(self, dotnet: DotNet) -> None:
        """Rules 3.4: one object in `d`; its links are left out unless expanded."""
        row = dotnet.get("vat/VATCodes", "$filter=Code+eq+'VN+'&$top=1").json()["d"][0]
        body = dotnet.get(
            f"vat/VATCodes(guid'{row['ID']}')", "$select=Code,VATPercentages/Percentage&$expand=VATPercentages"
        )
        assert [child["Percentage"] for child in body.json()["d"]["VATPercentages"]["results"]] == [0.196, 0.2]

    def test_sync_in_mixed_case(self, dotnet: DotNet) -> None:
        """Rules 9: resources are written as the SDK's own namespaces are, the timestamp with an `L`."""
        dotnet.exact.created(SALES, dotnet.exact.sale(dotnet.exact.line()))
        rows = dotnet.get("sync/Financial/TransactionLines", "$filter=Timestamp+gt+1L&$select=Timestamp,EntryID").json()
        assert len(rows["d"]["results"]) == 3
        assert dotnet.get("SalesEntry/SalesEntries", "$top=1&$select=EntryID").json()["d"]

    def test_refusal_is_read_from_the_body(self, dotnet: DotNet) -> None:
        """Rules 4.1: `error.message.value` of a 500."""
        answer = dotnet.exact.call("POST", SALES, content=b'{"Journal":"70"}', headers={"Content-Type": "text/json"})
        assert answer.status_code == 500
        assert "Obligatoire" in answer.json()["error"]["message"]["value"]


class TestGo:
    """Rules 1.3, 8: Recras' Go client, whose token comes by Basic and who looks entries up by part of a text."""

    def test_basic_then_substringof(self, exact: Company) -> None:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        form = {"grant_type": "authorization_code", "code": exact.server.code(exact.user), "redirect_uri": REDIRECT}
        http = exact.server.http
        token = http.post("/api/oauth2/token", data=form, headers={"Authorization": f"Basic {basic}"}).json()
        headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": "application/json"}
        body = exact.sale(
            exact.line(Description="Recette"), Description="Z 12 du 20/11", PaymentCondition="00", Type=20
        )
        made = http.post(
            f"/api/v1/{exact.division}/{SALES}", json=body, headers={**headers, "Prefer": "return=representation"}
        )
        assert made.status_code == 201
        query = "?%24filter=substringof%28%27Z+12%27%2C+Description%29+eq+true&%24select=EntryID"
        found = http.get(f"/api/v1/{exact.division}/{SALES}{query}", headers=headers).json()["d"]["results"]
        assert [row["EntryID"] for row in found] == [made.json()["d"]["EntryID"]]


class TestPython:
    """Rules 3.4 to 3.6: ossobv's exactonline: or-lists of numbers, deferred links, doubled quotes."""

    @pytest.fixture
    def invoices(self, exact: Company) -> Iterator[list[dict[str, Any]]]:
        yield [exact.created(SALES, exact.sale(exact.line(), YourRef=ref)) for ref in ("O'Brien", "B", "C")]

    def test_map_of_numbers(self, exact: Company, invoices: list[dict[str, Any]]) -> None:
        """Forty numbers in an or-list, and the foreign numbers with their quotes doubled."""
        numbers = [row["EntryNumber"] for row in invoices] + list(range(1, 38))
        by_number = " or ".join(f"InvoiceNumber eq {number}" for number in numbers)
        rows = exact.rows(SALES, filter=by_number, select="InvoiceNumber,YourRef")
        assert {row["YourRef"] for row in rows} == {"O'Brien", "B", "C"}
        by_reference = "(YourRef eq 'O''Brien' or YourRef eq 'B')"
        period = "ReportingYear eq 2026 and ReportingPeriod eq 11"
        rows = exact.rows(SALES, filter=f"{by_reference} and {period}", select="InvoiceNumber,YourRef")
        assert {row["YourRef"] for row in rows} == {"O'Brien", "B"}

    def test_lines_by_the_deferred_address(self, exact: Company, invoices: list[dict[str, Any]]) -> None:
        """The address is called as it is given, on the same connection."""
        uri = invoices[0]["SalesEntryLines"]["__deferred"]["uri"]
        lines = exact.server.http.get(uri, headers=exact.headers).json()["d"]["results"]
        assert [line["AmountFC"] for line in lines] == [100]

    def test_refresh_by_form(self, exact: Company, frozen: Server) -> None:
        """Rules 1.5: a form without the redirect address; the new pair works, its life is read as a number."""
        pair = frozen.tokens(exact.user)
        frozen.control("clock", advance=590)
        answer = frozen.token_call(grant_type="refresh_token", refresh_token=pair["refresh_token"]).json()
        assert int(answer["expires_in"]) == 600
        headers = {"Authorization": f"{answer['token_type']} {answer['access_token']}", "Accept": "application/json"}
        me = frozen.http.get("/api/v1/current/Me", params={"$select": "CurrentDivision"}, headers=headers)
        assert me.json()["d"]["results"][0]["CurrentDivision"] == exact.division

    def test_attachment_in_lines_of_base64(self, exact: Company) -> None:
        """Rules 3.7, 5.3: python-exact-online encodes files as MIME does, a line break after 76 characters."""
        content = bytes(range(256))
        document = exact.created("documents/Documents", {"Subject": "Z 12", "Type": 10})
        lines = base64.encodebytes(content).decode()
        assert lines.count("\n") > 1
        made = exact.created(
            "documents/DocumentAttachments",
            {"Document": document["ID"], "FileName": "z12.pdf", "Attachment": lines},
        )
        assert made["FileSize"] == 256
        file = exact.server.http.get(made["Url"], headers={"Authorization": exact.headers["Authorization"]})
        assert file.content == content

    @pytest.mark.parametrize(
        ("resource", "condition"),
        [
            ("crm/Accounts", "trim(Code) eq '0000010'"),
            ("financial/GLAccounts", "Code eq '706010'"),
            ("financial/Journals", "Code eq '91'"),
            ("vat/VATCodes", "Code eq 'VN '"),
            ("hrm/Costcenters", "Code eq 'BAR'"),
            ("hrm/Costunits", "Code eq 'MIDI'"),
            (SALES, "YourRef eq 'Z 12'"),
        ],
    )
    def test_a_whole_row_sent_back(self, exact: Company, resource: str, condition: str) -> None:
        """Rules 3.4, 3.7: what was read is put back, links and read-only properties too: nothing changes."""
        exact.created(SALES, exact.sale(exact.line(), YourRef="Z 12"))

        def content(row: dict[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in row.items() if not name.startswith("Modif")}

        (row,) = exact.rows(resource, filter=condition)
        links = [name for name, value in row.items() if isinstance(value, dict) and "__deferred" in value]
        expand = ",".join(links)
        (before,) = exact.rows(resource, filter=condition, expand=expand)
        key = row.get("ID") or row["EntryID"]
        assert exact.call("PUT", f"{resource}(guid'{key}')", json=row).status_code == 204
        (after,) = exact.rows(resource, filter=condition, expand=expand)
        assert content(after) == content(before)

    def test_dates_sent_back_as_text(self, exact: Company) -> None:
        """Rules 3.7: python-exact-online puts back all that is not null, dates as text, with the change in it."""
        account_id = exact.created("crm/Accounts", {"Name": "Chez Paul", "Status": "C"})["ID"]
        (row,) = exact.rows("crm/Accounts", filter=f"ID eq guid'{account_id}'")
        body = {name: value for name, value in row.items() if value and not isinstance(value, dict)}
        body |= {"Created": "2026-11-24T16:03:35", "Modified": "2026-11-24T16:03:35", "Name": "Chez Paule"}
        assert exact.call("PUT", f"crm/Accounts(guid'{account_id}')", json=body).status_code == 204
        assert exact.rows("crm/Accounts", filter=f"ID eq guid'{account_id}'", select="Name")[0]["Name"] == "Chez Paule"

    def test_pages_of_more_than_a_page(self, exact: Company) -> None:
        """Rules 3.5: exact-online-sdk asks for 100 rows a page and follows what is left of them."""
        answer = exact.get("read/financial/JournalStatusList", top="100").json()["d"]
        assert len(answer["results"]) == 60
        assert parse_qs(urlsplit(answer["__next"]).query)["$top"] == ["40"]
        rest = exact.server.http.get(answer["__next"], headers=exact.headers).json()["d"]
        assert len(rest if isinstance(rest, list) else rest["results"]) == 40


class Node:
    """The packages of Node: global `fetch` and `https`, keys escaped or not, tokens by form, names percent-encoded."""

    def __init__(self, exact: Company) -> None:
        self.exact = exact
        self.http = exact.server.http

    def request(self, method: str, endpoint: str, query: str = "", payload: object = None) -> Any:
        """What it returns for a good answer: `d`, or true for 204."""
        headers = {
            "Authorization": self.exact.headers["Authorization"],
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        address = f"/api/v1/{self.exact.division}{endpoint}" + (f"?{query}" if query else "")
        content = json.dumps(payload) if payload is not None else None
        answer = self.http.request(method, address, headers=headers, content=content)
        assert answer.status_code < 300, answer.text
        if answer.status_code == 204:
            return True
        assert "application/json" in answer.headers["Content-Type"]
        return answer.json()["d"]


class TestNode:
    """Rules 1.2, 1.3, 3.3 to 3.6: @quantix-ict/exact-online, exact-online and the node of n8n."""

    @pytest.fixture
    def node(self, exact: Company) -> Node:
        return Node(exact)

    def test_log_in_address(self, node: Node) -> None:
        """Rules 1.2: one escapes the redirect address, the other leaves it as it is; neither sends a state."""
        escaped = urlencode(
            {"client_id": CLIENT, "redirect_uri": REDIRECT, "response_type": "code", "force_login": "0"}
        )
        for query in (escaped, f"response_type=code&client_id={CLIENT}&redirect_uri={REDIRECT}"):
            assert node.http.get(f"/api/oauth2/auth?{query}").status_code == 200

    def test_code_with_more_than_it_needs(self, node: Node) -> None:
        """Rules 1.3: `force_login` in the token's form is ignored."""
        code = node.exact.server.code(node.exact.user)
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "force_login": "0"}
        assert int(node.exact.server.token_call(**fields).json()["expires_in"]) == 600

    def test_select_without_its_dollar(self, node: Node) -> None:
        """Rules 3.9: `Select=CurrentDivision` is no option of OData: it is ignored, and everything comes."""
        headers = {"Authorization": node.exact.headers["Authorization"], "Accept": "application/json"}
        me = node.http.get("/api/v1/current/Me?Select=CurrentDivision", headers=headers).json()["d"]["results"][0]
        assert me["CurrentDivision"] == node.exact.division
        assert "UserName" in me

    def test_empty_filter(self, node: Node) -> None:
        """Rules 3.6: n8n sends `$filter=` when nobody filled it in: all rows."""
        assert len(node.request("GET", "/financial/Journals", "%24filter=")["results"]) == 10
        assert len(node.request("GET", "/financial/Journals", "%24select=Code&%24filter=")["results"]) == 10

    def test_every_field_by_name(self, node: Node) -> None:
        """Rules 3.6: n8n names all properties of a resource in `$select`, links among them."""
        row = node.request("GET", "/vat/VATCodes", "$top=1")[0]
        names = [name for name in row if name != "__metadata"]
        chosen = node.request("GET", "/vat/VATCodes", urlencode({"$select": ",".join(names), "$filter": ""}))
        assert set(chosen["results"][0]) == set(row)

    def test_one_row_by_id_and_top(self, node: Node) -> None:
        account_id = node.exact.customer("0000002")
        query = urlencode({"$filter": f"ID eq guid'{account_id}'", "$top": "1"})
        assert [row["ID"] for row in node.request("GET", "/crm/Accounts", query)] == [account_id]

    def test_entry_from_birth_to_death(self, node: Node) -> None:
        """Rules 3.3: without `Prefer`; 204 is read as success, whatever the body."""
        sale = node.exact.sale(node.exact.line(), YourRef="Q 1")
        made = node.request("POST", "/salesentry/SalesEntries", payload=sale)
        key = f"/salesentry/SalesEntries(guid'{made['EntryID']}')"
        assert node.request("PUT", key, payload={"Description": "Z"}) is True
        assert len(node.request("GET", f"{key}/SalesEntryLines")["results"]) == 1
        assert node.request("DELETE", key) is True

    def test_companies_by_customer_and_name(self, node: Node) -> None:
        """n8n lists companies as `CustomerName : Description`."""
        (row,) = node.request("GET", "/system/Divisions")["results"]
        assert row["CustomerName"]
        headers = {"Authorization": node.exact.headers["Authorization"], "Accept": "application/json"}
        me = node.http.get("/api/v1/current/Me", headers=headers).json()["d"]["results"][0]
        assert row["CustomerName"] == me["DivisionCustomerName"]


class TestPassport:
    """Rules 3.2: passport-exact asks for no type and reads the user out of the Atom feed."""

    def test_profile(self, exact: Company) -> None:
        """A parser of XML gives an element with an attribute as an object, without one as a text: types matter."""
        data = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
        metadata = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
        headers = {"Authorization": exact.headers["Authorization"], "Accept": ""}
        feed = ElementTree.fromstring(exact.server.http.get("/api/v1/current/Me", headers=headers).content)
        properties = feed.find(f"{{*}}entry/{{*}}content/{metadata}properties")
        assert properties is not None

        def element(name: str) -> ElementTree.Element:
            found = properties.find(data + name)
            assert found is not None
            return found

        assert element("UserID").attrib == {f"{metadata}type": "Edm.Guid"}
        assert element("CurrentDivision").attrib == {f"{metadata}type": "Edm.Int32"}
        assert element("CurrentDivision").text == str(exact.division)
        assert element("UserName").attrib == {}
        assert element("Title").attrib == {f"{metadata}null": "true"}
