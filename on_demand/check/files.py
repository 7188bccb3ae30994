"""A check as a file: its rows as CSV or XLSX, each amount with its verdict, for every shop of the question."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils.translation import gettext as _

from on_demand.check.asked import Asked
from on_demand.check.detail import read_detail
from on_demand.check.overview import ShopSums, shop_sums
from on_demand.check.reading import companies_by_shop
from on_demand.check.shown import Row, account_rows, means_rows, rate_rows, shop_row
from on_demand.check.whole import read_whole
from tenants.table_file import FILES, Table, Value


def file_answer(kind: str, asked: Asked) -> HttpResponse:
    """The file of a question, of a kind in `FILES`."""
    type_of_file, write = FILES[kind]
    name = f"controle-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(write(_tables(asked)), content_type=type_of_file, headers=headers)


def _tables(asked: Asked) -> Iterator[Table]:
    by_shop = companies_by_shop(asked.user, asked.shops)
    whole = read_whole(asked.shops, asked.first, asked.last, by_shop) if asked.detailed else None
    pages = [asked.shops] if whole else map(asked.read, asked.pages)
    sums = [it for page in pages for it in shop_sums(page, asked.stretches(), by_shop, whole)]
    head = [_("Customer"), _("Establishment"), _("From"), _("To"), _("Closings")]
    amounts = [_("Tills"), _("Entries"), _("Exact"), _("Difference"), _("State"), _("Why")]
    yield Table(title=_("Check"), head=[*head, *amounts, _("Exact read on")], rows=map(_of_shop, sums))
    if whole is None:
        return
    detail, read = read_detail(whole), any(it.read for it in sums)
    for title, first, made in (
        (_("VAT rates"), _("Rate"), rate_rows(detail, read=read)),
        (_("Means of payment"), _("Means"), means_rows(detail, read=read)),
        (_("Accounts"), _("Account"), account_rows(detail, read=read)),
    ):
        yield Table(title=title, head=[first, *amounts], rows=[[it.label, *_amounts(it)] for it in made])


def _of_shop(sums: ShopSums) -> list[Value]:
    row = shop_row(sums, by_month=False, address="")
    days: list[Value] = [sums.stretch.first, sums.stretch.last, sums.closings]
    return [str(sums.shop.tenant), str(sums.shop), *days, *_amounts(row), sums.read_at or row.unread_words]


def _amounts(row: Row) -> list[Value]:
    why = " ; ".join(f"{it.words} {it.amount}" for it in row.notes)
    tills = None if row.without_tills else row.cell.tills
    return [tills, row.cell.entries, row.cell.exact if row.read else row.unread_words, row.off, row.words, why]
