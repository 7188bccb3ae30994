"""Which account does a new means of payment go to: the mapping's own question, answered by one of its proposals."""

from collections.abc import Mapping as ReadOnly

from django.utils.translation import gettext as _

from booking.effective import effective_settings
from booking.means_settings import MEANS_ACCOUNT
from booking.models import AskedMeans
from concerns.answers.mapping_question import MappingQuestion
from concerns.answers.question import Choice, Given
from exact.models import CatalogueItem, CatalogueKind
from exports.mapping.proposals import proposed_accounts
from tenants.models import Establishment


class MeansQuestion(MappingQuestion):
    """ "New means of payment Swile: which account?" `about` is the till's code of it."""

    asked_by = ("means_unmapped",)

    def __init__(self, shop: Establishment, about: str) -> None:
        super().__init__(shop, about)
        self.asked = AskedMeans.objects.filter(establishment=shop, code=about).first()

    @property
    def field(self) -> str:
        return MEANS_ACCOUNT.field_of(self.about)

    def values(self, value: str) -> ReadOnly[str, str]:
        return {self.field: value}

    def facts(self) -> ReadOnly[str, str]:
        return {"means": self.about}

    @property
    def words(self) -> str:
        means = str(self.asked or self.about)
        return _("New means of payment {means}: which account?").format(means=means)

    def given(self) -> Given | None:
        if self.asked is not None and any(it.pk == self.asked.pk for it in self.desk.questions):
            return None
        in_force = {it.field: it.value for it in effective_settings(self.desk.mapping, self.desk.seen)}
        value = in_force.get(self.field, "")
        return self.given_as(self.say(value) if value else _("no account of its own: it goes as its kind does"))

    def choices(self) -> list[Choice]:
        if self.asked is None:
            return []
        found = proposed_accounts(self.desk, self.asked)
        return [Choice(value=it.code, words=f"{it.code} – {it.name}") for it in found]

    def say_effect(self, value: str) -> str:
        says = _("Payments by {means} go to the account {account}, from now on and for what waits.")
        return says.format(means=self.asked or self.about, account=self.say(value))

    def say(self, value: str) -> str:
        rows = CatalogueItem.objects.filter(division=self.desk.division, kind=CatalogueKind.GL_ACCOUNT, code=value)
        name = rows.values_list("name", flat=True).first() if self.desk.division else None
        return f"{value} – {name}" if name else value
