"""How far a customer's set-up has come: for each establishment what is done, what is missing, what comes next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.safestring import SafeString

from booking.models import AskedMeans, Mapping
from booking.questions import open_questions
from clyo_ingest.models import PairingCode
from clyo_ingest.parameters import newest_of, version_of
from exact.activation.new_log_in import newest, say_mailed
from exact.api.consent import Consent, consent_of, say_consent
from exact.models import IN_TURN, Activation, ActivationLink, LinkStep, Posting
from exact.web.addresses import with_pages
from exact.web.links import entry_link
from exact.wording import explain
from exports.coverage.latest import last_day_of_till
from exports.models import ClosingState, StoredClosing
from exports.models.coverage import CountersAnew
from exports.words.problems import sentence
from ledger.problem import Problem
from tenants.models import Establishment, Tenant, Till, User, still_open
from tenants.scope import visible_to

SHOPS_MAX = 50
# In the order a reseller goes through them; each is a block of the template.
STEPS = ("tills", "link", "parameters", "mapping", "closing", "entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class TillShown:
    """A till, whether it is paired, until when a code for it is valid, and the last day it closed.

    `ever_beside`: two tills of one line were once in use in its establishment."""

    till: Till
    code_until: datetime | None
    last_day: date | None
    ever_beside: bool = False

    @property
    def paired(self) -> bool:
        """Whether it ever exchanged a code for a key."""
        return self.till.paired_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the database says of one establishment. `parameters` are words on those in force, where there is one."""

    shop: Establishment
    tills: list[TillShown]
    activation: Activation | None
    links: list[ActivationLink]
    mapping: Mapping | None
    questions: list[AskedMeans]
    parameters: list[str]
    first_closing: StoredClosing | None
    entries: list[SafeString]

    @property
    def consent(self) -> Consent | None:
        """The state of the consent that closings go through; None before the first one."""
        return consent_of(self.activation.division.connection) if self.activation else None

    @property
    def consent_words(self) -> str:
        """What is wrong with the consent, in words; "" when it is good."""
        return say_consent(self.activation.division.connection) if self.activation else ""

    @property
    def linked(self) -> bool:
        """Whether closings can go to Exact through a consent that is in force."""
        return self.consent is not None and self.consent.usable

    @property
    def takes_a_link(self) -> bool:
        """Whether a person should log in at Exact: for the first time, again, or before the consent ends."""
        return not self.linked or self.consent is Consent.ENDING

    @property
    def live_links(self) -> list[ActivationLink]:
        """Activation links whose time is not over."""
        return [it for it in self.links if it.expires_at > timezone.now()]

    @property
    def on_its_way(self) -> bool:
        """Whether one of these links has steps left."""
        return any(it.step != LinkStep.DONE for it in self.live_links)

    @property
    def sent_words(self) -> str:
        """To whom the newest of these was mailed, and until when it can be used; "" where none was mailed."""
        sent = newest(it for it in self.live_links if it.step != LinkStep.DONE and it.mailed_to)
        return say_mailed(sent) if sent else ""

    @property
    def last_link(self) -> ActivationLink | None:
        """The newest link, valid or not."""
        return self.links[0] if self.links else None

    @property
    def to_mend(self) -> list[str]:
        """What the check against Exact's master data found, in words."""
        problems = self.activation.problems if self.activation else []
        return [explain(Problem.from_document(document)) for document in problems]

    def done(self, step: str) -> bool:
        """Whether a step of `STEPS` is done."""
        match step:
            case "tills":
                return bool(self.tills) and all(it.paired for it in self.tills)
            case "link":
                return self.linked
            case "parameters":
                return self.mapping is not None and bool(self.mapping.parameters)
            case "mapping":
                return self.activation is not None and self.activation.sound and not self.questions
            case "closing":
                return self.first_closing is not None
        return bool(self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopProgress:
    """One establishment's checklist. `current` is the step to do next, "" when all is done."""

    facts: Facts
    done: frozenset[str]

    @property
    def current(self) -> str:
        """The first step of `STEPS` that is not done; "" when all are."""
        return next((step for step in STEPS if step not in self.done), "")

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Each step with how it stands: done, now or later."""
        return [(step, "done" if step in self.done else "now" if step == self.current else "later") for step in STEPS]

    @property
    def count(self) -> int:
        """How many steps are done."""
        return len(self.done)


def progress_of(tenant: Tenant) -> list[ShopProgress]:
    """The checklists of a customer's establishments, in the order of their codes, at most 50."""
    shops = [*Establishment.objects.filter(still_open(), tenant=tenant, suspended_at=None).order_by("code")[:SHOPS_MAX]]
    return [
        ShopProgress(facts=facts, done=frozenset(step for step in STEPS if facts.done(step))) for facts in _facts(shops)
    ]


def being_set_up(user: User) -> QuerySet[Tenant]:
    """Customers with an establishment no closing of which has reached Exact, or with none yet; the newest first."""
    shops = Establishment.objects.filter(still_open(), tenant=OuterRef("pk"), suspended_at=None)
    booked = StoredClosing.objects.filter(establishment=OuterRef("pk"), state=ClosingState.EXPORTED)
    rows = visible_to(user, Tenant.objects.filter(suspended_at=None))
    return rows.filter(~Exists(shops) | Exists(shops.filter(~Exists(booked)))).order_by("-created_at", "-pk")


def _facts(shops: list[Establishment]) -> list[Facts]:
    ids = [shop.pk for shop in shops]
    activations = {
        it.establishment_id: it
        for it in Activation.objects.filter(establishment__in=ids).select_related("division__connection")
    }
    mappings = {it.establishment_id: it for it in Mapping.objects.filter(establishment__in=ids)}
    links = _read_links(ids)
    asked = {*AskedMeans.objects.filter(establishment__in=ids).values_list("establishment", flat=True)}
    on_parameters = _read_parameter_notes(ids)
    tills, firsts, entries = list_tills(ids), _first_closings(ids), _first_entries(ids)
    return [
        Facts(
            shop=shop,
            tills=tills[shop.pk],
            activation=activations.get(shop.pk),
            links=links[shop.pk],
            mapping=mappings.get(shop.pk),
            questions=open_questions(mappings[shop.pk]) if shop.pk in asked and shop.pk in mappings else [],
            parameters=on_parameters.get(shop.pk, []),
            first_closing=firsts.get(shop.pk),
            entries=entries[shop.pk],
        )
        for shop in shops
    ]


def _read_links(shops: Iterable[int]) -> dict[int, list[ActivationLink]]:
    """The links of each establishment that may still be used, else its newest; the newest first."""
    rows = ActivationLink.objects.filter(establishment__in=[*shops])
    newest = rows.order_by("establishment_id", "-created_at").distinct("establishment_id").values("pk")
    shown = rows.filter(Q(pk__in=newest) | Q(expires_at__gt=timezone.now()))
    found: dict[int, list[ActivationLink]] = defaultdict(list)
    for link in shown.select_related("made_by").order_by("-created_at"):
        found[link.establishment_id].append(link)
    return found


def list_tills(shops: Iterable[int], *, suspended: bool = False) -> dict[int, list[TillShown]]:
    """The tills of each establishment by their names, with the codes still valid; `suspended`: those not in use too."""
    found: dict[int, list[TillShown]] = defaultdict(list)
    usable = PairingCode.objects.filter(till=OuterRef("pk"), used_at=None, expires_at__gt=timezone.now())
    rows = Till.objects.filter(establishment__in=[*shops]).order_by("name")
    rows = rows if suspended else rows.filter(suspended_at=None, ended_at=None)
    until = Subquery(usable.order_by("-expires_at").values("expires_at")[:1])
    beside = Exists(CountersAnew.objects.filter(establishment=OuterRef("establishment"), beside=True))
    for till in rows.annotate(code_until=until, last_day=last_day_of_till(), beside=beside):
        shown = TillShown(till=till, code_until=till.code_until, last_day=till.last_day, ever_beside=till.beside)
        found[till.establishment_id].append(shown)
    return found


def _read_parameter_notes(shops: Iterable[int]) -> dict[int, list[str]]:
    """What there is to say of the parameters in force: another till's were replaced, a slot that was used is gone."""
    versions = [version_of(row) for row in newest_of(shops) if row.version > 1]
    return {it.row.establishment_id: [sentence(problem.to_document()) for problem in it.problems] for it in versions}


def _oldest(**wanted: object) -> Subquery:
    """The oldest closing of an establishment: by its customer, whose closings the index keeps in this order."""
    own = StoredClosing.objects.filter(tenant=OuterRef("tenant"), establishment=OuterRef("pk"), **wanted)
    return Subquery(own.order_by("created_at").values("pk")[:1])


def _first_closings(shops: Iterable[int]) -> dict[int, StoredClosing]:
    first = Establishment.objects.filter(pk__in=[*shops]).annotate(first=_oldest()).values_list("first", flat=True)
    rows = StoredClosing.objects.filter(pk__in=[*first]).defer("document", "problems")
    return {closing.establishment_id: closing for closing in rows}


def _first_entries(shops: Iterable[int]) -> dict[int, list[SafeString]]:
    """The entries' numbers in Exact of each establishment's first exported closing, as links."""
    found: dict[int, list[SafeString]] = defaultdict(list)
    rows = Establishment.objects.filter(pk__in=[*shops]).annotate(first=_oldest(state=ClosingState.EXPORTED))
    closings: dict[UUID, int] = dict(rows.exclude(first=None).values_list("first", "pk"))
    posted = Posting.objects.filter(closing_id__in=closings, entry_number__isnull=False)
    for posting in with_pages(posted).defer("entry").order_by(*IN_TURN):
        found[closings[posting.closing_id]].append(entry_link(posting))
    return found
