"""Every problem of a file has a sentence that says what does not fit and where to mend it."""

import re
from pathlib import Path

import pytest
from django.utils import translation

import ledger.files
from exports.words.problems import SENTENCES, sentence
from ledger.files.check import check_file
from ledger.files.ciel import Ciel
from tests.ledger.files.given import closing, entry, line

WHAT = ("account", "journal", "third_party", "document", "amount")


def codes_in_source() -> set[str]:
    """Codes as they are written in `ledger.files`, those composed of what and why included."""
    source = "".join(path.read_text() for path in Path(ledger.files.__path__[0]).glob("*.py"))
    plain = set(re.findall(r'code="(file_\w+)"', source))
    too_long = {f"file_{what}_too_long" for what in WHAT}
    return plain | too_long | {f"file_{what}_characters" for what in ("account", "journal", "third_party")}


def test_sentences__every_code_of_a_file_has_one() -> None:
    found = codes_in_source()
    assert len(found) == 15
    assert found <= set(SENTENCES)
    assert {code for code in SENTENCES if code.startswith("file_")} == found


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            "Account 707000123456 is longer than the 11 characters this file holds. "
            "Change it in the settings of PARIS01 (mapping, means of payment CB).",
        ),
        (
            "fr",
            "Le compte 707000123456 dépasse les 11 caractères que ce fichier peut contenir. "
            "Modifiez-le dans les réglages de PARIS01 (paramétrage comptable, moyen de paiement CB).",
        ),
    ],
    ids=["en", "fr"],
)
def test_sentence__names_account_and_setting(language: str, expected: str) -> None:
    given = closing(entry(line("707000123456", "-1.00", means="CB"), line("411000", "1.00"))).booked
    (problem,) = check_file([given], Ciel())
    with translation.override(language):
        assert sentence(problem.to_document()) == expected
