"""Labels as each charset can hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.files.labels import clean, fit, is_code

CHARSETS = ("ascii", "cp850", "cp1252", "iso8859_15")


@pytest.mark.parametrize(
    ("text", "charset", "expected"),
    [
        ("Espèces", "ascii", "Especes"),
        ("Espèces", "cp850", "Espèces"),
        ("Bœuf à 12 €", "iso8859_15", "Bœuf à 12 €"),
        ("Bœuf à 12 €", "cp850", "Boeuf à 12 EUR"),
        ("l’addition – « midi »", "ascii", "l'addition - ' midi '"),
        ("A\tB\r\nC\x0bD\x85E\u2028F", "iso8859_15", "A B C D E F"),
        ("  deux\xa0 mots  ", "ascii", "deux mots"),
        ('le "plat" | du;jour', "cp1252", "le 'plat' / du,jour"),
        ("＂plein；｜", "ascii", "'plein,/"),
        ("Pizza 🍕!", "cp1252", "Pizza !"),
        ("Борщ", "ascii", "????"),
        ("½ baguette, 2 m²", "ascii", "1/2 baguette, 2 m2"),
        ("e\u0301te\u0301", "ascii", "ete"),
        ("zéro\u200blargeur\u00ad", "cp850", "zérolargeur"),
        ("\ud800", "ascii", ""),
        ("", "ascii", ""),
    ],
)
def test_clean(text: str, charset: str, expected: str) -> None:
    assert clean(text, charset) == expected


@given(st.text(alphabet=st.characters()), st.sampled_from(CHARSETS))
def test_clean__any_text_fits_the_charset_in_one_line(text: str, charset: str) -> None:
    cleaned = clean(text, charset)
    assert cleaned.encode(charset).decode(charset) == cleaned
    assert not set(cleaned) & set('\t\r\n|;"\x00')
    assert cleaned == " ".join(cleaned.split())
    assert clean(cleaned, charset) == cleaned


def test_fit__counts_characters_after_cleaning() -> None:
    assert fit(clean("Œufs", "cp850"), 4) == "OEuf"
    assert fit("Z1042 PARIS", 6) == "Z1042"


@pytest.mark.parametrize("code", ["411000", "CAISSE", "C-12"])
def test_is_code__as_it_is(code: str) -> None:
    assert is_code(code, "ascii")


@pytest.mark.parametrize("code", ["", "41 1", "CAFÉ", "A\tB", "A|B", "A;B", 'A"B'])
def test_is_code__never_cleaned(code: str) -> None:
    assert not is_code(code, "ascii")
