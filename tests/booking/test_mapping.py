"""The plan made of a till's parameters and people's settings."""

import pytest

from booking.mapping import booking_plan
from booking.models import Mapping

SENT = {"slot": 2, "sales_account": "706000", "vat_code": "VR"}


@pytest.mark.parametrize(
    ("rate", "account"),
    [("20.00", "445711"), ("10.00", "445712"), ("5.5", "445713"), ("2.10", "445714"), ("8.50", "445710")],
)
def test_booking_plan__a_till_that_names_no_vat_account(rate: str, account: str) -> None:
    plan = booking_plan(Mapping(parameters={"vat": [{**SENT, "rate": rate}]}), journal_accounts={})
    assert plan.slots[2].vat_account == account


def test_booking_plan__the_tills_vat_account_and_peoples_over_it() -> None:
    till = {"vat": [{**SENT, "rate": "10.00", "vat_account": "445600"}]}
    people = {"slots": {"2": {"vat_account": "445719"}}}
    assert booking_plan(Mapping(parameters=till), journal_accounts={}).slots[2].vat_account == "445600"
    mapped = Mapping(parameters=till, overrides=people)
    assert booking_plan(mapped, journal_accounts={}).slots[2].vat_account == "445719"
