"""A body that is no JSON is told what is wrong, and where, in the language of whoever sent it."""

import inspect
import json
import re

import pytest
from django.utils import translation

from clyo_ingest.json_faults import ANY, FAULTS, fault_of

BROKEN = {
    "[1,": "Il manque une valeur à la ligne 1, colonne 4.",
    "": "Il manque une valeur à la ligne 1, colonne 1.",
    '{"a": 1': "Il manque une virgule à la ligne 1, colonne 8.",
    '{"a" 1}': "Il manque un deux-points à la ligne 1, colonne 6.",
    "{a: 1}": "Il manque un nom entre guillemets droits à la ligne 1, colonne 2.",
    '\n["a': "Le texte qui commence à la ligne 2, colonne 2 n’est jamais fermé.",
    '["a\nb"]': "Un texte contient un caractère de contrôle à la ligne 1, colonne 4.",
    '["\\q"]': "Une barre oblique inverse n’introduit rien à la ligne 1, colonne 3.",
    '["\\u12"]': "Il manque quatre chiffres hexadécimaux après \\u à la ligne 1, colonne 4.",
    "{} {}": "Autre chose suit la fin du JSON à la ligne 1, colonne 4.",
}


@pytest.mark.parametrize("text", BROKEN)
def test_fault__is_told_in_french(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as caught, translation.override("fr"):
        json.loads(text)
    with translation.override("fr"):
        assert re.sub("[\u202f\xa0]", " ", fault_of(caught.value)) == BROKEN[text]


def test_every_fault_that_python_names__has_a_sentence() -> None:
    source = inspect.getsource(json.decoder)
    named = {it.rstrip(": ") for it in re.findall(r'JSONDecodeError\("([^"]+)"', source)}
    assert named and named <= FAULTS.keys()


def test_fault__that_nobody_named_has_its_place() -> None:
    with translation.override("en"):
        assert fault_of(json.JSONDecodeError("Never heard of", "\n[", 1)) == ANY.format(line=2, column=1)
