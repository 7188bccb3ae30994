"""The jobs of a morning: who does each, and the way from the first page after the log-in. A further job is a row."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from tools.jobs.walker import Walker

CANAL, ATLANTIQUE = "revendeur@canal.example", "revendeur@atlantique.example"
ACCOUNTANT, RESTAURANT = "comptable@moreau.example", "helene@lambert.example"
DESK, PHONE = 1280, 390
TIMEOUT_S = 30
# Of the demo's cast: the company whose month is closed in Exact, and the shop that nobody linked yet.
CLOSED_COMPANY, UNLINKED_TILL = 8304, "FROM01-caisse1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job. `who` logs in ("" for nobody); `walk` goes the way, and fails where the product does not do it."""

    name: str
    who: str
    walk: Callable[[Walker], None]
    wide: int = DESK


def set_a_customer_up(walker: Walker) -> None:
    """A customer with an establishment and two tills, until the codes are there and the link is on its way."""
    walker.press("Installer un client")
    walker.write("name", "Le Zinc de la Gare SARL")
    walker.write("siren", "732829320")
    walker.press("Enregistrer et continuer")
    walker.write("name", "Le Zinc de la Gare")
    walker.write("contact_email", "compta@zinc.example")
    walker.press("Enregistrer et continuer")
    walker.write("names", "Caisse bar\nCaisse terrasse")
    walker.press("Enregistrer et continuer")
    walker.press("Codes pour les caisses, à imprimer", until="Caisse terrasse")
    walker.press("Retour à la liste de contrôle")
    walker.press("Envoyer le lien par e-mail", until="Le lien a été envoyé à compta@zinc.example")


def send_again_what_exact_refused(walker: Walker) -> None:
    """The accountant has opened the month again."""
    page = walker.page
    day = page.locator("[name=day]").input_value()
    period = {
        "division": CLOSED_COMPANY,
        "journal": "70",
        "year": int(day[:4]),
        "period": int(day[5:7]),
        "status": "open",
    }
    httpx.post(f"{walker.stage.exact}/_control/periods", json=period, timeout=TIMEOUT_S).raise_for_status()
    walker.press_on(page.locator("li").filter(has_text="La Cave de Romain").get_by_role("button", name="Renvoyer…"))
    walker.write("why", "Période rouverte par le comptable")
    walker.press("Renvoyer 1 clôture", until="1 sur 1 examinée")


def book_a_gap(walker: Walker) -> None:
    """A closing whose payments are not its sales."""
    walker.press("Comptabiliser l’écart")
    walker.write("why", "Erreur de saisie en caisse, vue avec le gérant")
    walker.press("Comptabiliser avec l’écart")


def answer_a_new_means(walker: Walker) -> None:
    """A means of payment that nobody set up."""
    walker.press("Corriger le paramétrage")
    walker.write("set:means.BON-QUARTIER", "511800")
    walker.press("Enregistrer et laisser partir", until="est enregistré")


def mail_a_fec(walker: Walker) -> None:
    """Last month's FEC of two customers' establishments, to a mail box."""
    walker.press("Export vers comptabilité", within="body")
    walker.page.locator("[name=where]").nth(0).check()
    walker.page.locator("[name=where]").nth(3).check()
    walker.presses += 2
    walker.write("email", "comptable@moreau.example")
    walker.press("Exporter", within="#preview", until="Terminé")


def link_exact(walker: Walker) -> None:
    """The owner, on a telephone, from the address that the till shows."""
    key = json.loads((walker.stage.tills / UNLINKED_TILL / "identity.json").read_text())["key"]
    asked = httpx.post(
        f"{walker.stage.web}/api/v1/activation", headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT_S
    )
    walker.page.goto(asked.raise_for_status().json()["url"])
    walker.press("Se connecter à Exact", within="main")
    walker.write("user", "luc@beauvallon.example")
    walker.write("password", "demo")
    walker.press("Log in", within="body")
    walker.press_on(walker.page.locator("button[value=accept]"))
    walker.press("Fromagerie Beauvallon", within="main", until="quel jour")
    walker.press("Depuis la première qui attend", within="main", until="Comptabiliser à partir de ce jour")
    walker.press("Comptabiliser à partir de ce jour", within="main", until="L’export est activé")


def send_a_new_link(walker: Walker) -> None:
    """A consent that was taken back in Exact; a link may have been mailed by itself since."""
    ways = walker.page.locator("#content a").filter(has_text=re.compile("Envoyer un nouveau lien|Voir le lien envoyé"))
    walker.press_on(ways.first)
    walker.press("Envoyer un nouveau lien par e-mail", until="Le lien a été envoyé")


def replace_a_till(walker: Walker) -> None:
    """The new device counts from 1."""
    walker.press("Tous les établissements", within="body")
    walker.press("Boulangerie des Dunes")
    walker.press("Remplacer")
    walker.press("Il repart à 1")
    walker.write("why", "Appareil en panne")
    walker.press("Remplacer")


def move_a_shop(walker: Walker) -> None:
    """Sold to another company."""
    walker.press("Tous les établissements", within="body")
    walker.press("Le Grand Large – Bar de la plage")
    walker.press("Autre société…")
    walker.write("siren", "732829320")
    walker.write("name", "La Criée du Large SARL")
    walker.press("Voir ce que cela change")
    walker.write("why", "Fonds vendu")
    walker.press("Transférer")


def close_for_holidays(walker: Walker) -> None:
    """The restaurant's own people, two weeks off."""
    walker.press("Fermer pour congés")
    walker.write("first", "2026-12-21")
    walker.write("last", "2027-01-03")
    walker.press("Voir ce que cela change")
    walker.press("Fermer")


def correct_what_is_booked(walker: Walker) -> None:
    """Another sales account, also for what is in the books."""
    walker.press("Tous les établissements", within="body")
    walker.press("Lambert – Les Lilas")
    walker.press("Paramétrage")
    walker.write("set:vat[0].sales_account", "707010")
    walker.press("Enregistrer")
    walker.press("Voir ce qui change et corriger")
    walker.write("why", "Compte demandé par le comptable")
    walker.press("Corriger")


def check_a_month(walker: Walker) -> None:
    """Tills, entries and Exact beside each other."""
    walker.press("Contrôle", within="body", until="Écritures")


JOBS = (
    Job(name="1 a customer with two tills, until its link is mailed", who=CANAL, walk=set_a_customer_up),
    Job(name="2 what Exact refused goes again", who=CANAL, walk=send_again_what_exact_refused),
    Job(name="2 a closing that does not balance", who=CANAL, walk=book_a_gap),
    Job(name="3 a FEC of three establishments by mail", who=ACCOUNTANT, walk=mail_a_fec),
    Job(name="4 the owner links Exact on a telephone", who="", walk=link_exact, wide=PHONE),
    Job(name="5 a new means of payment", who=CANAL, walk=answer_a_new_means),
    Job(name="6 a consent that was taken back", who=ATLANTIQUE, walk=send_a_new_link),
    Job(name="7 a till that counts from 1", who=ATLANTIQUE, walk=replace_a_till),
    Job(name="8 an establishment sold to another company", who=ATLANTIQUE, walk=move_a_shop),
    Job(name="9 sixty closings on another account", who=CANAL, walk=correct_what_is_booked),
    Job(name="10 a month, tills beside books", who=ACCOUNTANT, walk=check_a_month),
    Job(name="holidays, by the restaurant's own people", who=RESTAURANT, walk=close_for_holidays),
)
