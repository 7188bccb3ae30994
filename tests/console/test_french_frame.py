"""In French every page is French: the frame's words too, what stands under the pointer, what a screen reader says.

Pages of the developers' reference are English by intent (`integration.console.help.api_page`) and stand outside.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation.trans_real import DjangoTranslation, translation

from tenants.factories import SupportFactory
from tests.clients import client_of
from tests.console.test_isolation_walk import values_for, walked
from tests.world import World, world

# Raw documents of tills, entries and addresses are no sentences, and the name of an icon is a picture.
NOT_READ = re.compile(
    r"<(script|style|pre|code|template)\b.*?</\1>|<span[^>]*material-symbols[^>]*>.*?</span>|<!--.*?-->", re.S
)
SAID = re.compile(r""">([^<]+)<|\s(?:title|aria-label|placeholder|alt|data-label)=(?:"([^"]*)"|'([^']*)')""")
TITLE = re.compile(r"<title>(.*?)</title>", re.S)
HOLE = re.compile(r"[{%<]")
# What a programmer reads and nobody else: a tuple, a row without a name, a document; and Django's French for rows.
RAW = re.compile(
    r"\('\w+', '|\bobject \(\d+\)|\{'|\b[Ll].objet\b|Sélectionnez l|\b(?:Ajout|Modification|Affichage) de "
)
HISTORIES = ("console/tenants/establishment/", "console/booking/mapping/")
NO_PAGES = ("console/autocomplete/", "console/jsi18n/", "console/hijack/", "console/password/")


def texts_of(html: str) -> list[str]:
    """All a page says: each text between two tags, and what stands under the pointer or is read aloud."""
    found = SAID.findall(NOT_READ.sub("<i></i>", html))
    return [words for it in found if (words := " ".join(unescape("".join(it)).split()))]


@pytest.fixture(scope="module")
def english() -> set[str]:
    """Every English sentence that has another French, of the frameworks as well as ours; small letters."""
    catalogue: DjangoTranslation = translation("fr")
    ours: dict[Any, str] = {}
    for part in catalogue._catalog._catalogs:  # type: ignore[attr-defined] # Django's own list of catalogues, first wins
        ours = {**part, **ours}
    keys = {(key if isinstance(key, str) else key[0]): french for key, french in ours.items()}
    return {
        key.lower()
        for key, french in keys.items()
        if key and "\x04" not in key and not HOLE.search(key) and key.lower() != str(french).lower()
    } - {"english"}


def pages(here: World) -> Iterator[str]:
    """Every page of the console that can be looked at, of one customer's rows; of the histories, all made by one view
    and one template, those of a shop and of its mapping."""
    for address in walked("console/"):
        a_history = address.route.endswith("history/")
        if not address.route.startswith(NO_PAGES) and (not a_history or address.route.startswith(HISTORIES)):
            yield address.path(values_for(address, here.own))


def refused_filters(answer: Any) -> list[str]:
    """Filters of a list that its admin does not let through: they answer "this request cannot be understood"."""
    shown = (answer.context or {}).get("cl")
    if shown is None:
        return []
    first = [next(name for name in spec.expected_parameters() if name) for spec in shown.filter_specs]
    return [it for it in first if not shown.model_admin.lookup_allowed(it, "1", answer.wsgi_request)]


def test_the_whole_console__in_french(db: None, english: set[str]) -> None:
    """No page says anything in English or as a program would, each names itself, and every filter may be used."""
    here = world()
    client, titles = client_of(SupportFactory(language="fr")), dict[str, str]()
    faults, filters = dict[str, list[str]](), dict[str, list[str]]()
    for path in pages(here):
        answer = client.get(path)
        if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
            continue
        html = answer.content.decode()
        said = texts_of(html)
        if wrong := {it for it in said if it.rstrip("\xa0 :*").lower() in english or RAW.search(it)}:
            faults[path] = sorted(wrong)
        if refused := refused_filters(answer):
            filters[path] = refused
        titles[path] = " ".join(unescape(TITLE.findall(html)[0]).split())
    assert faults == {}
    assert filters == {}
    assert len(titles) > 75
    shop, closing = here.own.till.establishment, here.own.closing
    for name, args, title in (
        ("admin:index", [], "La nuit dernière"),
        ("admin:exports_storedclosing_changelist", [], "Clôtures"),
        ("admin:exports_storedclosing_change", [closing.pk], f"Z {here.own.number} · {shop}"),
        ("admin:tenants_till_add", [], "Ajouter une caisse"),
        ("console_shop", [shop.pk], f"Établissement · {shop}"),
        ("console_mapping", [shop.pk], f"Paramétrage · {shop}"),
        ("console_suspend_shop", [shop.pk], f"Suspension · {shop}"),
    ):
        assert titles[reverse(name, args=args)] == f"{title} · Clyo → Exact"
    of_a_shop = re.compile(r"/console/(shop|till|mapping|which-closings|correction)/\d")
    assert {
        path: title
        for path, title in titles.items()
        if of_a_shop.match(path) and shop.code not in title and shop.name not in title
    } == {}


def test_a_wrong_log_in__is_told_in_the_reader_s_own_words(db: None) -> None:
    form = {"username": "nobody@clyo.example", "password": "wrong"}
    html = Client(headers={"Accept-Language": "fr"}).post(reverse("admin:login"), form).content.decode()
    assert "Le mot de passe ne va pas avec cette adresse e-mail" in " ".join(texts_of(html))


def test_what_django_says_of_a_row__calls_nothing_an_object() -> None:
    with override("fr"):
        words = gettext("The {name} “{obj}” was changed successfully.").format(name="caisse", obj="Caisse 1")
    assert words == "Enregistré\xa0: caisse «\xa0Caisse 1\xa0»."
