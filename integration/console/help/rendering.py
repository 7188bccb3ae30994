"""Markdown into HTML that may stand on our pages: raw HTML is text, links lead here or to http(s), tables scroll.

The library (markdown-it-py, CommonMark with tables) writes no HTML of the text's own and refuses addresses of scripts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape

from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

TABLE = '<div class="help-scroll" tabindex="0"><table class="console-table" aria-label="{}">'


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part under one heading of the second level: its `html` without that heading, its `text` to be searched."""

    anchor: str
    title: str
    html: SafeString
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A whole text: its title (the one heading of the first level), what stands before its sections, and these."""

    title: str
    introduction: SafeString
    sections: tuple[Section, ...]


def render_text(source: str, leads_to: Callable[[str], str] = str) -> Text:
    """A text in Markdown, cut at its headings of the second level. `leads_to` turns the address of a link or picture.

    Anchors are made of the headings: "Relier Exact" is `relier-exact`.
    """
    tokens = _markdown().parse(source)
    for token in tokens:
        _mend(token, leads_to)
    title, parts = "", [_Part()]
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag in ("h1", "h2"):
            words = _words_of(tokens[place + 1])
            if token.tag == "h1":
                title = words
            else:
                parts.append(_Part(words))
        elif not _belongs_to_heading(tokens, place):
            parts[-1].tokens.append(token)
    introduction, *sections = parts
    return Text(
        title=title,
        introduction=_html_of(introduction.tokens),
        sections=tuple(_section(it) for it in sections),
    )


def anchor_of(heading: str) -> str:
    """The last part of a heading's address: "L’aide à l’écran" is `l-aide-a-l-ecran`."""
    return slugify(heading.replace("’", " "))


def render_paragraphs(source: str) -> SafeString:
    """A few paragraphs without headings."""
    return _html_of(_markdown().parse(source))


class _Part:
    """The tokens between two headings."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self.tokens: list[Token] = []


def _section(part: _Part) -> Section:
    html = _html_of(part.tokens)
    return Section(
        anchor=anchor_of(part.title), title=part.title, html=html, text=" ".join(unescape(strip_tags(html)).split())
    )


def _belongs_to_heading(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token is the words or the end of a heading that the page itself shows."""
    heads = ("h1", "h2")
    before = tokens[place - 1] if place else None
    of_open = before is not None and before.type == "heading_open" and before.tag in heads
    return of_open or (tokens[place].type == "heading_close" and tokens[place].tag in heads)


def _mend(token: Token, leads_to: Callable[[str], str]) -> None:
    """Rewrite a token's links for our pages, and give column headings their `scope`."""
    if token.type == "th_open":
        token.attrSet("scope", "col")
    for child in token.children or ():
        name = {"link_open": "href", "image": "src"}.get(child.type)
        if name:
            child.attrSet(name, leads_to(str(child.attrGet(name))))
        if child.type == "image":
            child.attrSet("loading", "lazy")


def _words_of(heading: Token) -> str:
    return "".join(child.content for child in heading.children or ()).strip()


def _html_of(tokens: Sequence[Token]) -> SafeString:
    markdown = _markdown()
    return SafeString(markdown.renderer.render(tokens, markdown.options, {}))  # it writes no HTML of the text's own


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    # A table that is wider than a phone scrolls by itself, with the keyboard too.
    markdown.add_render_rule("table_open", _open_table)
    markdown.add_render_rule("table_close", lambda *_: "</table></div>")
    markdown.add_render_rule("fence", _code)
    return markdown


def _open_table(renderer: object, tokens: Sequence[Token], place: int, *_: object) -> str:
    """Open a table. Its accessible name is made of its column headings, as Markdown has no captions."""
    end = next(at for at in range(place, len(tokens)) if tokens[at].type == "thead_close")
    heads = [_words_of(tokens[at + 1]) for at in range(place, end) if tokens[at].type == "th_open"]
    return format_html(TABLE, ", ".join(filter(None, heads)))


def _code(renderer: object, tokens: Sequence[Token], place: int, *_: object) -> str:
    return format_html('<pre class="console-raw" tabindex="0"><code>{}</code></pre>\n', tokens[place].content)
