"""What the bistros sell, and at which VAT. Prices include VAT, as on a French menu."""

from dataclasses import dataclass
from decimal import Decimal

RATES = {
    1: Decimal("20.00"),
    2: Decimal("10.00"),
    3: Decimal("5.50"),
    4: Decimal("2.10"),
    5: Decimal("0.00"),
}


@dataclass(frozen=True, slots=True)
class Family:
    """A group of articles that the till totals apart: its name, its VAT slot, goods or services."""

    name: str
    slot: int
    nature: str


@dataclass(frozen=True, slots=True)
class Article:
    """One thing on the menu."""

    name: str
    price: Decimal
    family: Family


KITCHEN = Family("CUISINE", 2, "services")
COFFEE = Family("CAFETERIE", 2, "services")
BAR = Family("BAR", 1, "goods")
GROCERY = Family("EPICERIE", 3, "goods")
PRESS = Family("PRESSE", 4, "goods")
PACKAGING = Family("CONSIGNE", 5, "goods")


def _articles(family: Family, **prices: str) -> tuple[Article, ...]:
    return tuple(Article(name.replace("_", " "), Decimal(price), family) for name, price in prices.items())


LUNCH_DISHES = _articles(
    KITCHEN, plat_du_jour="14.90", formule_midi="18.50", croque_monsieur="12.80", salade_du_canal="13.70"
)
STARTERS = _articles(KITCHEN, oeuf_mayonnaise="6.90", poireaux_vinaigrette="8.40", terrine_maison="9.20")
DINNER_DISHES = _articles(
    KITCHEN, steak_frites="23.50", lieu_jaune="24.90", blanquette="21.80", gnocchis="18.90", entrecôte="29.50"
)
DESSERTS = _articles(KITCHEN, crème_caramel="7.80", tarte_fine="8.90", mousse_au_chocolat="8.20")
COFFEES = _articles(COFFEE, café="2.40", café_crème="4.30", thé="4.60", noisette="2.60")
SOFT_DRINKS = _articles(COFFEE, limonade="4.70", jus_de_pomme="5.20", eau_gazeuse="4.90")
LUNCH_WINES = _articles(BAR, verre_de_blanc="5.80", verre_de_rouge="5.40", demi="4.20")
DINNER_WINES = _articles(
    BAR, bouteille_de_chinon="29.00", pichet_de_rouge="17.50", kir="7.30", demi="4.20", calvados="8.60"
)
GROCERIES = _articles(GROCERY, confiture="6.45", pain_de_campagne="4.15", rillettes_en_bocal="8.35")
NEWSPAPERS = _articles(PRESS, journal="3.80", hebdomadaire="4.90")
RETURNABLES = _articles(PACKAGING, consigne_bocal="2.00")
