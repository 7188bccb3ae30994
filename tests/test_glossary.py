"""docs/glossary.md: every class in it exists, and every French word is one that people read."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.conftest import ROOT
from tests.test_docs_name_what_exists import exists

CATALOGUE = ROOT / "integration/locale/fr/LC_MESSAGES/django.po"
NONE = "–"
CODE = re.compile(r"```.*?```|`[^`]*`|\{[^}]*\}|%\(\w+\)s|\((?:[a-z]+ ?)+\)", re.S)
# What is said otherwise here, and how: one word a thing, and French ones (docs/fr/glossaire.md).
SAID_OTHERWISE = {
    r"comptes? de vente\b": "compte de ventes",
    r"modes? de (?:règlement|paiement)": "moyen de paiement",
    r"contre-pass": "extourne, extourner",
    r"[Cc]lôtures? (?:poste|caisse)\b|de tiroir": "clôture de poste, clôture de caisse",
    r"client de passage": "client comptoir",
    r"accept(?:ez|er|e) l’écart": "accepter la différence (avec Exact) ; un écart est un montant",
    r"\blivres?\b(?! (?:au|le|la|les|du|sous))": "comptabilité",
    r"\b[Rr]?e?[Dd](?:it|isent|isait)(?: déjà)? (?:les mêmes|ses) ventes": "porter sur les mêmes ventes",
    r"(?:lien|connexion) avec Exact|refusé la connexion": "liaison avec Exact",
    r"l’objet\b|objets sélectionnés": "le nom de la chose",
    r"paramètres actuels|réglages actuels": "les réglages d’aujourd’hui",
    r"\b(?:digital|checker|logins?|dashboard|reporting|feedback|listing|matcher|booker|booké|process|deadline)\b": "",
    r"(?<!-)\b(?:emails?|mails?)\b": "e-mail",
    r"\bsensible à la casse|veuillez\b": "la consigne elle-même",
    r"\(s\)|\(e\)": "le pluriel et le genre justes",
}


def words() -> list[tuple[str, str, str]]:
    """English, French and what carries it, of each row."""
    lines = [it for it in (ROOT / "docs/glossary.md").read_text().splitlines() if it.startswith("| ")]
    rows = [[cell.strip() for cell in it.strip("|").split("|")] for it in lines]
    return [(english, french, carrier) for english, french, carrier, _api in rows if english != "word"]


@pytest.fixture(scope="module")
def french() -> set[str]:
    """Every French text that people read."""
    with CATALOGUE.open("rb") as file:
        texts = [it.string for it in read_po(file)]
    return {form for text in texts for form in ([text] if isinstance(text, str) else text)}


def test_each_word_is_carried_by_a_class_that_exists() -> None:
    named = {name for _english, _french, carrier in words() for name in re.findall(r"`([^`]+)`", carrier)}

    assert len(named) > 20
    assert [it for it in sorted(named) if not exists(it)] == []


def test_each_french_word_is_one_that_people_read(french: set[str]) -> None:
    said = [it for _english, it, _carrier in words() if it != NONE]

    assert len(said) > 20
    assert [it for it in said if it not in french] == []


def test_one_french_word_stands_for_one_thing() -> None:
    """A closing is the only one that is two: the row, and the value that is booked."""
    said = [it for _english, it, _carrier in words() if it != NONE]

    assert {it for it in said if said.count(it) > 1} == {"clôture"}


def faults_in(text: str) -> set[str]:
    said = CODE.sub(" ", text)
    return {f"{found[0]} → {better}" for wrong, better in SAID_OTHERWISE.items() if (found := re.search(wrong, said))}


def test_nothing_is_called_otherwise_than_in_the_glossary(french: set[str]) -> None:
    """A word that was given up comes back with the next sentence, unless somebody asks."""
    assert {it: faults for it in french if (faults := faults_in(it))} == {}


@pytest.mark.parametrize("book", sorted((ROOT / "docs/fr").glob("*.md")), ids=lambda it: it.stem)
def test_no_book_calls_it_otherwise(book: Path) -> None:
    assert faults_in(book.read_text()) == set()
