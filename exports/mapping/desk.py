"""What the mapping screen works on: an establishment's settings, its company in Exact, and its newest closings."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet

from booking.codes import CodeKind
from booking.effective import codes_named, effective_settings
from booking.models import AskedMeans, Mapping
from booking.questions import open_questions
from booking.subjects import Seen
from exact.company.catalogue import ChartOnDemand
from exact.models import Activation, Division
from exports.models import ClosingState, StoredClosing
from exports.way.states import FROM_BEFORE_START
from ledger.kinds import PaymentKind
from tenants.models import Establishment

RECENT = 12
WAITING_READ_MAX = 500
NO_SUCH_RATE = ("slot_rate_mismatch", "slot_unmapped")
ALONG = ("tenant", "mapping", "activation__division__connection")


@dataclass
class Desk:
    """One establishment (loaded along `ALONG`) as it stands, for one request."""

    establishment: Establishment
    mapping: Mapping
    activation: Activation | None
    recent: list[StoredClosing] = field(default_factory=list)

    @classmethod
    def of(cls, establishment: Establishment) -> "Desk":
        """Read the newest `RECENT` closings. An establishment without a mapping gets an empty one that is not saved."""
        mapping = getattr(establishment, "mapping", None) or Mapping(
            establishment=establishment, tenant_id=establishment.tenant_id
        )
        recent = closings_of(establishment)[:RECENT]
        return cls(establishment, mapping, getattr(establishment, "activation", None), recent)

    @property
    def division(self) -> Division | None:
        """The company its closings go to; None before it is linked to one."""
        return self.activation.division if self.activation else None

    @property
    def exports_now(self) -> bool:
        """Whether a wrong setting would hold closings now."""
        return self.activation is not None and self.activation.active

    @cached_property
    def questions(self) -> list[AskedMeans]:
        """The means of payment nobody mapped and tills sent; none before the mapping is saved."""
        return open_questions(self.mapping) if self.mapping.pk else []

    @cached_property
    def waiting_for(self) -> Counter[str]:
        """Means of payment nobody mapped → how many held closings wait for it."""
        held = StoredClosing.objects.filter(
            establishment=self.establishment,
            state=ClosingState.HELD,
            problems__contains=[{"code": "means_unmapped"}],
        )
        found: Counter[str] = Counter()
        for problems in held.values_list("problems", flat=True)[:WAITING_READ_MAX]:
            found.update({it["facts"]["means"] for it in problems if it["code"] == "means_unmapped"})
        return found

    @cached_property
    def seen(self) -> Seen:
        """What the newest closings and the open questions name that has to be mapped."""
        means = {it.code: (it.label, PaymentKind(it.kind)) for it in self.questions}
        families: set[tuple[int, str]] = set()
        customers: set[str] = set()
        for closing in reversed(self.recent):
            for line in closing.document.get("payments", []):
                means[line["means"]] = (line.get("label") or "", PaymentKind(line["kind"]))
                customers |= {line["account"]} if line.get("account") else set()
            families |= {(it["vat"], it["family"]) for it in closing.document.get("sales", []) if it.get("family")}
        return Seen(
            means=dict(sorted(means.items())),
            families=frozenset(families),
            slots=self.asked_slots,
            customers=frozenset(customers),
        )

    @cached_property
    def asked_slots(self) -> frozenset[tuple[int, Decimal]]:
        """VAT slots at a rate that no parameters say, for which closings are held."""
        told = Q()
        for code in NO_SUCH_RATE:
            told |= Q(problems__contains=[{"code": code}])
        held = StoredClosing.objects.filter(told, establishment=self.establishment, state=ClosingState.HELD)
        problems = (it for found in held.values_list("problems", flat=True)[:WAITING_READ_MAX] for it in found)
        facts = [it["facts"] for it in problems if it["code"] in NO_SUCH_RATE]
        return frozenset((int(it["slot"]), Decimal(it["rate"])) for it in facts)

    def catalogue(self, *mappings: Mapping) -> ChartOnDemand | None:
        """The company's items for all codes in these settings; None when there is no company yet."""
        if self.division is None:
            return None
        accounts = set(self.division.journal_accounts.values())
        for mapping in mappings:
            accounts |= codes_named(effective_settings(mapping), CodeKind.GL_ACCOUNT)
        return ChartOnDemand(self.division, accounts=accounts)

    def closing(self, closing_id: UUID | None) -> StoredClosing | None:
        """One of the establishment's closings, the newest when none is named. None when it is not one of them."""
        if closing_id is None:
            return self.recent[0] if self.recent else None
        listed = next((it for it in self.recent if it.pk == closing_id), None)
        return listed or _select_own(self.establishment).filter(pk=closing_id).first()


def closings_of(establishment: Establishment) -> list[StoredClosing]:
    """The newest closings that are booked, or would be: no trainings, and none whose sales others tell."""
    newest = _select_own(establishment).filter(~Q(state=ClosingState.ARCHIVED) | FROM_BEFORE_START)
    return [*newest.order_by("-business_date", "-closed_at", "pk")[: 2 * RECENT]]


def waiting_closings(establishment: Establishment, limit: int) -> list[StoredClosing]:
    """The oldest closings that wait for an activation or for somebody to mend something."""
    waiting = _select_own(establishment).filter(state__in=[ClosingState.HELD, ClosingState.WAITING])
    return [*waiting.order_by("business_date", "closed_at")[:limit]]


def _select_own(establishment: Establishment) -> QuerySet[StoredClosing]:
    return StoredClosing.objects.filter(establishment=establishment).select_related("establishment", "remainder")
