"""Which rates the name of a French account speaks of. Pure."""

from decimal import Decimal

import pytest

from exact.settings.named_rates import rates_named


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("Ventes de marchandises 20 %", {"20"}),
        ("Ventes à emporter 5,5%", {"5.5"}),
        ("Ventes TVA 5.50 %", {"5.50"}),
        ("Ventes 5,5 % et 10 %", {"5.5", "10"}),
        ("Exonéré 0 %", {"0"}),
        ("Ventes de marchandises", set()),
        ("Magasin 20", set()),
        ("Remise de 1000 %", set()),
    ],
)
def test_rates__are_read_as_charts_of_accounts_write_them(name: str, rates: set[str]) -> None:
    assert rates_named(name) == {Decimal(it) for it in rates}
