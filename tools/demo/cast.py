"""Who is in the demo: two resellers, their customers with their shops, and the people who log in.

All names are made up; the SIRENs have their check digit and belong to nobody we know of.
"""

from dataclasses import dataclass
from enum import Enum, auto

from tenants.models import Role
from tools.demo import PASSWORD
from tools.demo.trades import BAKERY, BAR, BRASSERIE, CHEESE, CREPERIE, RESTAURANT, WINE, Trade

CANAL, ATLANTIQUE = "Caisses du Canal", "Encaissement Atlantique"


class Story(Enum):
    """What went wrong with a shop in its last days. `tools.demo.troubles` makes each happen."""

    WELL = auto()
    """Every closing is in the books."""
    CHANGED = auto()
    """The accountant changed last night's entry in Exact."""
    DELETED = auto()
    """Somebody deleted an entry in Exact."""
    HELD = auto()
    """A new means of payment last night, and the evening before a closing that does not add up."""
    FAILED = auto()
    """The accountant closed the month in Exact before last night's closing came."""
    CONSENT_LOST = auto()
    """The owner took the consent back in Exact."""
    GAP = auto()
    """One closing never left the till."""
    SILENT = auto()
    """The till did not close last night."""
    NOT_LINKED = auto()
    """The till pushes, nobody has linked Exact yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """An establishment with one till that closes once a day. `takes` is what an ordinary day brings, in euros.

    `days`: for how many days before today it has been pushing. `rests_on`: the ISO weekday it is shut on.
    """

    code: str
    name: str
    trade: Trade
    days: int
    takes: int
    rests_on: int
    story: Story = Story.WELL

    @property
    def till(self) -> str:
        """What the till's folders are called."""
        return f"{self.code}-caisse1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A company, its books in Exact (`division`; 0 when there are none yet) and who logs in there."""

    reseller: str
    name: str
    siren: str
    division: int
    owner: str
    owner_email: str
    shops: tuple[Shop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who logs in to the console. `of` names a reseller, `looks_after` customers; `look_at` says what to open first."""

    name: str
    email: str
    role: Role
    of: str = ""
    looks_after: tuple[str, ...] = ()
    look_at: str


LAMBERT = Customer(
    reseller=CANAL,
    name="Boulangerie Lambert et Filles SARL",
    siren="812345676",
    division=8302,
    owner="Hélène Lambert",
    owner_email="helene@lambert.example",
    shops=(
        Shop(code="LILAS01", name="Lambert – Les Lilas", trade=BAKERY, days=70, takes=1150, rests_on=1),
        Shop(
            code="LILAS02",
            name="Lambert – Le Pré-Saint-Gervais",
            trade=BAKERY,
            days=42,
            takes=870,
            rests_on=1,
            story=Story.CHANGED,
        ),
    ),
)
VIEUX_PONT = Customer(
    reseller=CANAL,
    name="Brasserie du Vieux Pont SAS",
    siren="823456785",
    division=8303,
    owner="Karim Benali",
    owner_email="karim@vieuxpont.example",
    shops=(
        Shop(
            code="PONT01",
            name="Brasserie du Vieux Pont",
            trade=BRASSERIE,
            days=35,
            takes=3900,
            rests_on=7,
            story=Story.HELD,
        ),
    ),
)
CAVE = Customer(
    reseller=CANAL,
    name="La Cave de Romain EURL",
    siren="834567893",
    division=8304,
    owner="Romain Garnier",
    owner_email="romain@cave.example",
    shops=(
        Shop(code="CAVE01", name="La Cave de Romain", trade=WINE, days=30, takes=940, rests_on=1, story=Story.FAILED),
    ),
)
FROMAGERIE = Customer(
    reseller=CANAL,
    name="Fromagerie Beauvallon SARL",
    siren="845678903",
    division=8305,
    owner="Luc Beauvallon",
    owner_email="luc@beauvallon.example",
    shops=(
        Shop(
            code="FROM01",
            name="Fromagerie Beauvallon",
            trade=CHEESE,
            days=12,
            takes=1020,
            rests_on=1,
            story=Story.NOT_LINKED,
        ),
    ),
)
DUNES = Customer(
    reseller=ATLANTIQUE,
    name="Boulangerie des Dunes SARL",
    siren="856789011",
    division=8306,
    owner="Gaëlle Le Goff",
    owner_email="gaelle@dunes.example",
    shops=(Shop(code="DUNES01", name="Boulangerie des Dunes", trade=BAKERY, days=49, takes=980, rests_on=3),),
)
KER_ANNA = Customer(
    reseller=ATLANTIQUE,
    name="Crêperie Ker Anna SARL",
    siren="867890121",
    division=8307,
    owner="Anna Kervella",
    owner_email="anna@keranna.example",
    shops=(
        Shop(
            code="KER01",
            name="Crêperie Ker Anna",
            trade=CREPERIE,
            days=30,
            takes=1480,
            rests_on=2,
            story=Story.CONSENT_LOST,
        ),
    ),
)
GRAND_LARGE = Customer(
    reseller=ATLANTIQUE,
    name="Le Grand Large SAS",
    siren="878901230",
    division=8308,
    owner="Mathieu Rivière",
    owner_email="mathieu@grandlarge.example",
    shops=(
        Shop(
            code="LARGE01",
            name="Le Grand Large – Restaurant",
            trade=RESTAURANT,
            days=35,
            takes=2850,
            rests_on=2,
            story=Story.DELETED,
        ),
        Shop(
            code="LARGE02",
            name="Le Grand Large – Bar de la plage",
            trade=BAR,
            days=35,
            takes=760,
            rests_on=2,
            story=Story.GAP,
        ),
        Shop(
            code="LARGE03",
            name="Le Grand Large – Glaces",
            trade=CREPERIE,
            days=35,
            takes=410,
            rests_on=2,
            story=Story.SILENT,
        ),
    ),
)
# Made yesterday: no establishment has a till yet.
LIBRAIRIE = Customer(
    reseller=ATLANTIQUE,
    name="Librairie de la Criée SARL",
    siren="889012340",
    division=0,
    owner="Nadia Haddad",
    owner_email="nadia@criee.example",
    shops=(),
)
CUSTOMERS = (LAMBERT, VIEUX_PONT, CAVE, FROMAGERIE, DUNES, KER_ANNA, GRAND_LARGE, LIBRAIRIE)

PEOPLE = (
    Person(
        name="Camille Support",
        email="support@clyo.example",
        role=Role.SUPPORT,
        look_at="« La nuit dernière »: what waits at both resellers, most urgent first",
    ),
    Person(
        name="Rita Revendeur",
        email="revendeur@canal.example",
        role=Role.RESELLER_ADMIN,
        of=CANAL,
        look_at="a new means of payment at the Brasserie, a closed month at the Cave, the Fromagerie to be linked",
    ),
    Person(
        name="Théo Technicien",
        email="technicien@canal.example",
        role=Role.RESELLER_STAFF,
        of=CANAL,
        look_at="« Installation »: the Fromagerie, whose owner waits for a link",
    ),
    Person(
        name="Noé Voisin",
        email="revendeur@atlantique.example",
        role=Role.RESELLER_ADMIN,
        of=ATLANTIQUE,
        look_at="a lost consent, a missing closing, a deleted entry, a silent till, a customer without tills",
    ),
    Person(
        name="Claire Moreau",
        email="comptable@moreau.example",
        role=Role.ACCOUNTANT,
        looks_after=(LAMBERT.name, VIEUX_PONT.name, DUNES.name),
        look_at="three customers of two resellers; « Différences »: last night's entry, changed in Exact by 1,00 €",
    ),
    Person(
        name=LAMBERT.owner,
        email=LAMBERT.owner_email,
        role=Role.MERCHANT,
        looks_after=(LAMBERT.name,),
        look_at="the bakery's own days, and whether they reached the books",
    ),
)


def every_shop() -> tuple[tuple[Customer, Shop], ...]:
    """The shops beside the proof, with whose they are."""
    return tuple((customer, shop) for customer in CUSTOMERS for shop in customer.shops)


def print_log_ins(web: str, exact: str) -> None:
    """Who can log in where, and what to look at first."""
    print(f"\nConsole: {web}/console/   everybody's password: {PASSWORD}\n")
    for person in PEOPLE:
        print(f"  {person.role.label!s:<32} {person.email:<30} {person.look_at}")
    print(f"\nExact's books: {exact}/   (?division=8302 … 8308 for the other companies)")
    print("Log-ins there, password demo:")
    for customer in CUSTOMERS:
        if customer.division:
            print(f"  {customer.division}  {customer.owner_email:<30} {customer.name}")
