"""Texts that something on their way may take for something else: markup, formats, other scripts, what is no text."""

from hypothesis import strategies as st

# Shown unescaped, each of these makes an element `fuzz` or an attribute `onfuzz`, which no page of ours has.
MARKUP = (
    "<fuzz onfuzz=1>",
    '"><fuzz>',
    "' onfuzz='1",
    '" onfuzz="1',
    "</script><fuzz>",
    "</textarea></pre><fuzz>",
    "--><fuzz>",
    "<script>fuzz()</script>",
    "&lt;fuzz&gt;",
    "javascript:fuzz()",
)
# What a template, a format or a spreadsheet would fill in or work out.
FORMATS = ("{{ fuzz }}", "{% fuzz %}", "{fuzz}", "{0}", "%(fuzz)s %s %d", "${fuzz}", "=fuzz()", "{", "%", "\\x", "\\")
# Right to left, invisible, longer in capitals, outside of the first plane, no characters at all.
SCRIPTS = (
    "\u202efuzz\u202c",
    "\u2067fuzz",
    "\u200b",
    "\u2028",
    "\ufeff",
    "Cafe\u0301",
    "İstanbul ß ﬃ",
    "🍕👩\u200d🍳",
    "\ufffe\uffff",
    "\U0010ffff",
    "١٢٣",
    "a" * 120,
)
PLAIN = ("", "Bar", "Espèces", "CB", "1", "Terrasse n° 2", "Salle - midi", "O'Brien & fils", "0", "null")
# No text that can be kept or compared.
UNUSABLE = ("\x00", "a\x00b", "\ud800", "\udfff x", "\x1b[31m", "\r\nBcc: a@b.fr", "\x85", "\x7f")

usable = st.one_of(
    st.sampled_from(PLAIN),
    st.sampled_from(PLAIN + MARKUP + FORMATS + SCRIPTS),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=24),
)
anything = st.one_of(usable, st.sampled_from(UNUSABLE), st.text(max_size=12))


def short(most: int, *, least: int = 0) -> st.SearchStrategy[str]:
    """A usable text of at most so many characters; with `least` there is something left when blanks are taken off."""
    cut = usable.map(lambda text: text[:most])
    return cut.filter(lambda text: len(text.strip()) >= least) if least else cut
