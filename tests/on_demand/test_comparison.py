"""All agrees is said only of what was compared, entry by entry; what is gone, doubled or changed is named."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from booking.mapping import Overrides, SlotOverride, set_overrides
from exact.models import Division, Lane, Posting
from exports.reposts.replace import dry_run, order
from on_demand.models import OnDemandExport, OnDemandFormat
from tenants.factories import SupportFactory
from tests.bookkeeper import Bookkeeper
from tests.conftest import Caller, SimulatedExact, work
from tests.on_demand.given import asked, done, page_in, page_of, push, staff_of

pytestmark = pytest.mark.django_db(transaction=True)
Linked = tuple[Caller, Division]


def sale_of(number: int) -> Posting:
    return Posting.objects.get(entry_kind="sales", reference__startswith=f"Z{number}-")


def told(till: Caller, export: OnDemandExport) -> dict[str, Any]:
    answer: dict[str, Any] = till.get(f"exports/{export.pk}").json()
    return answer


@pytest.fixture
def two_equal_days(linked: Linked) -> Caller:
    """Two closings of the same amounts, all four entries in Exact."""
    till, division = linked
    push(till, 1042, 1043)
    while work(division):
        pass
    return till


@pytest.fixture
def bookkeeper(two_equal_days: Caller, exact: SimulatedExact) -> Bookkeeper:
    return Bookkeeper(exact, Division.objects.get())


@pytest.mark.parametrize("format", [OnDemandFormat.EXACT, OnDemandFormat.CIEL])
def test_all_agrees__with_counts_and_when(two_equal_days: Caller, format: OnDemandFormat) -> None:
    export = done(asked(two_equal_days, format))
    page = page_of(export, two_equal_days)
    assert "4 écritures de 2 clôtures, chacune y est, une seule fois" in page
    assert "Tous les comptes concordent au centime." in page
    compared = told(two_equal_days, export)["comparison"]
    assert (compared["equal"], compared["closings"], compared["entries"], compared["differing"]) == (True, 2, 4, 0)


@pytest.mark.parametrize("format", [OnDemandFormat.EXACT, OnDemandFormat.CIEL])
def test_two_equal_days__one_gone_and_the_other_doubled_are_both_named(
    two_equal_days: Caller, bookkeeper: Bookkeeper, format: OnDemandFormat
) -> None:
    bookkeeper.delete(sale_of(1042))
    bookkeeper.double(sale_of(1043))
    export = done(asked(two_equal_days, format, email="compta@example.fr"))
    page = page_of(export, two_equal_days)
    assert "concordent" not in page
    assert "écritures qui n’y sont pas telles" in page
    assert "absente d’Exact" in page
    assert "en double dans Exact" in page
    compared = told(two_equal_days, export)["comparison"]
    assert [(it["number"], it["kind"], it["entry"]) for it in compared["differences"]] == [
        (1042, "missing", sale_of(1042).reference),
        (1043, "doubled", sale_of(1043).reference),
    ]
    assert all(Decimal(row["difference"]) == 0 for row in export.comparison["rows"])
    assert sale_of(1043).reference in str(mail.outbox[-1].body)


def test_reversed_and_booked_anew__counts_once(
    two_equal_days: Caller, bookkeeper: Bookkeeper, exact: SimulatedExact
) -> None:
    """Its reversal stands in Exact, too, beside the entry that it undoes: neither is an entry of the closing."""
    sale, division = sale_of(1042), Division.objects.get()
    exact.control("entries/status", division=division.code, entry_id=sale.entry_id, status=50)
    elsewhere = Overrides(slots={2: SlotOverride(sales_account="707010")})
    set_overrides(two_equal_days.till.establishment, elsewhere, actor=None)
    order(dry_run(sale.pk), actor=SupportFactory(), why="wrong account")
    Lane.objects.update(paused_until=None)
    work(division)
    compared = told(two_equal_days, done(asked(two_equal_days, OnDemandFormat.EXACT)))["comparison"]
    assert (compared["equal"], compared["closings"], compared["entries"]) == (True, 2, 4)


def test_changed_entry__is_named_with_its_account_and_both_amounts(
    two_equal_days: Caller, bookkeeper: Bookkeeper
) -> None:
    bookkeeper.send("PUT", bookkeeper.line(sale_of(1043), 1000.0), {"AmountFC": 990.0})
    compared = told(two_equal_days, done(asked(two_equal_days, OnDemandFormat.EXACT)))["comparison"]
    (difference,) = compared["differences"]
    assert (difference["number"], difference["kind"], difference["entry_kind"]) == (1043, "changed", "sales")
    assert {"what": "706000", "meant": "-1000.00", "found": "-990.00"} in difference["details"]


def test_exact_that_does_not_answer__is_no_agreement(two_equal_days: Caller, exact: SimulatedExact) -> None:
    division = Division.objects.get()
    exact.control("faults", resource="sync/Financial/TransactionLines", division=division.code, fault="status_503")
    export = done(asked(two_equal_days, OnDemandFormat.CIEL))
    assert told(two_equal_days, export)["comparison"]["equal"] is None
    page = page_of(export, two_equal_days)
    assert "rien n’a été comparé" in page
    assert "concordent" not in page


def test_done__is_green_only_where_exact_holds_what_was_posted(
    two_equal_days: Caller, bookkeeper: Bookkeeper, exact: SimulatedExact
) -> None:
    good = done(asked(two_equal_days, OnDemandFormat.EXACT))
    bookkeeper.delete(sale_of(1042))
    differing = done(asked(two_equal_days, OnDemandFormat.EXACT, email="compta@example.fr"))
    assert "Terminé, avec des différences" in page_of(differing, two_equal_days)
    assert "terminé, avec des différences" in mail.outbox[-1].subject
    code = Division.objects.get().code
    exact.control("faults", resource="sync/Financial/TransactionLines", division=code, fault="status_503")
    unread = done(asked(two_equal_days, OnDemandFormat.EXACT))
    last = date_format(localtime(Division.objects.get().reconciled_at), "SHORT_DATETIME_FORMAT")
    assert f"Exact n’a pas pu être lu ; la dernière lecture date du {last}." in page_of(unread, two_equal_days)
    boxes = {
        export.pk: re.findall(r'console-box is-(\w+)"', page_in(export, two_equal_days))
        for export in (good, differing, unread)
    }
    assert boxes == {good.pk: ["good"], differing.pk: ["warning"], unread.pk: ["warning"]}
    listed = staff_of(two_equal_days).get(reverse("admin:on_demand_ondemandexport_changelist")).content.decode()
    for words in ("terminé, avec des différences", "terminé, Exact n’a pas pu être lu"):
        assert words in unescape(listed)


def test_never_read__shows_no_figures_of_exact(two_equal_days: Caller, exact: SimulatedExact) -> None:
    code = Division.objects.get().code
    exact.control("faults", resource="sync/Financial/TransactionLines", division=code, fault="status_503")
    export = done(asked(two_equal_days, OnDemandFormat.EXACT))
    page = page_of(export, two_equal_days)
    assert "Exact n’a pas pu être lu, et ne l’avait jamais été." in page
    assert "Comptabilisé Dans Exact" not in page
    assert "0,00 €" not in page.split("écriture par écriture")[1].partition("CA comptabilisé par taux")[0]


def test_sums__of_the_export_are_those_of_its_file_and_of_exact(two_equal_days: Caller) -> None:
    to_exact, file = (
        told(two_equal_days, done(asked(two_equal_days, it))) for it in (OnDemandFormat.EXACT, OnDemandFormat.SAGE)
    )
    assert to_exact["sums"] == file["sums"]
    assert to_exact["sums"]["turnover"] == "2800.00"
    assert to_exact["read_back"] is None
    assert {name: file["read_back"][name] for name in ("closings", "entries")} == {"closings": 2, "entries": 4}
