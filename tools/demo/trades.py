"""What kinds of shop there are: what they sell, how it is paid, and how their week goes."""

from dataclasses import dataclass
from datetime import time

from simulators.clyo_till.week import menu
from simulators.clyo_till.week.menu import Family
from simulators.clyo_till.week.ticket import CARD, CASH, CHEQUE, EDENRED, PLATFORM, SWILE, Means

BREAD = Family("BOULANGERIE", 3, "goods")
PASTRY = Family("PATISSERIE", 3, "goods")
SANDWICHES = Family("SNACKING", 2, "services")
SWEETS = Family("CONFISERIE", 1, "goods")
CHEESES = Family("FROMAGES", 3, "goods")
WINES = Family("VINS", 1, "goods")
DELICATESSEN = Family("EPICERIE FINE", 3, "goods")
CREPES = Family("CREPES", 2, "services")
CIDER = Family("CIDRES", 1, "goods")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A kind of shop. Shares of the turnover and of the payments in parts of a hundred; `week` from Monday on."""

    sells: tuple[tuple[Family, int], ...]
    paid_by: tuple[tuple[Means, int], ...]
    ticket: int
    """What a customer spends, in euros."""
    opens: time
    closes: time
    week: tuple[int, int, int, int, int, int, int] = (85, 90, 95, 100, 120, 140, 110)


COUNTER = ((CARD, 62), (CASH, 38))
TABLES = ((CARD, 68), (CASH, 12), (SWILE, 8), (EDENRED, 6), (CHEQUE, 6))

BAKERY = Trade(
    sells=((BREAD, 48), (PASTRY, 27), (SANDWICHES, 20), (SWEETS, 5)),
    paid_by=COUNTER,
    ticket=7,
    opens=time(6, 45),
    closes=time(20, 5),
)
WINE = Trade(
    sells=((WINES, 82), (DELICATESSEN, 18)),
    paid_by=((CARD, 83), (CASH, 11), (CHEQUE, 6)),
    ticket=38,
    opens=time(10, 0),
    closes=time(19, 45),
)
CHEESE = Trade(
    sells=((CHEESES, 78), (WINES, 14), (DELICATESSEN, 8)),
    paid_by=((CARD, 74), (CASH, 22), (CHEQUE, 4)),
    ticket=21,
    opens=time(8, 30),
    closes=time(19, 30),
)
BRASSERIE = Trade(
    sells=((menu.KITCHEN, 64), (menu.COFFEE, 12), (menu.BAR, 24)),
    paid_by=TABLES,
    ticket=29,
    opens=time(11, 30),
    closes=time(23, 40),
)
RESTAURANT = Trade(
    sells=((menu.KITCHEN, 71), (menu.COFFEE, 6), (menu.BAR, 23)),
    paid_by=TABLES,
    ticket=46,
    opens=time(12, 0),
    closes=time(23, 15),
)
BAR = Trade(
    sells=((menu.BAR, 70), (menu.COFFEE, 30)),
    paid_by=((CARD, 71), (CASH, 29)),
    ticket=12,
    opens=time(17, 0),
    closes=time(23, 55),
)
CREPERIE = Trade(
    sells=((CREPES, 68), (CIDER, 21), (menu.COFFEE, 11)),
    paid_by=((CARD, 66), (CASH, 18), (SWILE, 9), (PLATFORM, 7)),
    ticket=24,
    opens=time(12, 0),
    closes=time(22, 30),
)
