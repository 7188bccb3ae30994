"""The handbook in the console: every page leads to a chapter that is there, and what it says is true of the pages."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clyo_ingest.schema import api_document
from concerns.concern import Condition
from exact.models import PostingState
from exports.models import ClosingState
from integration.console.help.beside import CHAPTERS, OF_ROLE, OF_WAY, chapter_of
from integration.console.help.handbook import BOOKS, FOLDER, book
from integration.console.help.rendering import render_text
from integration.console.help.searching import find
from tenants.factories import AccountantFactory, MerchantFactory, StaffFactory, SupportFactory
from tenants.models import Role, User
from tests.conftest import ROOT
from tools.pictures.shots import SHOTS

# No page of the console's frame: before the log-in, answers to scripts, and what is only ever posted.
WITHOUT_A_CHAPTER = {
    *("hijack:acquire", "hijack:release", "admin:login", "admin:logout", "admin:autocomplete", "admin:jsi18n", ""),
    *("admin_password_reset", "password_reset_done", "password_reset_complete"),
    *("console_help", "console_help_states"),
}
QUOTED = re.compile("«\u00a0([^»]+)\u00a0»")
CODE = re.compile(r"```.*?```|`[^`]*`", re.S)
PICTURE = re.compile(r"\]\(pictures/([\w-]+\.webp)\)")


def named_pages(resolver: URLResolver, route: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Every address with its name, as the resolver has it."""
    for it in resolver.url_patterns:
        if isinstance(it, URLResolver):
            within = f"{space}{it.namespace}:" if it.namespace else space
            yield from named_pages(it, f"{route}{it.pattern}", within)
        elif isinstance(it, URLPattern):
            yield f"{route}{it.pattern}", f"{space}{it.name or ''}"


def texts() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}


def anchors_of(name: str) -> set[str]:
    return {section.anchor for section in book(name).text.sections}


class Parsed(HTMLParser):
    """A page's ids, the addresses it links to, and its tags."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.ids.add(given.get("id") or "")
        self.links.append(given.get("href") or "")


@pytest.fixture
def support(client: Client) -> Client:
    client.force_login(SupportFactory())
    return client


class TestBesideEachPage:
    @pytest.mark.django_db
    def test_every_page_without_a_parameter__has_a_chapter(self, support: Client) -> None:
        pages = {
            name for route, name in named_pages(get_resolver()) if route.startswith("console/") and "<" not in route
        }
        without = {name for name in pages - WITHOUT_A_CHAPTER if not chapter_of(name)}
        # What is only ever posted is no page.
        without = {name for name in without if support.get(reverse(name)).status_code != 405}
        assert not without, "a row in integration/console/help/beside.py is missing"

    def test_every_row__leads_to_a_chapter_that_is_there_from_a_page_that_is_there(self) -> None:
        names = {name for _route, name in named_pages(get_resolver())}
        rows = [*CHAPTERS.items(), *(row for own in OF_ROLE.values() for row in own.items())]
        for name, chapter in [*rows, *(("console_way", chapter) for chapter in OF_WAY.values())]:
            of, _, anchor = chapter.partition("#")
            assert anchor in anchors_of(of), f"{name}: {chapter}"
            assert any(it == name or it.startswith(f"{name}_") for it in names), name

    def test_chapter__of_a_models_page_is_the_models_and_its_own_where_it_has_one(self) -> None:
        assert chapter_of("admin:exact_lane_change") == CHAPTERS["admin:exact_lane"]
        assert chapter_of("console_mapping_fec") == CHAPTERS["console_mapping_fec"]
        assert chapter_of("somewhere_else") == ""

    @pytest.mark.django_db
    def test_reader__of_an_own_book_is_led_into_it(self, client: Client) -> None:
        for reader, of in ((MerchantFactory(), "commercant"), (AccountantFactory(), "comptable")):
            client.force_login(reader)
            page = client.get(reverse("admin:index")).content.decode()
            assert f'href="{reverse("console_help_book", args=[of])}#' in page
        client.force_login(StaffFactory())
        page = client.get(reverse("admin:password_change")).content.decode()
        assert f'{reverse("console_help_book", args=["revendeur"])}#votre-mot-de-passe"' in page
        assert chapter_of("console_way", way="take-out") != chapter_of("console_way", way="set-aside")

    @pytest.mark.django_db
    def test_every_page_with_a_parameter_that_can_be_opened__has_a_chapter(self, support: Client) -> None:
        pages = {
            name: re.sub(r"<int:\w+>", "1", f"/{route}")
            for route, name in named_pages(get_resolver())
            if route.startswith("console/") and name.startswith("console_") and "<int:" in route
        }
        without = {name for name in pages if not chapter_of(name)}
        assert {name for name in without if support.get(pages[name]).status_code != 405} == set()

    @pytest.mark.django_db
    def test_page__has_a_question_mark_that_leads_there(self, support: Client) -> None:
        page = support.get(reverse("console_causes"))
        assert f"{reverse('console_help_book', args=['support'])}#une-cloture-en-echec" in Parsed(page.content).links


class TestBooks:
    def test_links__from_one_chapter_to_another_all_arrive(self) -> None:
        states = {"etablissements", "clotures", "ecritures", "files", "liens", "ecarts"}
        for name, text in texts().items():
            for other, anchor in re.findall(r"\]\(([\w-]*)(?:\.md)?(?:#([\w-]+))?\)", CODE.sub("", text)):
                target = other or name
                assert target in {*BOOKS, "etats"}, f"{name}: {other}"
                known = states if target == "etats" else anchors_of(target)
                assert not anchor or anchor in known, f"{name}: {target}#{anchor}"

    def test_anchors__each_chapter_of_a_book_has_its_own(self) -> None:
        for name in BOOKS:
            assert len(anchors_of(name)) == len(book(name).text.sections), name

    def test_quoted_names__are_those_of_the_pages(self) -> None:
        catalogue = read_po((ROOT / "integration/locale/fr/LC_MESSAGES/django.po").open("rb"), locale="fr")
        said = {it for m in catalogue for it in (m.string if isinstance(m.string, tuple | list) else [m.string])}
        strange = [f"{name}: {it}" for name, text in texts().items() for it in QUOTED.findall(text) if it not in said]
        assert not strange, "quoted in docs/fr, and on no page"

    def test_glossary__has_every_french_word_of_the_english_one(self) -> None:
        rows = re.findall(r"^\| [^|]+ \| ([^|–]+) \| `", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"), re.M)
        french = texts()["glossaire"]
        assert len(rows) > 30
        assert [word for word in rows if f"| {word} (" not in french] == []

    def test_pictures__each_named_one_is_there_and_each_that_is_there_is_named(self) -> None:
        named = {it for text in texts().values() for it in PICTURE.findall(text)}
        there = {path.name for path in (FOLDER / "pictures").glob("*.webp")}
        assert named == there == {f"{shot.name}.webp" for shot in SHOTS}, "make pictures"
        assert all(finders.find(f"handbook/{name}") for name in named)

    def test_pictures__weigh_less_than_three_megabytes(self) -> None:
        assert sum(path.stat().st_size for path in (FOLDER / "pictures").iterdir()) < 3 * 1024 * 1024


class TestRendering:
    def test_html_of_the_text__is_text(self) -> None:
        text = render_text("# T\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n## A\n\n<b>b</b>\n")
        assert "<script" not in text.introduction
        assert "href" not in text.introduction
        assert text.sections[0].html.strip() == "<p>&lt;b&gt;b&lt;/b&gt;</p>"

    def test_table__scrolls_by_itself_and_its_heads_have_a_scope(self) -> None:
        (section,) = render_text("# T\n\n## A\n\n| a |\n|---|\n| 1 |\n").sections
        assert '<th scope="col">a</th>' in section.html
        assert 'class="help-scroll" tabindex="0"' in section.html

    def test_headings__cut_it_and_smaller_ones_stay(self) -> None:
        text = render_text("# Titre\n\nD’abord.\n\n## L’été à Lyon\n\n### Un\n\nmot\n\n## Deux\n\nfin\n")
        assert text.title == "Titre"
        assert [(it.anchor, it.text) for it in text.sections] == [("l-ete-a-lyon", "Un mot"), ("deux", "fin")]


class TestSearch:
    def test_words__without_accents_in_any_order_titles_first(self) -> None:
        found = find([book(name) for name in BOOKS], "cloture RETENUE")
        assert "clôture retenue" in found[0].section.title
        assert all("retenue" in f"{it.section.title} {it.section.text}".lower() for it in found)

    def test_nothing__asked_or_there(self) -> None:
        assert find([book("support")], "  ") == []
        assert find([book("support")], "zzz clôture") == []


@pytest.mark.django_db
class TestPages:
    @pytest.mark.parametrize(
        ("user", "own"),
        [(SupportFactory, "support"), (StaffFactory, "revendeur")],
    )
    def test_index__ones_own_book_first(self, client: Client, user: type[SupportFactory], own: str) -> None:
        client.force_login(user())
        page = client.get(reverse("console_help"), {"q": "periode cloturee"})
        assert page.context["own"].name == own
        assert {page.context["own"].name, *(it.name for it in page.context["others"])} == {*BOOKS}
        assert f"{reverse('console_help_book', args=['comptable'])}#une-periode-cloturee" in Parsed(page.content).links

    def test_search__that_finds_nothing_says_so(self, support: Client) -> None:
        assert "Aucun chapitre" in support.get(reverse("console_help"), {"q": "zzz"}).content.decode()

    @pytest.mark.parametrize("name", BOOKS)
    def test_book__has_its_chapters_and_one_heading(self, support: Client, name: str) -> None:
        page = support.get(reverse("console_help_book", args=[name])).content.decode()
        assert page.partition('id="content"')[2].count("<h1") == 1
        assert anchors_of(name) <= Parsed(page.encode()).ids

    def test_book__that_is_none_is_not_found(self, support: Client) -> None:
        assert support.get(reverse("console_help_book", args=["secret"])).status_code == 404

    def test_states__every_one_is_explained(self, support: Client) -> None:
        page = support.get(reverse("console_help_states")).content.decode()
        for state in (*Condition, *ClosingState, *PostingState):
            label = str(state.label)
            assert f"<dt>{label[0].upper()}{label[1:]}</dt>" in page.replace("&#x27;", "'"), state

    def test_roles__each_has_books_in_an_order(self) -> None:
        from integration.console.help.handbook import books_for

        for role in Role:
            assert {it.name for it in books_for(User(role=role))} == {*BOOKS}


class TestTillApi:
    def test_reference__everybody_reads_every_address_and_document_and_nothing_is_loaded(self, client: Client) -> None:
        answer = client.get("/developers/")
        page, whole = Parsed(answer.content), api_document()
        calls = {said["operationId"] for methods in whole["paths"].values() for said in methods.values()}
        assert calls | {f"doc-{name}" for name in whole["components"]["schemas"]} <= page.ids
        assert {it[1:] for it in page.links if it.startswith("#")} <= page.ids
        assert not page.tags & {"script", "iframe", "style"}
        assert not [it for it in page.links if it.startswith("http")]
        assert "default-src 'none'" in answer["Content-Security-Policy"]

    def test_reference__says_of_a_field_what_it_is(self, client: Client) -> None:
        page = client.get("/developers/").content.decode()
        assert "POST /api/v1/closings" in page
        assert "<code>business_date</code>" in page
        assert "required" in page

    @pytest.mark.parametrize(
        ("address", "language", "others"),
        [("/developers/", "en", ("Réponses", "obligatoire")), ("/developers/guide/", "fr", ("Skip to content",))],
    )
    def test_page__is_in_one_language_whoever_reads(
        self, client: Client, address: str, language: str, others: tuple[str, ...]
    ) -> None:
        for wanted in ("fr", "en"):
            answer = client.get(address, headers={"Accept-Language": wanted})
            page = answer.content.decode()
            assert f'<html lang="{language}">' in page and answer["Content-Language"] == language
            assert not [it for it in others if it in page]

    def test_guide__is_the_programmers_book(self, client: Client) -> None:
        page = Parsed(client.get("/developers/guide/").content)
        assert anchors_of("caisse") <= page.ids
        assert not page.tags & {"script"}

    @pytest.mark.parametrize("address", ["/developers/", "/developers/guide/"])
    def test_pages__are_read_only(self, client: Client, address: str) -> None:
        assert client.post(address).status_code == 405


def test_pictures_folder__is_in_the_image() -> None:
    assert "!docs/fr" in (Path(ROOT) / ".dockerignore").read_text().split()
