"""The French of what people read: complete, and with the same facts in it as the English."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from tools import translations

SENTENCE = "A refund has no positive amount: {found}. Check this line on the till."
# A full stop after a bracket or a quotation mark ends a sentence too; one in "e.g." does not.
END = re.compile(r"(?<!e\.g)[.!?](?=[\s)»”]|$)")


@pytest.fixture(autouse=True, scope="module")
def the_sources_are_read_once() -> Iterator[None]:
    """All sentences of the product, for every test here: they do not change meanwhile."""
    of_the_product = tuple(translations.sentences())
    read = translations.sentences

    def sentences(root: Path = translations.ROOT) -> Iterable[translations.Sentence]:
        return of_the_product if root == translations.ROOT else read(root)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(translations, "sentences", sentences)
        yield


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the product's catalogue."""
    copy = tmp_path / "django.po"
    copy.write_bytes(translations.CATALOGUE.read_bytes())
    return copy


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A catalogue to be spoilt, beside a product that says two sentences."""
    package = tmp_path / translations.WITH_SENTENCES[0]
    package.mkdir()
    (package / "words.py").write_text(f"a, b = _({SENTENCE!r}), _('All is well.')")
    path = tmp_path / "django.po"
    translations.update(path, tmp_path)
    spoil(path, block(r'msgstr ""'), f'msgid "{SENTENCE}"\nmsgstr "Un remboursement n’a pas ce montant, {{found}}."')
    spoil(path, r'^msgid "All is well."\nmsgstr ""', 'msgid "All is well."\nmsgstr "Tout va bien."')
    assert check(path) == []
    return path


def check(catalogue: Path) -> list[str]:
    return translations.check(catalogue, catalogue.parent)


def forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Singular and plural, or the only form there is."""
    return (text,) if isinstance(text, str) else tuple(text)


def spoken_in(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {forms(message.id): forms(message.string) for message in catalogue if message.id}


def spoil(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert count == 1
    path.write_text(text, encoding="utf-8")


def block(rest: str) -> str:
    return rf'^msgid "{re.escape(SENTENCE)}"\n{rest}'


def test_every_sentence_has_a_good_translation() -> None:
    assert translations.check() == []


@pytest.mark.parametrize("bad", ["Prêt ?", "Prêt !", "Ceci ; cela", "Voici :", "« Tout »", "L'un", "Prêt\u00a0?"])
def test_french_spaces_and_apostrophes__are_reported_and_set_by_an_update(bad: str, catalogue: Path) -> None:
    spoil(catalogue, block(r'msgstr ".*"'), f'msgid "{SENTENCE}"\nmsgstr "{{found}} {bad}"')
    (problem,) = check(catalogue)
    assert problem.startswith("spaces or apostrophe") and bad in problem.replace("\\xa0", "\u00a0")
    translations.update(catalogue, catalogue.parent)
    assert check(catalogue) == []


def test_english_says_as_much_as_french() -> None:
    """The same number of sentences: what to do next comes last, and is left out in neither language."""
    pairs = spoken_in(translations.read()).items()
    told = [(english, french) for source, spoken in pairs for english, french in zip(source, spoken, strict=False)]
    less = {english for english, french in told if len(END.findall(english)) != len(END.findall(french))}
    assert less == set()


def test_a_missing_sentence_is_reported(catalogue: Path) -> None:
    spoil(catalogue, block(r'msgstr ".*"\n'), "")
    assert check(catalogue) == [f"missing: {SENTENCE!r}"]


def test_an_untranslated_sentence_is_reported(catalogue: Path) -> None:
    spoil(catalogue, block(r'msgstr ".*"'), f'msgid "{SENTENCE}"\nmsgstr ""')
    assert check(catalogue) == [f"untranslated: {SENTENCE!r}"]


def test_a_fuzzy_translation_is_reported(catalogue: Path) -> None:
    spoil(catalogue, block(""), f'#, fuzzy\nmsgid "{SENTENCE}"\n')
    assert check(catalogue) == [f"fuzzy: {SENTENCE!r}"]


@pytest.mark.parametrize("mark", ["", "#~ "])
def test_a_sentence_nobody_uses_is_reported(catalogue: Path, mark: str) -> None:
    with catalogue.open("a", encoding="utf-8") as file:
        file.write(f'\n{mark}msgid "Nobody says this."\n{mark}msgstr "Personne ne le dit."\n')
    assert check(catalogue) == ["obsolete: 'Nobody says this.'"]


def test_other_placeholders_are_reported(catalogue: Path) -> None:
    spoil(catalogue, block(r'msgstr ".*"'), f'msgid "{SENTENCE}"\nmsgstr "{{found}} et {{autre}}"')
    assert check(catalogue) == [f"other placeholders: {SENTENCE!r} -> '{{found}} et {{autre}}'"]


def test_update_keeps_translations_and_changes_nothing_without_news(copied: Path) -> None:
    translations.update(copied)
    assert copied.read_bytes() == translations.CATALOGUE.read_bytes()


def test_update_adds_what_is_new_and_drops_what_is_unused(catalogue: Path) -> None:
    spoil(catalogue, block(""), 'msgid "Nobody says this."\n')
    translations.update(catalogue, catalogue.parent)
    assert check(catalogue) == [f"untranslated: {SENTENCE!r}"]


def test_sentences_are_found_in_code_in_f_strings_and_in_templates(tmp_path: Path) -> None:
    package = tmp_path / translations.WITH_SENTENCES[0]
    package.mkdir()
    (package / "words.py").write_text("a = N_('noop')\nb = f'{_(\"inside\")}'\nc = ngettext_lazy('one', 'many', 2)\n")
    (package / "page.html").write_text("{% load i18n %}{% translate 'plain' %}{% translate 'May' context 'verb' %}")
    found = {(message, context) for message, context in translations.sentences(tmp_path)}
    assert found == {("noop", None), ("inside", None), (("one", "many"), None), ("plain", None), ("May", "verb")}


def test_compiled_translations_are_what_is_in_the_catalogue(copied: Path) -> None:
    with translations.compile_catalogue(copied).open("rb") as file:
        compiled: Catalog = read_mo(file)
    assert spoken_in(compiled) == spoken_in(translations.read())


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(["extract"]) == 2
    assert capsys.readouterr().err == translations.USAGE
