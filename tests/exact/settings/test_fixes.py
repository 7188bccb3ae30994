"""Which account of a company's chart is offered for one that it does not take, as an accountant would choose."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from booking.effective import effective_settings
from booking.models import Mapping
from exact.company.catalogue import Catalogue
from exact.company.facts import REVENUE
from exact.models import CatalogueItem, CatalogueKind, Division
from exact.settings.account_uses import is_fit
from exact.settings.fixes import account_fix
from tenants.factories import TenantFactory
from tests.world import linked

CHART = {
    "411000": (20, "Clients", ""),
    "445711": (24, "TVA collectée 20 %", ""),
    "511200": (12, "Chèques à encaisser", ""),
    "511500": (12, "Cartes bancaires à encaisser", ""),
    "580000": (90, "Virements internes", ""),
    "622600": (121, "Honoraires", ""),
    "706000": (110, "Prestations de services", ""),
    "706100": (110, "Restauration sur place 10 %", "VR"),
    "706200": (110, "Boissons alcoolisées", "VN"),
    "707000": (110, "Ventes de marchandises", ""),
    "707055": (110, "Ventes 5,5%", "VB"),
    "707100": (110, "Ventes à emporter", "VR"),
    "707210": (110, "Ventes 2,1\N{NO-BREAK SPACE}%", ""),
    "707300": (110, "Ventes, centre exigé", "VN"),
    "707900": (110, "Ancien compte de ventes 20 %", "VN"),
    "708500": (110, "Ports et frais", ""),
    "708900": (110, "Ventes exonérées", ""),
}
VAT_CODES = {"VN": "0.2", "VR": "0.1", "VB": "0.055"}
DEMANDING, BLOCKED = "707300", "707900"


@pytest.fixture
def catalogue(db: None) -> Catalogue:
    division = linked(TenantFactory(), "plan", code=9001)
    rows = [
        row(division, CatalogueKind.VAT_CODE, code, code, Percentage=float(share)) for code, share in VAT_CODES.items()
    ]
    for code, (kind, name, vat_code) in CHART.items():
        facts = {"Type": kind, "IsBlocked": code == BLOCKED, "UseCostcenter": int(code == DEMANDING)}
        rows.append(row(division, CatalogueKind.GL_ACCOUNT, code, name, VATCode=f"{vat_code:3}", **facts))
    CatalogueItem.objects.bulk_create(rows)
    return Catalogue(division)


def row(division: Division, kind: CatalogueKind, code: str, name: str, **facts: object) -> CatalogueItem:
    return CatalogueItem(
        tenant_id=division.tenant_id, division=division, kind=kind, code=code, name=name, exact_id=code, facts=facts
    )


def suits(field: str) -> Callable[[CatalogueItem], bool]:
    """What may be proposed for a setting."""
    settings = effective_settings(Mapping(parameters={"vat": [{"slot": 1, "rate": "20.00"}]}))
    return partial(is_fit, next(it for it in settings if it.field == field))


@pytest.mark.parametrize(
    ("meant", "rate", "expected"),
    [
        pytest.param("7071", "10.00", "707100", id="digits left out"),
        pytest.param("70710000", "10.00", "707100", id="digits too many"),
        pytest.param("7071", "5.50", "707100", id="the same number before the rate in a name"),
        pytest.param("707010", "5.50", "707055", id="the rate in the name"),
        pytest.param("707010", "2.10", "707210", id="the rate in the name after a no-break space"),
        pytest.param("707010", "10.00", "707100", id="the rate of the account's VAT code"),
        pytest.param("706900", "20.00", "706200", id="the rate of the VAT code, in its own root"),
        pytest.param("706900", "10.00", "706100", id="the rate in the name, in its own root"),
        pytest.param("706900", "5.50", "706000", id="no account of the rate: the plain one of the root"),
        pytest.param("707900", "20.00", "707000", id="blocked: not one that demands a cost centre either"),
        pytest.param("708900", "20.00", "708500", id="exempt sales are no sales at 20 %"),
        pytest.param("7089", "0.00", "708900", id="exempt sales are sales at 0 %"),
        pytest.param("445711", "20.00", "706200", id="a VAT account: a sales account of the rate"),
        pytest.param("", "20.00", "706200", id="nothing named"),
    ],
)
def test_sales_account(catalogue: Catalogue, meant: str, rate: str, expected: str) -> None:
    fix = account_fix(
        catalogue,
        "vat[0].sales_account",
        meant,
        suits=suits("vat[0].sales_account"),
        types=(REVENUE,),
        rate=Decimal(rate),
    )
    assert fix is not None
    assert fix.value == expected


@pytest.mark.parametrize(
    ("meant", "expected"),
    [
        pytest.param("51120", "511200", id="a digit left out"),
        pytest.param("511900", "511200", id="its own root"),
        pytest.param("581000", "580000", id="the collective account"),
        pytest.param("512000", None, id="another root is another thing"),
        pytest.param("445700", None, id="never a VAT account"),
        pytest.param("707999", None, id="never an account of sales"),
        pytest.param("", None, id="nothing named"),
    ],
)
def test_account_of_a_means(catalogue: Catalogue, meant: str, expected: str | None) -> None:
    fix = account_fix(catalogue, "means.CHQ", meant, suits=suits("means_by_kind.cheque"))
    assert (fix and fix.value) == expected


@pytest.mark.parametrize(
    ("kind", "meant", "expected"),
    [
        pytest.param("transfer", "511000", None, id="neither cheques nor cards are transfers"),
        pytest.param("transfer", "580100", None, id="nor are one's own, between till and bank"),
        pytest.param("meal_voucher", "511800", None, id="nor are they vouchers"),
        pytest.param("cheque", "511900", "511200", id="its own"),
        pytest.param("card", "511900", "511500", id="its own, though another is as near"),
    ],
)
def test_account_of_another_kind_of_payment__is_never_offered(
    catalogue: Catalogue, kind: str, meant: str, expected: str | None
) -> None:
    fix = account_fix(catalogue, f"means_by_kind.{kind}", meant, suits=suits(f"means_by_kind.{kind}"))
    assert (fix and fix.value) == expected


@pytest.mark.parametrize("meant", ["411", "4110000", "411100", "401000", ""])
def test_customer_account(catalogue: Catalogue, meant: str) -> None:
    fix = account_fix(catalogue, "customer_account", meant, suits=suits("customer_account"), types=(20,))
    assert fix is not None
    assert fix.value == "411000"
