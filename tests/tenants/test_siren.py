"""The check digits of SIREN and SIRET."""

import pytest
from django.core.exceptions import ValidationError

from tenants.siren import check_siren, check_siret


@pytest.mark.parametrize("number", ["552100554", "732829320", "356000000", "12", "", "55210055A"])
def test_a_siren_that_is_one__or_is_refused_for_something_else(number: str) -> None:
    check_siren(number)


@pytest.mark.parametrize("number", ["552100555", "552100545", "123456789"])
def test_a_siren_with_a_wrong_or_swapped_digit_is_refused(number: str) -> None:
    with pytest.raises(ValidationError, match="SIREN"):
        check_siren(number)


@pytest.mark.parametrize("number", ["55210055400013", "35600000000048", "35600000049837", "123"])
def test_a_siret_that_is_one__la_postes_too(number: str) -> None:
    check_siret(number)


@pytest.mark.parametrize("number", ["55210055400014", "55210055400031", "35600000049838"])
def test_a_siret_with_a_wrong_digit_is_refused(number: str) -> None:
    with pytest.raises(ValidationError, match="SIRET"):
        check_siret(number)
