"""A service played through: guests come until the day's takings are reached, with the agenda's tickets among them."""

from decimal import Decimal

from .agenda import DINNER, Establishment, Service
from .dice import Dice
from .guests import dinner_ticket, lunch_ticket
from .ticket import ZERO, Ticket

CANCELLED = Ticket(cancelled=True)
_CANCELLED_SHARE = 0.02


def play(establishment: Establishment, service: Service) -> dict[str, list[Ticket]]:
    """The tickets printed at each station, in their order; the same call always gives the same tickets."""
    dice = Dice(f"{establishment.till} {service.day} {service.meal}")
    printed: dict[str, list[Ticket]] = {}
    for ticket in _tickets(dice, service):
        printed.setdefault(dice.weighted(establishment.stations), []).append(ticket)
    return printed


def _tickets(dice: Dice, service: Service) -> list[Ticket]:
    tickets = list(service.unusual)
    taken = sum((max(ticket.turnover, ZERO) for ticket in tickets), Decimal())
    while taken < service.goal:
        ticket = dinner_ticket(dice) if service.meal == DINNER else lunch_ticket(dice)
        taken += ticket.turnover
        tickets.insert(dice.between(0, len(tickets)), ticket)
        if dice.chance(_CANCELLED_SHARE):
            tickets.append(CANCELLED)
    return tickets
