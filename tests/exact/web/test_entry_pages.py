"""An entry's number leads into Exact Online: to its company, and to the entry once support taught the address."""

import re
from html import unescape

import httpx
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from exact.models import ExactApp, Finding, FindingKind, Posting
from exact.web.addresses import WebPage, page_of
from tenants.factories import AccountantFactory, ResellerAdminFactory, StaffFactory, SupportFactory
from tenants.models import Change
from tests.clients import client_of, english_client_of

SIMULATED = "/docs/SimulatedEntry.aspx?_Division_={division}&ID=%7b{entry_id}%7d"
LINK = re.compile(
    r'<a class="console-link is-outward" href="([^"]+)" target="_blank" rel="noopener noreferrer"([^>]*)>'
)


def teach_page() -> str:
    return reverse("console_entry_pages", args=[ExactApp.objects.get().pk])


def closing_page(posting: Posting) -> str:
    return reverse("admin:exports_storedclosing_change", args=[posting.closing_id])


def links_on(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return [unescape(it) for it, _name in LINK.findall(answer.content.decode())]


def address_of(posting: Posting) -> str:
    """As a person sees it above the open entry; no browser writes braces otherwise."""
    host = posting.division.app.base_url.rstrip("/")
    return host + SIMULATED.format(division=posting.division.code, entry_id=(posting.entry_id or "").upper())


def now(posting: Posting) -> WebPage:
    """Where its number leads now."""
    found = page_of(Posting.objects.get(pk=posting.pk))
    assert found is not None
    return found


def teach(client: Client, address: str) -> None:
    answer = client.post(teach_page(), {"address": address, "keep": "yes"})
    assert answer.status_code == 302, answer.content.decode()


def test_number__opens_the_company_until_it_is_taught(posted: Posting) -> None:
    staff = english_client_of(StaffFactory(reseller=posted.tenant.reseller))
    page = staff.get(closing_page(posted)).content.decode()
    assert f"Entry {posted.entry_number}: open its company in Exact Online and search for it there (new tab)" in page
    opened = httpx.get(links_on(staff, closing_page(posted))[0])
    assert opened.status_code == 200
    assert f"{posted.division.code} – " in opened.text and posted.entry_number in opened.text


def test_address__taught_by_one_entry_leads_each_number_to_its_own_until_it_is_taken_back(posted: Posting) -> None:
    support = english_client_of(SupportFactory())
    seen = support.post(teach_page(), {"address": address_of(posted)}).content.decode()
    assert f"Recognised: entry {posted.entry_number}" in seen and posted.tenant.name in seen
    assert ExactApp.objects.get().sales_page == ""  # a look keeps nothing
    teach(support, address_of(posted))
    receipts = Posting.objects.exclude(pk=posted.pk).get()
    # Of the receipts nobody said anything: they open the company.
    assert [now(it).of_entry for it in (posted, receipts)] == [True, False]
    teach(support, address_of(receipts))
    client = client_of(AccountantFactory(tenant=posted.tenant))
    for posting in (posted, receipts):
        found = now(posting)
        assert found.address in links_on(client, closing_page(posting))
        opened = httpx.get(found.address)
        assert opened.status_code == 200 and f"Entry {posting.entry_number}</h1>" in opened.text
    said = f"Écriture {posted.entry_number} dans Exact Online (nouvel onglet)"
    assert said in client.get(closing_page(posted), headers={"Accept-Language": "fr"}).content.decode()
    assert Change.objects.filter(table_name="exact_exactapp", actor__role="support").count() >= 2
    for _press in range(2):
        assert support.post(teach_page(), {"forget": "sales"}).status_code == 302
    assert [ExactApp.objects.get().sales_page, ExactApp.objects.get().receipts_page != ""] == ["", True]


def test_every_page_that_shows_a_number__has_the_link(posted: Posting) -> None:
    teach(english_client_of(SupportFactory()), address_of(posted))
    Finding.objects.create(
        tenant=posted.tenant,
        posting=posted,
        kind=FindingKind.CHANGED,
        details=[{"what": "411000", "meant": "1", "found": "2"}],
    )
    page = now(posted)
    client = client_of(StaffFactory(reseller=posted.tenant.reseller))
    finding = Finding.objects.get()
    accept = {"action": "accept", "_selected_action": [str(finding.pk)]}
    assert page.address in unescape(client.post(reverse("admin:exact_finding_changelist"), accept).content.decode())
    day = posted.business_date.isoformat()
    check = f"{reverse('console_check')}?first={day}&last={day}&where=e{posted.establishment_id}"
    pages = [
        reverse("admin:exact_finding_changelist"),
        reverse("admin:exact_finding_replace", args=[posted.pk]),
        f"{reverse('console_search')}?q={posted.entry_number}",
        reverse("console_set_up_customer", args=[posted.tenant_id]),
        check,
    ]
    assert [it for it in pages if page.address not in links_on(client, it)] == []
    finding.delete()
    assert page.address in links_on(client, reverse("admin:exports_storedclosing_changelist"))


def test_pasted_address__that_would_not_do_is_refused_and_said_why(posted: Posting) -> None:
    support, good = english_client_of(SupportFactory()), address_of(posted)
    host = posted.division.app.base_url.rstrip("/")
    stranger = "0e0e0e0e-1111-2222-3333-444444444444"
    refused = {
        "": "begins with",
        good.replace(host, "https://start.exactonline.example"): "begins with",
        good.replace(host, f"{host}.example"): "begins with",
        good.replace(host, f"{host}@evil.example"): "begins with",
        good.replace("http://", "javascript://"): "begins with",
        f"{good}\n": "",  # what surrounds it is nobody's fault
        f"{good}\n/x": "begins with",
        f"{host}/docs/MenuPortal.aspx?_Division_={posted.division.code}": "No entry that was posted from here",
        good.replace((posted.entry_id or "").upper(), stranger): "No entry that was posted from here",
        good.replace(f"_Division_={posted.division.code}&", ""): "but not its company",
        f"{good}&AccountID=%7b{stranger}%7d": f"also names {stranger}",
        f"{good}&x={'y' * 490}": "too long",
    }
    for address, words in refused.items():
        answer = support.post(teach_page(), {"address": address, **({"keep": "yes"} if words else {})})
        assert (answer.status_code, words in unescape(answer.content.decode())) == (422 if words else 200, True), (
            address
        )
    assert ExactApp.objects.get().sales_page == ""


def test_address_by_number__is_recognised_and_what_is_filled_in_cannot_change_it(posted: Posting) -> None:
    host = posted.division.app.base_url.rstrip("/")
    address = f"{host}/docs/x?_Division_={posted.division.code}&n={{{posted.entry_number}}}&d=%3D{posted.division.code}"
    teach(english_client_of(SupportFactory()), address)
    assert (
        ExactApp.objects.get().sales_page
        == f"{host}/docs/x?_Division_={{division}}&n=%7B{{entry_number}}%7D&d=%3D{{division}}"
    )
    Posting.objects.filter(pk=posted.pk).update(entry_number='7"><b>&x={division}')
    code = posted.division.code
    assert now(posted).address == (
        f"{host}/docs/x?_Division_={code}&n=%7B7%22%3E%3Cb%3E%26x%3D%7Bdivision%7D%7D&d=%3D{code}"
    )


def test_only_support_teaches__and_the_database_keeps_to_the_host(posted: Posting) -> None:
    reseller, app = posted.tenant.reseller, ExactApp.objects.get()
    people = (
        ResellerAdminFactory(reseller=reseller),
        StaffFactory(reseller=reseller),
        AccountantFactory(tenant=posted.tenant),
    )
    for person in people:
        client = client_of(person)
        assert client.get(teach_page()).status_code == 403
        assert client.post(teach_page(), {"address": address_of(posted), "keep": "yes"}).status_code == 403
    host = app.base_url.rstrip("/")
    for page in (
        "https://start.exactonline.fr/{division}{entry_id}",
        host + "/x?{division}",
        host + "x/{division}{entry_id}",
    ):
        with pytest.raises(IntegrityError, match="page_of_host"), transaction.atomic():
            ExactApp.objects.update(receipts_page=page)
    for url in ("http://exact.example", "ftp://exact.example", "https://me@exact.example", "http://localhost.example"):
        with pytest.raises(IntegrityError, match="page_of_host"), transaction.atomic():
            ExactApp.objects.update(base_url=url, sales_page=url + "/{division}{entry_id}")
        ExactApp.objects.update(base_url=url)
        assert page_of(Posting.objects.get(pk=posted.pk)) is None
        answer = english_client_of(SupportFactory()).post(teach_page(), {"address": f"{url}/docs/x"})
        assert (answer.status_code, "no link leads to it" in answer.content.decode()) == (422, True)


def test_another_host__takes_the_taught_addresses_back(posted: Posting) -> None:
    support, app = english_client_of(SupportFactory()), ExactApp.objects.get()
    teach(support, address_of(posted))
    address = reverse("admin:exact_exactapp_change", args=[app.pk])
    assert teach_page() in support.get(address).content.decode()
    form = {"country": "FR", "client_id": app.client_id, "minute_limit": 55, "day_limit": 5000, "secret": ""}
    answer = support.post(address, form | {"base_url": "https://start.exactonline.fr"}, follow=True)
    assert "it is taken back" in unescape(answer.content.decode())
    assert ExactApp.objects.get().sales_page == ""
