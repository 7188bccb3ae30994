"""Lists, keys, filters, pages and envelopes (rules 3)."""

import re
import uuid
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from simulated_exact import Company, Server, message

GL = "financial/GLAccounts"
SALES = "salesentry/SalesEntries"


def codes(exact: Company, condition: str, path: str = GL) -> list[str]:
    return sorted(row["Code"] for row in exact.rows(path, filter=condition, select="Code"))


class TestFilter:
    """Rules 3.6: the language of `$filter`."""

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ("Code eq '530000'", ["530000"]),
            ("Type eq 10", ["530000", "531000"]),
            ("Type eq 10 and Code ne '530000'", ["531000"]),
            ("Type eq 12 or Code eq '530000'", ["512000", "530000"]),
            ("Type eq 12 or Type eq 10 and Code eq '530000'", ["512000", "530000"]),
            ("(Type eq 12 or Type eq 10) and Code eq '530000'", ["530000"]),
            ("Type gt 8 and Type le 12", ["512000", "530000", "531000"]),
            ("Type ge 10 and Type lt 12", ["530000", "531000"]),
            ("not (Type gt 10)", ["530000", "531000"]),
            ("startswith(Code,'53') eq true", ["530000", "531000"]),
            ("startswith(Code,'53')", ["530000", "531000"]),
            ("startswith(Code,'53') eq false and Type eq 10", []),
            ("endswith(Code,'1000') eq true and Type eq 10", ["531000"]),
            ("endswith(Code,'') and Type eq 12", ["512000"]),
            ("substringof('Caisse',Description) eq true", ["530000", "531000"]),
            ("substringof('SECOND ÉTAB',toupper(Description))", ["531000"]),
            ("substringof('CAISSE',Description) eq true", []),
            ("substringof('d''exercice',Description)", []),
            ("substringof('l''exploitant',Description)", ["108000"]),
            ("IsBlocked eq true", ["707900"]),
            ("IsBlocked eq true and VATCode eq null", ["707900"]),
            ("VATCode ne null and Code lt '706020'", ["706010"]),
            ("Code eq '5%' or Code eq '530000'' or 1 eq 1'", []),
            ("Type eq 10.0 and Code eq '530000'", ["530000"]),
            ("Type eq 10L and '530000' eq Code", ["530000"]),
            ("Type eq 12 and not startswith(Code,'53')", ["512000"]),
            ("IsBlocked", ["707900"]),
            ("trim(tolower(Description)) eq 'caisse'", ["530000"]),
            (
                "Type eq 12 and Created ge DateTime'2026-01-01' and ID ne Guid'00000000-0000-0000-0000-000000000000'",
                ["512000"],
            ),
        ],
    )
    def test_condition(self, exact: Company, condition: str, expected: list[str]) -> None:
        assert codes(exact, condition) == expected

    def test_guid(self, exact: Company) -> None:
        cash = exact.gl("530000")
        assert codes(exact, f"ID eq guid'{cash.upper()}'") == ["530000"]

    def test_datetime(self, exact: Company) -> None:
        condition = "StartDate ge datetime'2026-11-01T00:00:00' and StartDate lt datetime'2027-01-01'"
        rows = exact.rows("financial/FinancialPeriods", filter=condition, select="FinYear,FinPeriod")
        assert sorted((row["FinYear"], row["FinPeriod"]) for row in rows) == [(2026, 11), (2026, 12)]

    def test_guid_behind_a_space(self, exact: Company) -> None:
        """A known client writes it so."""
        assert codes(exact, f"ID eq guid '{exact.gl('530000')}'") == ["530000"]

    def test_forty_guids_joined_by_or(self, exact: Company) -> None:
        """Or-lists of 40 GUIDs are in use."""
        ids = [exact.gl("530000"), *(str(uuid.uuid4()) for _ in range(39))]
        assert codes(exact, " or ".join(f"ID eq guid'{one}'" for one in ids)) == ["530000"]

    @pytest.mark.parametrize(
        "condition",
        [
            "Colour eq 'red'",
            "DeductibilityPercentages eq null",
            "Code eq",
            "Code eq 'open",
            "Code = '530000'",
            "Code eq 530000",
            "ID eq '530000'",
            "ID eq guid'nonsense'",
            "Type eq '10'",
            "Created gt datetime'2026-02-30'",
            "Code",
            "Code and Type",
            "substringof(Code)",
            "substringof('5',Type)",
            "soundex(Code) eq 'x'",
            "Type eq 99999999999999999999",
            "Type eq 1e999",
            "((((Code eq '1')",
            "Code eq '1' Type eq 2",
            "(" * 200 + "Type eq 1" + ")" * 200,
            "Type eq 1 or " * 2000 + "Type eq 1",
        ],
    )
    def test_nonsense_is_400(self, exact: Company, condition: str) -> None:
        """Rules 4.2: what cannot be parsed is 400, in Exact's body."""
        answer = exact.get(GL, filter=condition, select="Code")
        assert answer.status_code == 400
        assert answer.json()["error"]["message"]["lang"] == "en-US"
        assert message(answer)

    def test_unknown_property_is_named(self, exact: Company) -> None:
        assert "'Colour'" in message(exact.get(GL, filter="Colour eq 1", select="Code"))


class TestSelect:
    """Rules 3.4 and 3.6: `$select`."""

    def test_order_is_the_models(self, exact: Company) -> None:
        row = exact.rows(GL, select="Type,Description,Code,ID", top="2")[0]
        assert list(row) == ["__metadata", "ID", "Code", "Description", "Type"]

    def test_everything_without_select(self, exact: Company) -> None:
        row = exact.rows(GL, top="2")[0]
        assert len(row) == 45
        assert "__deferred" in row["DeductibilityPercentages"]
        assert exact.rows(GL, top="2", select="*")[0] == row

    def test_metadata(self, exact: Company) -> None:
        row = exact.rows(GL, select="ID", filter="Code eq '530000'")[0]
        assert row["__metadata"]["type"] == "Exact.Web.Api.Models.GLAccount"
        assert row["__metadata"]["uri"].startswith("http://127.0.0.1:")
        assert row["__metadata"]["uri"].endswith(f"/api/v1/{exact.division}/{GL}(guid'{row['ID']}')")

    @pytest.mark.parametrize(
        "options",
        [
            {"select": "Colour"},
            {"orderby": "Colour"},
            {"orderby": "Code sideways"},
            {"expand": "Code"},
            {"expand": "Colour"},
            {"top": "-1"},
            {"top": "many"},
            {"top": "²"},
            {"skip": "x"},
            {"skiptoken": "guid'x'"},
            {"skiptoken": "5"},
            {"skiptoken": "'a','b'"},
            {"inlinecount": "some"},
            {"wibble": "1"},
        ],
    )
    def test_nonsense_is_400(self, exact: Company, options: dict[str, str]) -> None:
        assert exact.get(GL, **options).status_code == 400

    def test_option_twice_is_400(self, exact: Company) -> None:
        assert exact.call("GET", GL, params=[("$top", "1"), ("$top", "2")]).status_code == 400

    def test_other_parameters_do_not_matter(self, exact: Company) -> None:
        assert exact.call("GET", GL, params={"$top": "1", "wibble": "1", "$format": "json"}).status_code == 200


class TestPaging:
    """Rules 3.5: pages of 60, an absolute `__next`, by key."""

    def test_pages_have_60_rows_and_no_row_is_lost(self, exact: Company) -> None:
        pages = list(exact.pages(GL, select="Code"))
        assert [len(page) for page in pages[:-1]] == [60] * (len(pages) - 1)
        seen = [row["Code"] for page in pages for row in page]
        assert len(pages) > 1
        assert len(set(seen)) == len(seen) == int(exact.get(f"{GL}/$count").text)

    def test_default_order_is_by_guid(self, exact: Company) -> None:
        ids = [row["ID"] for row in exact.rows(GL, select="ID")]
        assert ids == sorted(ids)

    def test_next_carries_the_remaining_top(self, exact: Company) -> None:
        answer = exact.get(GL, select="ID,Code", top="62")
        page = answer.json()["d"]
        assert len(page["results"]) == 60
        last = page["results"][-1]["ID"]
        assert page["__next"].startswith(
            f"{exact.server.http.base_url}".rstrip("/") + f"/api/v1/{exact.division}/{GL}?"
        )
        assert "$top=2&" in page["__next"]
        assert page["__next"].endswith(f"$skiptoken=guid'{last}'")
        rest = exact.server.http.get(page["__next"], headers=exact.headers).json()["d"]
        assert len(rest) == 2

    @pytest.mark.parametrize("order", ["Code", "Code desc", "VATCode desc,Code", "VATCode,Type desc", "Modified asc"])
    def test_orderby_goes_through_all_pages(self, exact: Company, order: str) -> None:
        """Nulls, ties and both directions: every row once, in order."""
        rows = [row for page in exact.pages(GL, select="Code,VATCode,Type", orderby=order) for row in page]
        assert len({row["Code"] for row in rows}) == len(rows) == int(exact.get(f"{GL}/$count").text)
        if order == "Code desc":
            assert [row["Code"] for row in rows] == sorted((row["Code"] for row in rows), reverse=True)
        if order == "VATCode desc,Code":
            assert [row["VATCode"] or "" for row in rows] == sorted(
                (row["VATCode"] or "" for row in rows), reverse=True
            )

    def test_skip_token_before_the_nulls(self, exact: Company) -> None:
        """Downwards the nulls come last, and a page that ends before them must not lose them."""
        order = {"select": "ID,VATCode", "orderby": "VATCode desc"}
        rows = [row for page in exact.pages(GL, **order) for row in page]
        token = f"'{rows[2]['VATCode']}',guid'{rows[2]['ID']}'"
        rest = [row for page in exact.pages(GL, **order, skiptoken=token) for row in page]
        assert rest == rows[3:]

    def test_skip_token_of_a_date(self, exact: Company) -> None:
        page = exact.get(GL, select="Code", orderby="Modified asc").json()["d"]
        assert re.search(r"\$skiptoken=datetime'\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\d\.\d{3}',guid'", page["__next"])

    def test_skip(self, exact: Company) -> None:
        everything = [row["Code"] for row in exact.rows(GL, orderby="Code", select="Code")]
        assert [row["Code"] for row in exact.rows(GL, orderby="Code", select="Code", skip="5", top="3")] == everything[
            5:8
        ]


class TestEnvelope:
    """Rules 3.4: which of the two envelopes comes."""

    def test_results_without_top(self, exact: Company) -> None:
        assert set(exact.get("financial/Journals", select="Code").json()["d"]) == {"results"}

    def test_bare_list_with_a_small_top(self, exact: Company) -> None:
        assert isinstance(exact.get(GL, select="Code", top="60").json()["d"], list)

    def test_results_with_a_large_top(self, exact: Company) -> None:
        assert "results" in exact.get("financial/Journals", select="Code", top="61").json()["d"]

    @pytest.mark.parametrize(("top", "empty"), [("5", []), ("61", {"results": []})])
    def test_empty(self, exact: Company, top: str, empty: object) -> None:
        assert exact.get(GL, filter="Code eq 'x'", top=top).json() == {"d": empty}

    def test_inline_count(self, exact: Company) -> None:
        inner = exact.get("financial/Journals", select="Code", inlinecount="allpages").json()["d"]
        assert inner["__count"] == str(len(inner["results"]))

    def test_inline_count_forces_the_object(self, exact: Company) -> None:
        """Also with a small `$top`: a known client reads `d.results` of its `$top=2&$inlinecount=allpages`."""
        inner = exact.get(GL, select="Code", inlinecount="allpages", top="2").json()["d"]
        assert (len(inner["results"]), inner["__count"]) == (2, exact.get(f"{GL}/$count").text)
        assert "__next" not in inner

    def test_inline_count_with_top(self, exact: Company, server: Server) -> None:
        """The other reading, by another client's account."""
        server.control("readings", inline_count_with_top="ignored")
        listed = exact.get(GL, select="Code", inlinecount="allpages", top="2").json()["d"]
        whole = exact.get("financial/Journals", select="Code", inlinecount="allpages").json()["d"]
        server.control("readings", inline_count_with_top="counted")
        assert (len(listed), "__count" in whole) == (2, True)

    def test_flags_are_never_null(self, exact: Company) -> None:
        """Rules 3.7: true or false, in the answer and in a filter."""
        row = exact.rows("crm/Accounts", filter="trim(Code) eq '0000002' and IsBank eq false")[0]
        assert {row[name] for name in ("IsBank", "IsPilot", "IsSales", "CanDropShip")} == {True, False}

    def test_count(self, exact: Company) -> None:
        answer = exact.get(f"{GL}/$count", filter="Type eq 10")
        assert answer.text == "2"
        assert answer.headers["Content-Type"].startswith("text/plain")

    def test_me_comes_in_results(self, exact: Company, server: Server) -> None:
        """Rules 3.9: the only call without a division."""
        query = {"$select": "CurrentDivision,LanguageCode,UserID"}
        answer = server.http.get("/api/v1/current/Me", params=query, headers=exact.headers).json()
        (me,) = answer["d"]["results"]
        assert me["CurrentDivision"] == exact.division
        assert me["LanguageCode"] == "fr-FR"

    def test_headers(self, exact: Company) -> None:
        """Rules 3.1: the headers of a live answer."""
        first, second = (exact.get("financial/Journals", select="Code").headers for _ in range(2))
        assert first["DataServiceVersion"] == "2.0;"
        assert first["Content-Type"] == "application/json; charset=utf-8"
        assert first["Cache-Control"] == "no-cache, no-store"
        assert (first["Pragma"], first["Expires"]) == ("no-cache", "-1")
        assert uuid.UUID(first["X-Exact-Correlation-Id"]) != uuid.UUID(second["X-Exact-Correlation-Id"])


M = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"


class TestAtom:
    """Rules 3.2: without `Accept: application/json` the answer is Atom XML."""

    @pytest.mark.parametrize("accept", ["*/*", "application/xml"])
    def test_list(self, exact: Company, accept: str) -> None:
        answer = exact.call("GET", GL, params={"$select": "Code,IsBlocked,VATCode"}, headers={"Accept": accept})
        assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        with pytest.raises(ValueError, match="Expecting value"):
            answer.json()
        feed = ElementTree.fromstring(answer.content)
        assert len(feed.findall("{*}entry")) == 60
        assert feed.find("{*}link[@rel='next']") is not None
        assert {element.text for element in feed.iter("{*}IsBlocked")} <= {"true", "false"}

    def test_row(self, exact: Company) -> None:
        answer = exact.call("GET", f"{GL}(guid'{exact.gl('530000')}')", headers={"Accept": ""})
        assert ElementTree.fromstring(answer.content).findtext(".//{*}Code") == "530000"

    def test_values(self, exact: Company) -> None:
        """Dates as ISO text, null and type as attributes, links as links, expanded ones with their feed inside."""
        made = exact.created(SALES, exact.sale(exact.line(amount="100.50")))
        path = f"{SALES}(guid'{made['EntryID']}')"
        names = "EntryDate,AmountFC,EntryNumber,YourRef,SalesEntryLines"
        for expand in ("", "SalesEntryLines"):
            params = {"$select": names, "$expand": expand}
            answer = exact.call("GET", path, params=params, headers={"Accept": "application/atom+xml"})
            entry = ElementTree.fromstring(answer.content)
            found = {
                element.tag.rpartition("}")[2]: element for element in entry.iterfind("{*}content/{*}properties/*")
            }
            assert found["EntryDate"].text == "2026-11-20T00:00:00"
            assert found["EntryDate"].attrib == {f"{M}type": "Edm.DateTime"}
            assert (found["AmountFC"].text, found["AmountFC"].attrib) == ("120.6", {f"{M}type": "Edm.Double"})
            assert found["YourRef"].attrib == {f"{M}null": "true"}
            link = entry.find("{*}link[@title='SalesEntryLines']")
            assert link is not None
            assert link.get("href", "").endswith(f"{path}/SalesEntryLines")
            amounts = [element.text for element in link.iterfind(".//{*}AmountFC")]
            assert amounts == (["100.5"] if expand else [])


class TestKey:
    """Rules 3.3: one row by its key."""

    def test_by_guid(self, exact: Company) -> None:
        cash = exact.gl("530000")
        row = exact.get(f"{GL}(guid'{cash}')", select="Code").json()["d"]
        assert row["Code"] == "530000"

    def test_by_number(self, exact: Company) -> None:
        row = exact.get(f"system/Divisions({exact.division})", select="Code,Country").json()["d"]
        assert (row["Code"], row["Country"]) == (exact.division, "FR ")

    def test_by_several_parts(self, exact: Company) -> None:
        path = "read/financial/JournalStatusList(Journal='70',Period=11,Year=2026)"
        row = exact.get(path, select="Status").json()["d"]
        assert row["Status"] == 0
        assert row["__metadata"]["uri"].endswith(path)

    @pytest.mark.parametrize(
        ("key", "status"),
        [
            ("guid'76eca85c-22df-40a2-ad50-c491e0aa7066'", 404),
            ("'530000'", 400),
            ("530000", 400),
            ("", 400),
            ("Code='530000'", 400),
            ("guid'x'", 400),
        ],
    )
    def test_unknown_or_wrong(self, exact: Company, key: str, status: int) -> None:
        answer = exact.get(f"{GL}({key})")
        assert answer.status_code == status
        assert message(answer)


class TestLinks:
    """Rules 3.4: deferred, expanded, and by their own address."""

    def test_deferred(self, exact: Company) -> None:
        row = exact.rows("vat/VATCodes", filter="Code eq 'VN '")[0]
        uri = row["VATPercentages"]["__deferred"]["uri"]
        assert uri == row["__metadata"]["uri"] + "/VATPercentages"
        rows = exact.server.http.get(uri, headers=exact.headers).json()["d"]["results"]
        assert sorted(entry["Percentage"] for entry in rows) == [0.196, 0.2]

    def test_expanded(self, exact: Company) -> None:
        rows = exact.rows("vat/VATCodes", select="Code,VATPercentages", expand="VATPercentages", top="60")
        by_code = {row["Code"]: [one["Percentage"] for one in row["VATPercentages"]["results"]] for row in rows}
        assert by_code["VR "] == [0.07, 0.1]
        assert by_code["VB "] == [0.055]

    def test_select_behind_a_link(self, exact: Company) -> None:
        select = "Code,VATPercentages/Percentage"
        row = exact.rows("vat/VATCodes", select=select, expand="VATPercentages", filter="Code eq 'VB '")[0]
        assert set(row["VATPercentages"]["results"][0]) == {"__metadata", "Percentage"}

    def test_unknown_link(self, exact: Company) -> None:
        assert exact.get(f"{GL}(guid'{exact.gl('530000')}')/Wibble").status_code == 404

    def test_link_of_an_unknown_row(self, exact: Company) -> None:
        assert exact.get(f"vat/VATCodes(guid'{uuid.uuid4()}')/VATPercentages").status_code == 404

    def test_unknown_property_behind_a_link(self, exact: Company) -> None:
        answer = exact.get("vat/VATCodes", select="Code,VATPercentages/Colour", expand="VATPercentages")
        assert answer.status_code == 400


class TestPadding:
    """Rules 3.8: codes filled up with spaces."""

    def test_account_code_has_18_characters(self, exact: Company) -> None:
        padded = "           0000002"
        assert codes(exact, f"Code eq '{padded}'", "crm/Accounts") == [padded]
        assert codes(exact, "trim(Code) eq '0000002'", "crm/Accounts") == [padded]
        assert codes(exact, "Code eq '0000002'", "crm/Accounts") == []

    def test_vat_code_has_three_characters(self, exact: Company) -> None:
        assert codes(exact, "trim(Code) eq 'VN'", "vat/VATCodes") == ["VN "]

    def test_others_have_none(self, exact: Company) -> None:
        assert "70" in codes(exact, "Type eq 20", "financial/Journals")
        assert codes(exact, "PaymentDays eq 0", "cashflow/PaymentConditions") == ["00"]

    def test_vat_percentage_is_a_fraction(self, exact: Company) -> None:
        """Rules 5.1: and the one of today, not of 2013."""
        assert exact.rows("vat/VATCodes", filter="Code eq 'VN '", select="Percentage")[0]["Percentage"] == 0.2


class TestMethods:
    """Rules 4.2: 404 and 405."""

    @pytest.mark.parametrize(
        "path", ["nowhere/Nothing", "financial/GLAccounts/Code", "x", "financial/GLAccounts(", "", "$batch"]
    )
    def test_unknown_resource_is_404(self, exact: Company, path: str) -> None:
        answer = exact.get(path)
        assert answer.status_code == 404
        assert message(answer)

    def test_upper_and_lower_case_do_not_matter(self, exact: Company) -> None:
        assert exact.get("CRM/accounts", top="1").status_code == 200

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "financialtransaction/TransactionLines"),
            ("DELETE", "financial/FinancialPeriods"),
            ("PATCH", "financial/GLAccounts"),
            ("PUT", "financialtransaction/CashEntries"),
            ("PUT", "financial/GLAccounts"),
            ("DELETE", "financialtransaction/BankEntryLines"),
        ],
    )
    def test_other_methods_are_405(self, exact: Company, method: str, path: str) -> None:
        answer = exact.call(method, path, json={})
        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]
        assert message(answer)

    def test_post_to_a_key_is_405(self, exact: Company) -> None:
        assert exact.post(f"{GL}(guid'{exact.gl('530000')}')", {}).status_code == 405

    def test_addresses_outside_the_api(self, server: Server) -> None:
        """Rules 4.1: the error body everywhere."""
        for path in ("/nothing", "/api/v1/abc/financial/GLAccounts", "/api/oauth2/token"):
            assert message(server.http.get(path))


class TestMandatoryFilter:
    """Rules 3.6: what some apps are asked on large tables; here when switched on."""

    @pytest.fixture
    def demanded(self, server: Server) -> Iterator[dict[str, Any]]:
        yield server.control("demands", resource="crm/Accounts")["mandatory_filters"]
        server.control("demands", resource="crm/Accounts", mandatory_filter=[])

    @pytest.mark.parametrize("options", [{}, {"filter": "Status eq 'C'"}, {"select": "ID", "top": "1"}])
    def test_missing(self, exact: Company, demanded: dict[str, Any], options: dict[str, str]) -> None:
        answer = exact.get("crm/Accounts", **options)
        assert answer.status_code == 400
        assert message(answer) == (
            "This endpoint has mandatory filtering applied. A GET request for this endpoint must have a $filter"
            " parameter with one of the following fields in the url: Code, Name, Email, ID, Created, Modified,"
            " VATNumber."
        )

    @pytest.mark.parametrize("condition", ["trim(Code) eq '0000002'", "Status eq 'C' and Name eq 'Ventes comptoir'"])
    def test_given(self, exact: Company, demanded: dict[str, Any], condition: str) -> None:
        assert len(exact.rows("crm/Accounts", filter=condition)) == 1

    def test_not_by_key(self, exact: Company, demanded: dict[str, Any]) -> None:
        assert exact.get(f"crm/Accounts(guid'{exact.customer('0000002')}')").status_code == 200

    def test_fields_of_ones_own(self, exact: Company, server: Server) -> None:
        server.control("demands", resource="financial/GLAccounts", mandatory_filter=["Code"])
        assert exact.get(GL).status_code == 400
        server.control("demands", resource="financial/GLAccounts", mandatory_filter=[])
        assert exact.get(GL).status_code == 200

    @pytest.mark.parametrize("body", [{"resource": "x"}, {"resource": GL, "mandatory_filter": ["Colour"]}])
    def test_nonsense(self, server: Server, body: dict[str, Any]) -> None:
        assert server.http.post("/_control/demands", json=body).status_code == 400


class TestDemands:
    """Rules 3.6: endpoints that ask for `$select`, sync that filters by Timestamp only."""

    @pytest.mark.parametrize("path", ["bulk/Financial/GLAccounts", "sync/Financial/GLAccounts"])
    def test_select_is_mandatory(self, exact: Company, path: str) -> None:
        answer = exact.get(path)
        assert answer.status_code == 400
        assert message(answer) == "Please add a $select or a $top=1 statement to the query string."
        assert exact.get(path, top="1").status_code == 200
        assert exact.get(path, select="Code").status_code == 200

    def test_everything_is_refused_on_sync_only(self, exact: Company) -> None:
        assert exact.get("sync/Financial/GLAccounts", select="*").status_code == 400
        assert exact.get("bulk/Financial/GLAccounts", select="*").status_code == 200

    def test_sync_filters_by_timestamp(self, exact: Company) -> None:
        path = "sync/Financial/GLAccounts"
        rows = exact.rows(path, select="Timestamp,Code", filter="Timestamp gt 1")
        stamps = [row["Timestamp"] for row in rows]
        assert len(rows) > 60  # rules 9: pages of 1,000
        assert stamps == sorted(stamps)
        assert len(exact.rows(path, select="Code", filter=f"Timestamp gt {stamps[-2]}")) == 1
        answer = exact.get(path, select="Code", filter="Code eq '530000'")
        assert (answer.status_code, "Code" in message(answer)) == (400, True)
