"""The page at `/`, as a browser's reader gets it."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from simulated_exact import Company, Server

SALES = "salesentry/SalesEntries"


@pytest.fixture(autouse=True)
def no_faults(server: Server) -> None:
    server.http.delete("/_control/faults")


class Text(HTMLParser):
    """The text of a page by section, and the tags it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.sections: dict[str, str] = {"": ""}
        self._section = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "section":
            self._section = dict(attrs)["id"] or ""
            self.sections[self._section] = ""

    def handle_data(self, data: str) -> None:
        self.sections[self._section] = " ".join(f"{self.sections[self._section]} {data}".split())


def page(exact: Company, **query: Any) -> Text:
    answer = exact.server.http.get("/", params={"division": exact.division, **query})
    assert answer.status_code == 200
    read = Text()
    read.feed(answer.text)
    return read


def entries(exact: Company, **query: Any) -> list[str]:
    """The references on the page, in its order."""
    return re.findall(r"REF-\d+", page(exact, **query).sections["entries"])


def sold(exact: Company, **header: Any) -> dict[str, Any]:
    return exact.created(SALES, exact.sale(exact.line(amount=1000), **header))


def test_empty_company(exact: Company) -> None:
    sections = page(exact).sections
    assert "Nothing is booked yet." in sections["entries"]
    assert "No customer owes anything." in sections["customers"]
    assert "Nothing is booked yet." in sections["balance"]


def test_entry__with_its_lines(exact: Company) -> None:
    made = sold(exact, YourRef="Z 12", Description="Clôture 12")
    shown = page(exact).sections["entries"]
    for part in (str(made["EntryNumber"]), "20 Nov 2026", "Z 12", "Clôture 12", "1,200.00 EUR", "Ventes comptoir"):
        assert part in shown
    for part in ("411000", "1,200.00", "706020", "1,000.00", "445711", "200.00", "VAT VN 20 %"):
        assert part in shown


def test_journals__count_and_sum(exact: Company) -> None:
    sold(exact)
    sold(exact)
    assert re.search(r"70 Ventes .* 2 2,400\.00", page(exact).sections["journals"])


def test_customers__open_items_and_balance(exact: Company) -> None:
    sold(exact, YourRef="Z 12")
    exact.created("financialtransaction/CashEntries", exact.receipt(exact.receipt_line(450)))
    shown = page(exact).sections["customers"]
    assert re.search(r"Ventes comptoir 0000002 2 items · debit 1,200\.00 · credit 450\.00 750\.00", shown)
    assert "Z 12" in shown


def test_trial_balance__zero(exact: Company) -> None:
    sold(exact)
    assert re.search(r"Total 1,200\.00 1,200\.00 0\.00", page(exact).sections["balance"])


def test_markup_in_the_books__is_text(exact: Company) -> None:
    """Whoever writes into the books must not write into the page."""
    sold(exact, YourRef="<script>alert(1)</script>", Description='"><img src=x onerror=alert(2)>')
    read = page(exact, reference="<script>", journal='"><b>')
    shown = page(exact)
    assert "<script>alert(1)</script>" in shown.sections["entries"]
    assert '"><img src=x onerror=alert(2)>' in shown.sections["entries"]
    for found in (read, shown):
        assert not {tag for tag, _ in found.tags} & {"script", "img", "iframe", "object"}
        assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on")]


def test_nothing_from_outside(exact: Company) -> None:
    """No other address, and a policy that would stop one."""
    answer = exact.server.http.get("/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    read = page(exact)
    links = [attributes[name] for _, attributes in read.tags for name in ("src", "href") if name in attributes]
    assert links
    assert all(str(link).startswith(("/", "#", "data:,")) for link in links)


class TestFilters:
    """By journal, date and reference, and page by page."""

    def test_date(self, exact: Company) -> None:
        for day in (10, 11, 12):
            sold(exact, EntryDate=f"2026-11-{day}", YourRef=f"REF-{day}")
        assert entries(exact) == ["REF-12", "REF-11", "REF-10"]
        assert entries(exact, **{"from": "2026-11-11"}) == ["REF-12", "REF-11"]
        assert entries(exact, to="2026-11-11", **{"from": "2026-11-11"}) == ["REF-11"]

    def test_reference(self, exact: Company) -> None:
        """Part of YourRef, of any text in upper or lower case, or the number."""
        first = sold(exact, YourRef="REF-1", Description="midi")
        sold(exact, YourRef="REF-2", Description="soir")
        assert entries(exact, reference="ref-1") == ["REF-1"]
        assert entries(exact, reference="SOIR") == ["REF-2"]
        assert entries(exact, reference=first["EntryNumber"]) == ["REF-1"]
        assert entries(exact, reference="none") == []

    def test_reference_with_accents(self, exact: Company) -> None:
        """Upper and lower case of letters that are not ASCII, in the header's text as in a line's."""
        sold(exact, YourRef="REF-1", Description="CLÔTURE du soir")
        body = exact.sale(exact.line(Description="Entrée du midi"), YourRef="REF-2", Description="Z")
        exact.created(SALES, body)
        assert entries(exact, reference="clôture") == ["REF-1"]
        assert entries(exact, reference="ENTRÉE") == ["REF-2"]
        assert entries(exact, reference="du MIDI") == ["REF-2"]

    def test_journal(self, exact: Company) -> None:
        sold(exact, YourRef="REF-1")
        assert entries(exact, journal="70") == ["REF-1"]
        assert "No entry fits these filters." in page(exact, journal="71").sections["entries"]

    def test_pages(self, exact: Company) -> None:
        body = exact.sale(exact.line())
        for number in range(100, 121):
            exact.created(SALES, {**body, "YourRef": f"REF-{number}"})
        assert entries(exact) == [f"REF-{number}" for number in range(120, 100, -1)]
        assert entries(exact, page=2) == ["REF-100"]
        assert entries(exact, page=99) == ["REF-100"]
        links = [dict(attributes) for tag, attributes in page(exact, journal="70").tags if tag == "a"]
        (following,) = [link["href"] for link in links if link.get("rel") == "next"]
        assert following == f"/?division={exact.division}&journal=70&page=2#entries"

    @pytest.mark.parametrize("query", [{"from": "yesterday"}, {"page": "-1"}, {"page": "9" * 30}, {"division": "x"}])
    def test_nonsense__shows_everything(self, exact: Company, query: dict[str, str]) -> None:
        assert exact.server.http.get("/", params={"division": exact.division, **query}).status_code == 200


def test_unknown_company__404_with_the_list(exact: Company) -> None:
    answer = exact.server.http.get("/", params={"division": 1})
    assert answer.status_code == 404
    assert f"/?division={exact.division}" in answer.text


def test_calls__with_their_answers(exact: Company, server: Server) -> None:
    """The words of a refusal, the address of a new row, the fault that struck; never a token."""
    exact.post(SALES, {"Journal": "70"})
    made = sold(exact)
    server.control("faults", fault="reset_after_commit", resource=SALES, division=exact.division, method="GET")
    with pytest.raises(httpx.ReadError):
        exact.get(SALES, top="1")
    shown = page(exact).sections["calls"]
    assert "500 Internal Server Error Obligatoire : Relation" in shown
    assert f"201 Created SalesEntries(guid'{made['EntryID']}')" in shown
    assert "no answer reset_after_commit" in shown
    assert "$top=1" in shown
    server.tokens(exact.user)
    assert "gAAA" not in server.http.get("/").text


def test_faults__in_force(exact: Company, server: Server) -> None:
    server.control("faults", fault="status_503", division=exact.division, resource=SALES, count=7, probability=0.25)
    server.control("faults", fault="html_200", division=exact.division, count=1)
    exact.get("financial/Journals", top="1")
    read = page(exact).sections
    server.http.delete("/_control/faults")
    assert f"status_503 any method, {SALES}, {exact.division} 25 % 0 7 " in read["faults"]
    assert f"html_200 any method, any resource, {exact.division} 100 % 1 spent" in read["faults"]
    assert "Faults in force 1 " in read[""]
    assert "None." in page(exact).sections["faults"]


def test_bookkeeper__told(exact: Company, server: Server) -> None:
    made = sold(exact)
    server.control("bookkeeper", division=exact.division, act="edit", edit="amount", entry_id=made["EntryID"])
    read = page(exact).sections
    assert f"edit, amount {made['EntryNumber']}" in read["faults"]
    assert "changed by Camille Comptable" in read["entries"]
