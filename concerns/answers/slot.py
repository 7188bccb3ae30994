"""The question which accounts a VAT slot has at a rate it is not set for: those of another slot of the same rate."""

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly

from django.utils.translation import gettext as _

from booking.former_slots import key_of, slot_and_rate
from booking.mapping import booking_plan
from booking.setting_labels import rate_text
from booking.slot_settings import SLOT_SETTINGS
from concerns.answers.mapping_question import MappingQuestion
from concerns.answers.question import Choice, Given
from ledger.money import money_text
from ledger.plan import SlotPlan
from tenants.models import Establishment

SALES_ACCOUNT, VAT_CODE, VAT_ACCOUNT = (it.former() for it in SLOT_SETTINGS)


class SlotQuestion(MappingQuestion):
    """ "VAT 3 came at 10 %, a rate it is not set at: which accounts?" `about` is the slot and its rate: "3@10,00".

    An answer names the slot as which it is to go, in the same way.
    """

    asked_by = ("slot_unmapped", "slot_rate_mismatch")

    def __init__(self, shop: Establishment, about: str) -> None:
        super().__init__(shop, about)
        self.slot, self.rate = slot_and_rate(about)
        self.plan = booking_plan(self.desk.mapping, journal_accounts={})

    @property
    def field(self) -> str:
        return SALES_ACCOUNT.field_of(self.about)

    def facts(self) -> ReadOnly[str, str]:
        return {"slot": str(self.slot), "rate": money_text(self.rate)}

    @property
    def words(self) -> str:
        return _("VAT {slot} came at {rate} %, which is not set: which accounts?").format(**self._name_itself())

    def given(self) -> Given | None:
        found = self.plan.slot_plan(self.slot, self.rate)
        return self.given_as(_write(found)) if found is not None and _is_whole(found) else None

    def choices(self) -> list[Choice]:
        return [Choice(value=key, words=self.say(key)) for key in self._list_of_same_rate()]

    def _list_of_same_rate(self) -> Iterator[str]:
        """The slots of that rate, as the till has them now and before; of those that go alike the first."""
        seen = set()
        for it in (*self.plan.slots.values(), *self.plan.former_slots.values()):
            goes = (it.sales_account, it.vat_code, it.vat_account)
            if it.rate == self.rate and _is_whole(it) and it.slot != self.slot and goes not in seen:
                seen.add(goes)
                yield key_of(it.slot, it.rate)

    def values(self, value: str) -> ReadOnly[str, str]:
        source = self.plan.slot_plan(*slot_and_rate(value))
        if source is None:
            return {}
        return {
            SALES_ACCOUNT.field_of(self.about): source.sales_account,
            VAT_CODE.field_of(self.about): source.vat_code,
            VAT_ACCOUNT.field_of(self.about): source.vat_account,
        }

    def say_effect(self, value: str) -> str:
        says = _("VAT {slot} at {rate} % goes {as_other}, from now on and for what waits.")
        return says.format(**self._name_itself(), as_other=self.say(value))

    def say(self, value: str) -> str:
        slot, rate = slot_and_rate(value)
        source = self.plan.slot_plan(slot, rate)
        return _("as VAT {slot}: {accounts}").format(slot=slot, accounts=_write(source) if source else "–")

    def _name_itself(self) -> dict[str, str]:
        return {"slot": str(self.slot), "rate": rate_text(str(self.rate))}


def _is_whole(plan: SlotPlan) -> bool:
    return bool(plan.sales_account and plan.vat_code)


def _write(plan: SlotPlan) -> str:
    words = _("sales on {sales}, VAT code {code}, VAT on {vat}")
    return words.format(sales=plan.sales_account, code=plan.vat_code, vat=plan.vat_account or "–")
