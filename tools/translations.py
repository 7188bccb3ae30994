"""`python -m tools.translations update|compile|check`: the French of what people read.

Source sentences are English, in the code and in the templates. `update` writes the new ones into the catalogue, to be
translated there, and drops those nobody uses any more; `compile` makes what Django reads; `check` fails while one of
them has no good translation. It works without gettext's programs and without Django's settings.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from integration.rooms import WITH_SENTENCES

ROOT = Path(__file__).resolve().parents[1]
LOCALE = "fr"
CATALOGUE = ROOT / "integration" / "locale" / LOCALE / "LC_MESSAGES" / "django.po"

Keywords = Mapping[str, Any]  # which arguments are sentences, as Babel writes it
CODE_KEYWORDS: Keywords = {
    **DEFAULT_KEYWORDS,
    "_now": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TEMPLATE_KEYWORDS: Keywords = {
    name: DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")
}

# French sets a narrow no-break space before ; ! and ?, a no-break space before a colon and inside its quotation marks.
BAD_SPACE = re.compile(r"[^\u202f][;!?]|[^\u00a0\d]:(?!//|\d)|«[^\u00a0]|[^\u00a0]»|'")
SPACES = (
    (r"[ \u00a0](?=[;!?])", "\u202f"),
    (r"[ \u202f](?=:(?!//)|»)", "\u00a0"),
    (r"(?<=«)[ \u202f]", "\u00a0"),
    ("'", "’"),
)

PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\(\w+\)[a-z]")
KEPT_HEADERS = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
HEADER_COMMENT = "# What people read, in French. Written by `python -m tools.translations update`."
USAGE = "usage: python -m tools.translations update|compile|check\n"

Key = tuple[str, str | None]
Sentence = tuple[str | tuple[str, ...], str | None]


def sources(root: Path = ROOT) -> Iterator[tuple[bytes, Keywords]]:
    """Every file with sentences in it, as Python text, and what marks a sentence there."""
    for package in WITH_SENTENCES:
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield _with_interpolations(path.read_bytes()), CODE_KEYWORDS
        mails = (root / package).glob("**/templates/**/*.txt")
        for path in sorted([*(root / package).rglob("*.html"), *mails]):
            yield _as_python(path), TEMPLATE_KEYWORDS


def _with_interpolations(code: bytes) -> bytes:
    """The code, then what stands in the braces of its f-strings: Babel sees only a string there before Python 3.12."""
    nodes = ast.walk(ast.parse(code))
    expressions = [ast.unparse(node.value) for node in nodes if isinstance(node, ast.FormattedValue)]
    return b"\n".join([code, *(expression.encode() for expression in expressions)])


def _as_python(template: Path) -> bytes:
    from django.utils.translation.template import templatize  # only here: `compile` is to start quickly

    text: str = templatize(template.read_text(encoding="utf-8"), origin=str(template))
    return text.encode()


def sentences(root: Path = ROOT) -> Iterator[Sentence]:
    """Every sentence in the code and the templates, with its context."""
    for text, keywords in sources(root):
        for _line, message, _comments, context in extract("python", BytesIO(text), keywords):
            yield message, context


def template_of(root: Path = ROOT) -> Catalog:
    """The sentences, without translations."""
    catalogue = Catalog()
    for message, context in sentences(root):
        catalogue.add(message, context=context)
    return catalogue


def read(path: Path = CATALOGUE) -> Catalog:
    """The catalogue as people wrote it; an empty one when there is none yet."""
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def update(path: Path = CATALOGUE, root: Path = ROOT) -> None:
    """Bring the catalogue's sentences up to date; translations of sentences that are still used stay.

    The spaces and apostrophes of French are set as they must be: a keyboard has no key for them.
    """
    catalogue = read(path)
    catalogue.update(template_of(root), no_fuzzy_matching=True)
    for message in catalogue:
        if message.id and message.string:
            message.string = _in_french(message.string)
    text = BytesIO()
    write_po(text, catalogue, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_without_dates(text.getvalue().decode()), encoding="utf-8")


def _in_french(translation: str | list[str] | tuple[str, ...]) -> str | tuple[str, ...]:
    if not isinstance(translation, str):
        return tuple(str(_in_french(form)) for form in translation)
    for pattern, right in SPACES:
        translation = re.sub(pattern, right, translation)
    return translation


def _without_dates(text: str) -> str:
    """Only what Django needs of the header, so that an update without news changes nothing."""
    header, *messages = text.split("\n\n")
    kept = [line for line in header.splitlines() if line.startswith(tuple(f'"{name}:' for name in KEPT_HEADERS))]
    return "\n\n".join(["\n".join([HEADER_COMMENT, 'msgid ""', 'msgstr ""', *kept]), *messages]).rstrip("\n") + "\n"


def compile_catalogue(path: Path = CATALOGUE) -> Path:
    """Write what Django reads, whole or not at all: a server may be reading it."""
    compiled = path.with_suffix(".mo")
    catalogue = read(path)
    with NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        write_mo(file, catalogue)
    os.chmod(file.name, 0o644)
    os.replace(file.name, compiled)
    return compiled


def check(path: Path = CATALOGUE, root: Path = ROOT) -> list[str]:
    """What is wrong with the catalogue, one line each."""
    catalogue = read(path)
    used = {_key(message): message for message in template_of(root) if message.id}
    known = {_key(message): message for message in catalogue if message.id}
    problems = [f"missing: {_show(message)}" for key, message in used.items() if key not in known]
    problems += [f"obsolete: {_show(message)}" for key, message in known.items() if key not in used]
    problems += [f"obsolete: {_show(message)}" for message in catalogue.obsolete.values()]
    for message in known.values():
        problems += _problems_of(message)
    return sorted(problems)


def _problems_of(message: Message) -> Iterator[str]:
    translations = _forms(message.string or "")
    if not all(translations):
        yield f"untranslated: {_show(message)}"
        return
    if message.fuzzy:
        yield f"fuzzy: {_show(message)}"
    allowed = [_placeholders(form) for form in _forms(message.id)]
    for translation in translations:
        if _placeholders(translation) not in allowed:
            yield f"other placeholders: {_show(message)} -> {translation!r}"
        if BAD_SPACE.search(translation):
            yield f"spaces or apostrophe (`update` sets them): {_show(message)} -> {translation!r}"


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(PLACEHOLDER.findall(text))


def _forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Singular and plural, or the only form there is."""
    return (text,) if isinstance(text, str) else tuple(text)


def _key(message: Message) -> Key:
    """What Django looks a translation up by."""
    return _forms(message.id)[0], message.context


def _show(message: Message) -> str:
    context = f" ({message.context})" if message.context else ""
    return repr(_forms(message.id)[0]) + context


def main(arguments: list[str]) -> int:
    """Run one command; the exit status says whether all is well."""
    match arguments:
        case ["update"]:
            update()
        case ["compile"]:
            compile_catalogue()
        case ["check"]:
            problems = check()
            sys.stderr.writelines(f"{problem}\n" for problem in problems)
            return 1 if problems else 0
        case _:
            sys.stderr.write(USAGE)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
