"""The settings of a VAT slot: one row each, for the slot as it is now and at rates it had before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as N_

from booking.codes import CodeKind
from booking.former_slots import slot_and_rate
from booking.places import SlotPart
from booking.setting import Need, Setting, Source, of_till
from booking.subjects import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSetting:
    """What a setting of a VAT slot is, for the slot as it is now and as it was at another rate."""

    name: str
    code: CodeKind
    label: str
    label_without_rate: str
    column: str | Promise
    need: Need
    of_sales: bool = False
    has_default: bool = False

    def now(self) -> Setting[int]:
        """Return the row of the slot as the till has it now."""
        return Setting(
            field=f"vat[{{}}].{self.name}",
            code=self.code,
            label=self.label,
            label_without_rate=self.label_without_rate,
            place=SlotPart(lambda people: people.slots, self.name),
            in_force=lambda situation, slot: getattr(situation.plan.slots[slot], self.name),
            below=self._say_whose,
            sent=self._read_sent,
            need=self.need,
            of_sales=self.of_sales,
            left_open=lambda situation, slot: "–" if situation.plan.slots[slot].is_used else N_("not used"),
            column=self.column,
        )

    def former(self) -> Setting[str]:
        """Return the row of the slot at a rate it had before, or that closings wait for."""
        return Setting(
            field=f"former[{{}}].{self.name}",
            code=self.code,
            label=self.label,
            place=SlotPart(lambda people: people.former_slots, self.name),
            in_force=lambda situation, key: getattr(situation.plan.former_slots.get(slot_and_rate(key)), self.name, ""),
            below=of_till,
            need=Need.FILES if self.need is Need.FILES else Need.WHERE_USED,
            of_sales=self.of_sales,
            column=self.column,
        )

    def _read_sent(self, parameters: Mapping[str, Any], slot: int) -> object:
        return next(it for it in parameters["vat"] if it["slot"] == slot).get(self.name)

    def _say_whose(self, situation: Situation, slot: int) -> Source:
        by_default = self.has_default and not self._read_sent(situation.sent, slot)
        return Source.DEFAULT if by_default else Source.TILL


SLOT_SETTINGS = (
    SlotSetting(
        name="sales_account",
        code=CodeKind.GL_ACCOUNT,
        label=N_("VAT {slot} ({rate} %): sales account"),
        label_without_rate=N_("VAT {slot}: sales account"),
        column=gettext_lazy("Sales account"),
        need=Need.EVERY_CLOSING,
        of_sales=True,
    ),
    SlotSetting(
        name="vat_code",
        code=CodeKind.VAT_CODE,
        label=N_("VAT {slot} ({rate} %): VAT code"),
        label_without_rate=N_("VAT {slot}: VAT code"),
        column=gettext_lazy("VAT code in Exact"),
        need=Need.EVERY_CLOSING,
    ),
    SlotSetting(
        name="vat_account",
        code=CodeKind.GL_ACCOUNT,
        label=N_("VAT {slot} ({rate} %): VAT account"),
        label_without_rate=N_("VAT {slot}: VAT account"),
        column=gettext_lazy("VAT account (files)"),
        need=Need.FILES,
        has_default=True,
    ),
)
