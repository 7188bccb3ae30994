"""The week's agenda: who opens when, how busy it gets, and on which evening something unusual happens."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from . import menu, occasions
from .occasions import Movement
from .ticket import CARD, CASH, ZERO, Ticket

MONDAY = date(2026, 3, 9)  # what the agenda is written for
PARIS = ZoneInfo("Europe/Paris")
LUNCH, DINNER, TRAINING = "lunch", "dinner", "training"
_OPENING = {LUNCH: time(11, 30), DINNER: time(18, 30), TRAINING: time(16, 0)}
_CLOSING = {LUNCH: time(15, 20), DINNER: time(23, 35), TRAINING: time(16, 45)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Establishment:
    """One bistro of the company, with its one till, as it stood on Monday morning."""

    code: str
    name: str
    stations: tuple[tuple[str, int], ...]  # and how many in a hundred tickets each prints
    first_tickets: tuple[int, ...]
    first_number: int
    perpetual: Decimal
    drawer: Decimal
    journals: tuple[str, str, str]

    @property
    def till(self) -> str:
        """The name of its one till."""
        return f"{self.code}-caisse1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One closing to come. Guests come until `goal` euros are taken; `unusual` tickets are among them.

    `day` is the agenda's own, by which the guests are drawn; the week may be played `later` than it was written for.
    """

    day: date
    later: timedelta = timedelta()
    meal: str
    goal: Decimal = ZERO
    closes_next_day_at: time | None = None
    unusual: tuple[Ticket, ...] = ()
    movements: tuple[Movement, ...] = ()
    miscounted: Decimal = ZERO

    @property
    def business_date(self) -> date:
        """The day the closing is of, which is the day the service began."""
        return self.day + self.later

    @property
    def opened_at(self) -> datetime:
        """When the service begins, in Paris' time."""
        return datetime.combine(self.business_date, _OPENING[self.meal], PARIS)

    @property
    def closed_at(self) -> datetime:
        """When the till is closed, in Paris' time; after midnight where `closes_next_day_at` says so."""
        if self.closes_next_day_at is not None:
            return datetime.combine(self.business_date + timedelta(days=1), self.closes_next_day_at, PARIS)
        return datetime.combine(self.business_date, _CLOSING[self.meal], PARIS)

    @property
    def training(self) -> bool:
        """Whether nothing of it was sold: the till is in training mode."""
        return self.meal == TRAINING


PARIS01 = Establishment(
    code="PARIS01",
    name="Bistrot du Canal – Paris 10e",
    stations=(("1", 70), ("2", 30)),
    first_tickets=(80412, 31077),
    first_number=1031,
    perpetual=Decimal("904211.10"),
    drawer=Decimal("150.00"),
    journals=("70", "30", "CA"),
)
PARIS02 = Establishment(
    code="PARIS02",
    name="Bistrot du Canal – Pantin",
    stations=(("1", 100),),
    first_tickets=(22806,),
    first_number=487,
    perpetual=Decimal("318640.55"),
    drawer=Decimal("150.00"),
    # Letters, as many an accountant likes them: the server takes its defaults instead.
    journals=("VT", "BQ", "CA"),
)


def agenda_of(establishment: Establishment, first: date = MONDAY) -> Iterator[Service]:
    """The services of one bistro, lunch and dinner of seven days from `first` on, in order of time.

    Whenever the week is played it is the same week: the same guests eat the same, only the dates are others.
    """
    services = _paris10() if establishment is PARIS01 else _pantin()
    return (replace(service, later=first - MONDAY) for service in services)


def week_before(today: date) -> date:
    """The first day of the week that ended last night: when the week is played unless somebody says another."""
    return today - timedelta(days=7)


def _day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def _service(day: int, meal: str, goal: int, *unusual: Ticket, movements: tuple[Movement, ...] = ()) -> Service:
    return Service(day=_day(day), meal=meal, goal=Decimal(goal), unusual=unusual, movements=movements)


def _paris10() -> Iterator[Service]:
    yield _service(0, LUNCH, 980)
    yield _service(0, DINNER, 1860, occasions.deposit("60.00"))
    yield _service(1, LUNCH, 1120, occasions.on_account(), movements=(occasions.BREAD,))
    yield _service(1, DINNER, 2100)
    yield Service(day=_day(2), meal=LUNCH, goal=Decimal(1180), miscounted=Decimal("-2.82"))
    yield _service(2, DINNER, 2250, occasions.gift_card_sold("100.00"))
    yield _service(3, LUNCH, 1240, occasions.slip_for_a_croque())
    yield _service(3, DINNER, 2600, occasions.offered(occasions.SMALL_DINNER, menu.DESSERTS[1:2] * 2))
    yield _service(4, LUNCH, 1380, occasions.settlement(), movements=(occasions.BREAD,))
    yield Service(
        day=_day(4),
        meal=DINNER,
        goal=Decimal(3600),
        closes_next_day_at=time(0, 40),
        unusual=(occasions.gift_card_used("82.50"),),
    )
    yield _service(5, LUNCH, 1450, movements=(occasions.CHANGE_FROM_BANK,))
    yield Service(
        day=_day(5),
        meal=DINNER,
        goal=Decimal(4000),
        closes_next_day_at=time(1, 10),
        unusual=(occasions.deposit_used("60.00"), occasions.credit_slip_used()),
        movements=(occasions.TAKEN_TO_BANK,),
    )
    yield Service(day=_day(6), meal=LUNCH, goal=Decimal(1490), miscounted=Decimal("1.18"))
    yield _service(6, DINNER, 2400, occasions.sunday_refund())


def _pantin() -> Iterator[Service]:
    yield _service(0, LUNCH, 0, occasions.refund(menu.DINNER_DISHES[:1] * 2, CASH))
    yield _service(0, DINNER, 1830)
    yield _service(1, LUNCH, 930)
    yield _service(1, TRAINING, 120)
    yield _service(1, DINNER, 1900)
    yield _service(2, LUNCH, 960, movements=(occasions.BREAD,))
    yield _service(2, DINNER, 1980)
    yield _service(3, LUNCH, 1010)
    yield _service(3, DINNER, 2150, movements=(occasions.OWNER_DRAWS,))
    yield _service(4, LUNCH, 1150, occasions.offered(menu.LUNCH_DISHES[:2], menu.LUNCH_WINES[:2]))
    yield _service(4, DINNER, 2900, occasions.deposit("50.00", CASH))
    yield _service(5, LUNCH, 1220)
    yield _service(5, DINNER, 3300, occasions.refund(menu.DINNER_DISHES[4:], CARD))
    yield _service(6, LUNCH, 1340, occasions.deposit_used("50.00"))
    yield _service(6, DINNER, 0)
