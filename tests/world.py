"""A small world with borders: two resellers, three customers, a row of everything for each."""

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import TypeVar
from uuid import uuid4

import pytest
from django.test import TestCase
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from clyo_ingest.keys import issue_code, issue_key
from concerns.answers.links import make_link as make_answer_link
from concerns.concern import Question, QuestionKind
from concerns.models import Webhook
from concerns.webhooks.sign import new_key
from exact.activation.links import make_link
from exact.models import (
    Activation,
    CatalogueItem,
    CatalogueKind,
    Connection,
    Division,
    ExactApp,
    Finding,
    FindingKind,
    Lane,
    Posting,
    PostingEvent,
    PostingState,
)
from exports.models import (
    Assignment,
    ClosedDays,
    ClosedKind,
    ClosingState,
    NeverMade,
    Overtaken,
    RepostItem,
    RepostRun,
    RunWay,
    SetAside,
    SettingsLook,
    StoredClosing,
)
from on_demand.content import keep_content
from on_demand.models import (
    BookYear,
    ExportPart,
    ExportSet,
    FileSettings,
    MonthlyExport,
    OnDemandClosing,
    OnDemandClosingState,
    OnDemandExport,
    OnDemandFormat,
    OnDemandShop,
    OnDemandState,
)
from tenants.factories import (
    AccountantFactory,
    EstablishmentFactory,
    MerchantFactory,
    ResellerAdminFactory,
    StaffFactory,
    SupportFactory,
    TenantFactory,
    TillFactory,
)
from tenants.models import (
    FactorReset,
    HandOver,
    HandOverOffer,
    LookThrough,
    Membership,
    MovedTill,
    Note,
    Reseller,
    Role,
    SavedFilter,
    Suspension,
    TakeOver,
    Tenant,
    Till,
    User,
)
from tests.conftest import PARAMETERS, Caller, closing


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer with a row of everything; every name in it holds `mark`, its closing has the number `number`."""

    mark: str
    number: int
    tenant: Tenant
    caller: Caller
    closing: StoredClosing
    run: RepostRun
    correction: RepostRun
    export: OnDemandExport
    staff: User
    accountant: User
    merchant: User

    @property
    def till(self) -> Till:
        return self.caller.till


def customer(reseller: Reseller, mark: str, *, number: int) -> Customer:
    """A customer whose closing was refused by Exact, paired, linked and with people of its own."""
    tenant = TenantFactory(reseller=Reseller.objects.create(name=f"{mark} ancien"), name=f"{mark} SARL")
    handed_over(tenant, reseller)
    tenant.refresh_from_db()
    shop = EstablishmentFactory(tenant=tenant, name=f"{mark} boutique")
    row = TillFactory(establishment=shop, name=f"{mark} caisse")
    issue_code(row, by=None)
    caller = Caller(row, issue_key(row))
    assert caller.put("parameters", PARAMETERS).status_code == 200
    answer = caller.post("closings", closing(number, tickets=[], totals=None, business_date="2026-03-14"))
    assert answer.status_code == 201, answer.content
    caller.post("closings", {"kind": f"{mark} refusé"})
    stored = StoredClosing.objects.get(pk=answer.json()["id"])
    staff = StaffFactory(reseller=reseller, name=f"{mark} équipe")
    over = {"ended_at": timezone.now(), "ended_by": staff, "ended_why": f"{mark} reprise"}
    SetAside.objects.create(tenant=tenant, closing=stored, why=f"{mark} écartée", by=staff, **over)
    NeverMade.objects.create(
        tenant=tenant, closing=stored, first=number - 1, last=number - 1, why=f"{mark} jamais faite", by=staff, **over
    )
    division = linked(tenant, mark, code=number)
    Activation.objects.create(tenant=tenant, establishment=shop, division=division, active=True)
    make_link(shop)
    posting = refused(stored, division, mark)
    Finding.objects.create(tenant=tenant, posting=posting, kind=FindingKind.MISSING, details=[])
    run = RepostRun.objects.create(actor=staff, why=f"{mark} renvoi", reseller=reseller, finished_at=timezone.now())
    RepostItem.objects.create(tenant=tenant, run=run, closing=stored, outcome="repost_differs")
    left_by(staff, stored, mark)
    return Customer(
        mark=mark,
        number=number,
        tenant=tenant,
        caller=caller,
        closing=stored,
        run=run,
        correction=corrected(stored, mark, actor=staff),
        export=exported_into_a_file(stored, mark, asked_by=staff),
        staff=staff,
        accountant=AccountantFactory(tenant=tenant, name=f"{mark} comptable"),
        merchant=MerchantFactory(tenant=tenant, name=f"{mark} patronne"),
    )


def left_by(staff: User, stored: StoredClosing, mark: str) -> None:
    """What a person of the reseller wrote, was sent, sees to and said about a customer."""
    tenant, shop = stored.tenant, stored.establishment
    Note.objects.create(tenant=tenant, establishment=shop, author=staff, text=f"{mark} prévient")
    Webhook.objects.create(
        person=staff, address=f"https://{mark}.example/", shown_as=mark, key=new_key(), off_at=timezone.now()
    )
    make_answer_link(staff, Question(kind=QuestionKind.MEANS, shop=shop.pk, about=f"{mark} titres"), shop)
    kept = {"listed": "exports.storedclosing", "name": f"{mark} retenues", "asked": "state=held"}
    SavedFilter.objects.create(person=staff, **kept)
    Assignment.objects.create(tenant=tenant, closing=stored, person=staff, by=staff)
    FactorReset.objects.create(user=staff, reseller=staff.reseller, by=SupportFactory(), why=f"{mark} téléphone")
    LookThrough.objects.create(actor=SupportFactory(), seen_as=staff, reseller=staff.reseller)
    HandOverOffer.objects.create(
        tenant=tenant,
        reseller=staff.reseller,
        email=f"{mark.lower()}@ailleurs.example",
        by=staff,
        why=f"{mark} proposé",
        expires_at=timezone.now() + timedelta(days=7),
    )
    Suspension.objects.create(tenant=tenant, establishment=shop, began_at=timezone.now(), ended_at=timezone.now())
    ClosedDays.objects.create(
        tenant=tenant,
        establishment=shop,
        first_day=date(2026, 3, 16),
        last_day=date(2026, 3, 20),
        kind=ClosedKind.HOLIDAYS,
        note=f"{mark} congés",
        said_by=staff,
        said_at=timezone.now(),
    )


def taken_over(former: Customer, by: Customer) -> TakeOver:
    """A further shop of a customer that goes on as another's, with its till and a closing of before that day."""
    day, shops = date(2026, 3, 10), {}
    for it, name in ((former, "cédée"), (by, "reprise")):
        shop = EstablishmentFactory(tenant=it.tenant, name=f"{it.mark} {name}", ended_on=day if it is former else None)
        shops[it.mark] = TillFactory(establishment=shop, name=f"{it.mark} caisse {name}", paired_at=timezone.now())
    old, new = shops[former.mark], shops[by.mark]
    took: TakeOver = TakeOver.objects.create(
        tenant=former.tenant,
        former=old.establishment,
        successor=new.establishment,
        ended_on=day,
        why=f"{former.mark} vendue",
        by=former.staff,
    )
    MovedTill.objects.create(tenant=former.tenant, former=old, till=new)
    return took


def handed_over(tenant: Tenant, to: Reseller) -> HandOver:
    """The customer is another reseller's from now on, whatever led to the former one's people."""
    by = SupportFactory()
    names = {"from_name": tenant.reseller.name, "to_name": to.name, "by_name": "Clyo"}
    return HandOver.objects.create(tenant=tenant, reseller=tenant.reseller, to=to, by=by, why="parti", **names)


def corrected(stored: StoredClosing, mark: str, *, actor: User) -> RepostRun:
    """A correction that was stopped, of a closing that stands by settings of before."""
    run = RepostRun.objects.create(
        actor=actor,
        why=f"{mark} correction",
        reseller=stored.tenant.reseller,
        tenant=stored.tenant,
        way=RunWay.CORRECT,
        finished_at=timezone.now(),
        stopped_by=actor,
    )
    RepostItem.objects.create(tenant=stored.tenant, run=run, closing=stored, outcome="run_stopped")
    shop = {"tenant": stored.tenant, "establishment": stored.establishment}
    SettingsLook.objects.create(**shop, since=timezone.now(), done_at=timezone.now())
    Overtaken.objects.create(**shop, closing=stored, day=stored.business_date, moves=[])
    return run


def linked(tenant: Tenant, mark: str, *, code: int) -> Division:
    """A company in Exact with its connection, catalogue and a lane that stands still."""
    app, _ = ExactApp.objects.get_or_create(country="FR", defaults={"base_url": "https://exact.invalid"})
    connection = Connection.objects.create(
        tenant=tenant, app=app, refresh_token="r", user_name=f"{mark} lien", access_issued_at=timezone.now()
    )
    division = Division.objects.create(tenant=tenant, connection=connection, app=app, code=code, name=f"{mark} livres")
    CatalogueItem.objects.create(tenant=tenant, division=division, kind=CatalogueKind.ASKED_FOR, code=mark, name=mark)
    Lane.objects.create(
        tenant=tenant,
        division=division,
        paused_until=timezone.now() + timedelta(hours=1),
        pause_code="unavailable",
        pause_detail=f"{mark} panne",
    )
    return division


def exported_into_a_file(stored: StoredClosing, mark: str, *, asked_by: User) -> OnDemandExport:
    """An export that delivered a file with the mark in its bytes, and how the customer's files are made and mailed."""
    data = f"{mark}\tle fichier\r\n".encode()
    content = keep_content(BytesIO(data), sha256=sha256(data).hexdigest(), size=len(data))
    export = OnDemandExport.objects.create(
        tenant=stored.tenant,
        establishment=stored.establishment,
        first_date=stored.business_date,
        last_date=stored.business_date,
        format=OnDemandFormat.FEC,
        email=f"compta@{mark.lower()}.example",
        asked_by=asked_by,
        state=OnDemandState.DONE,
        finished_at=timezone.now(),
        content=content,
        file_name=f"{mark}.txt",
        sheet_csv=data,
    )
    OnDemandClosing.objects.create(
        tenant=stored.tenant, export=export, closing=stored, place=1, state=OnDemandClosingState.TAKEN
    )
    together = ExportSet.objects.create(
        question=sha256(data).hexdigest(),
        first_date=stored.business_date,
        last_date=stored.business_date,
        format=OnDemandFormat.FEC,
        email=f"ensemble@{mark.lower()}.example",
        asked_by=asked_by,
    )
    ExportPart.objects.create(tenant=stored.tenant, together=together, export=export)
    OnDemandShop.objects.create(tenant=stored.tenant, export=export, establishment=stored.establishment)
    FileSettings.objects.create(tenant=stored.tenant, options={"accounts": {"411000": mark}})
    BookYear.objects.create(tenant=stored.tenant, first_day=date(2024, 7, 1), last_day=date(2025, 12, 31))
    MonthlyExport.objects.create(
        tenant=stored.tenant, establishment=stored.establishment, email=f"mois@{mark.lower()}.example"
    )
    return export


def refused(stored: StoredClosing, division: Division, mark: str) -> Posting:
    """The sales entry of a closing, refused by Exact; the closing has failed."""
    line = {"account": "411000", "amount": "10.00", "label": mark, "third_party": "", "vat_code": ""}
    posting = Posting.objects.create(
        tenant=stored.tenant,
        division=division,
        establishment=stored.establishment,
        closing_id=stored.pk,
        entry_kind="sales",
        journal="70",
        reference=f"{mark}-{stored.number}"[:30],
        entry={"lines": [line, line | {"amount": "-10.00"}]},
        business_date=date(2026, 3, 14),
        turn=f"{stored.number:020}",
        state=PostingState.REFUSED,
        messages=[f"{mark} : période close"],
    )
    PostingEvent.objects.create(
        tenant=stored.tenant, posting=posting, before="sending", after="refused", why=mark, correlation_id=uuid4().hex
    )
    StoredClosing.objects.filter(pk=stored.pk).update(state=ClosingState.FAILED, gross=Decimal("1400.00"))
    stored.refresh_from_db()
    return posting


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`own` and `sister` belong to one reseller, `foreign` to another; `bookkeeper` keeps the books of one of each."""

    own: Customer
    sister: Customer
    foreign: Customer
    manager: User
    bookkeeper: User

    def strangers_of(self, user: User) -> list[Customer]:
        """The customers `user` must see nothing of."""
        if user.is_support:
            return []
        if user.reseller_id:
            return [self.foreign]
        return [it for it in (self.own, self.sister, self.foreign) if it.tenant.pk not in user.leave_by_customer]


def with_take_overs(here: World) -> World:
    """The same, with shops that went on as another customer's: of the same reseller, and of one handed over since."""
    for former, by in ((here.own, here.sister), (here.sister, here.own), (here.own, here.foreign)):
        taken_over(former, by)
    taken_over(here.foreign, here.own)
    return here


def world() -> World:
    """Marks are made so that none holds another, and numbers so that no amount looks like one."""
    mine, theirs = Reseller.objects.create(name="PROPRE maison"), Reseller.objects.create(name="VOISIN maison")
    own = customer(mine, "PROPRE", number=81001042)
    foreign = customer(theirs, "VOISIN", number=83001042)
    bookkeeper = AccountantFactory(tenant=own.tenant, name="Cabinet comptable")
    Membership.objects.create(user=bookkeeper, tenant=foreign.tenant, role=Role.ACCOUNTANT)
    return World(
        own=own,
        sister=customer(mine, "SOEURETTE", number=82001042),
        foreign=foreign,
        manager=ResellerAdminFactory(reseller=mine, name="PROPRE gérante"),
        bookkeeper=bookkeeper,
    )


# What stands in a transaction around several tests, by the fixtures of files that make it.
_around_tests = ExitStack()
Made = TypeVar("Made")
OF_FILES = frozenset({"world_of_file", "crowd_of_file"})


def shares_a_world(item: pytest.Item) -> bool:
    return not OF_FILES.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In each file those come first that share its world."""
    items.sort(key=lambda item: not shares_a_world(item))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Whoever does not ask for the world of the file begins without it."""
    if not shares_a_world(item):
        _around_tests.close()


def standing_around_tests(make: Callable[[], Made], blocker: DjangoDbBlocker) -> Iterator[list[Made]]:
    """What `make` leaves in the database stands for all tests of a file, each of which goes back to it at its end.

    Gives what was made, in a list that is empty once it had to go. No test of it may commit.
    """
    with blocker.unblock():
        around = TestCase._enter_atomics()  # type: ignore[attr-defined] # Django's own mark: blocks may be durable in it
        standing = [make()]

    def take_down() -> None:
        with blocker.unblock():
            TestCase._rollback_atomics(around)  # type: ignore[attr-defined]
        standing.clear()

    _around_tests.callback(take_down)
    yield standing
    _around_tests.close()


@pytest.fixture(scope="module")
def world_of_file(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[World]]:
    """A world for all tests of a file that ask for it."""
    yield from standing_around_tests(world, django_db_blocker)


@pytest.fixture
def here(world_of_file: list[World], db: None) -> World:
    """The file's world as it was made, in objects of the test's own; one for this test alone where it had to go."""
    return copy.deepcopy(world_of_file[0]) if world_of_file else world()
