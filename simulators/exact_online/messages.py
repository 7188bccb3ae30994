"""What the books say when they refuse, in the language of the linked user (rules 4.3).

A problem is a pattern with the names of things in it. Names are translated too, because Exact builds its
sentences that way: a client that reads them must map by keyword, never by sentence.
"""

from dataclasses import dataclass
from typing import Literal

Language = Literal["nl", "en", "fr"]

TERMS: dict[str, tuple[str, str, str]] = {
    # key: Dutch, English, French
    "account": ("Relatie", "Relationship", "Relation"),
    "attachment": ("Bijlage", "Attachment", "Pièce jointe"),
    "callback_url": ("Callback-URL", "Callback URL", "URL de rappel"),
    "category": ("Categorie", "Category", "Catégorie"),
    "code": ("Code", "Code", "Code"),
    "cost_center": ("Kostenplaats", "Cost center", "Centre de coûts"),
    "cost_unit": ("Kostendrager", "Cost unit", "Unité de coûts"),
    "currency": ("Valuta", "Currency", "Devise"),
    "date": ("Datum", "Date", "Date"),
    "customer": ("Klant", "Customer", "Client"),
    "description": ("Omschrijving", "Description", "Description"),
    "division": ("Administratie", "Company", "Société"),
    "document": ("Document", "Document", "Document"),
    "document_number": ("Documentnummer", "Document number", "Numéro de document"),
    "document_type": ("Documenttype", "Document type", "Type de document"),
    "entry": ("Boeking", "Entry", "Écriture"),
    "entry_number": ("Boekstuknummer", "Entry number", "Numéro d'écriture"),
    "exchange_rate": ("Koers", "Exchange rate", "Taux de change"),
    "file_name": ("Bestandsnaam", "File name", "Nom du fichier"),
    "gl_account": ("Grootboekrekening", "Ledger account", "Compte général"),
    "gl_account_type": ("Grootboekrekeningtype", "Type of ledger account", "Type de compte général"),
    "journal": ("Dagboek", "Journal", "Journal"),
    "journals": ("Journals", "Journals", "Journals"),
    "lines": ("Boekingsregels", "Entry lines", "Lignes d'écriture"),
    "name": ("Naam", "Name", "Nom"),
    "payment_reference": ("Betalingsreferentie", "Payment reference", "Référence de paiement"),
    "payment_condition": ("Betalingsconditie", "Payment condition", "Condition de paiement"),
    "subject": ("Onderwerp", "Subject", "Objet"),
    "subscription": ("Webhook-abonnement", "Webhook subscription", "Abonnement webhook"),
    "topic": ("Onderwerp", "Topic", "Sujet"),
    "vat_amount": ("Btw-bedrag", "VAT amount", "Montant de TVA"),
    "vat_code": ("Btw-code", "VAT code", "Code TVA"),
    "vat_percentage": ("Btw-percentage", "VAT percentage", "Pourcentage de TVA"),
    "your_ref": ("Uw ref.", "Your ref.", "Votre réf."),
    "opening_balance": ("Beginsaldo", "Opening balance", "Solde d'ouverture"),
    "closing_balance": ("Eindsaldo", "Closing balance", "Solde de clôture"),
}

PATTERNS: dict[str, tuple[str, str, str]] = {
    "mandatory": ("Verplicht: {term}", "Mandatory: {term}", "Obligatoire : {term}"),
    "invalid": ("Ongeldig: {term}", "Invalid: {term}", "Non valide : {term}"),
    "invalid_reference": ("Ongeldige referentie: {term}", "Invalid reference: {term}", "Référence non valide : {term}"),
    "not_allowed": ("Niet toegestaan: {term}", "Not allowed: {term}", "Non autorisé : {term}"),
    "missing": ("Ontbreekt: {term}", "Missing: {term}", "Manquant : {term}"),
    "too_long": ("Te lang: {term}", "Too long: {term}", "Trop long : {term}"),
    "blocked": ("Geblokkeerd: {term}: {value}", "Blocked: {term}: {value}", "Bloqué : {term} : {value}"),
    "in_use": ("In gebruik: {term}", "In use: {term}", "En cours d'utilisation : {term}"),
    "already_exists": (
        "Bestaat al - {term}: {value}",
        "Already exists - {term}: {value}",
        "Existe déjà - {term} : {value}",
    ),
    "number_in_use": (
        "In gebruik: Boekstuknummer {number}, Dagboek: {journal}",
        "Already exists - Entry number: {number}, Journal: {journal}",
        "Existe déjà - Numéro d'écriture : {number}, Journal : {journal}",
    ),
    "customer_type": ("Ongeldig: Klant (Type)", "Invalid: Customer (Type)", "Non valide : Client (Type)"),
    "customer_inactive": ("Klant: non-actief", "Customer: Inactive", "Client : inactif"),
    "period_closed": (
        "Periode is afgesloten: {year} – {period}",
        "Period is closed: {year} – {period}",
        "La période est clôturée : {year} – {period}",
    ),
    "no_period": (
        "Onbekend: Boekjaar (Periode-datumtabel)",
        "Unknown: Financial year (Period-date table)",
        "Inconnu : Exercice comptable (table des périodes)",
    ),
    "not_a_sales_journal": (
        "Ongeldig dagboek. Het dagboek moet een verkoopboek zijn.",
        "Invalid journal. The journal must be a sales journal.",
        "Journal non valide. Le journal doit être un journal de ventes.",
    ),
    "not_a_cash_journal": (
        "Ongeldig dagboek. Het dagboek moet een kasboek zijn.",
        "Invalid journal. The journal must be a cash journal.",
        "Journal non valide. Le journal doit être un journal de caisse.",
    ),
    "not_a_bank_journal": (
        "Ongeldig dagboek. Het dagboek moet een bankboek zijn.",
        "Invalid journal. The journal must be a bank journal.",
        "Journal non valide. Le journal doit être un journal de banque.",
    ),
    "not_a_general_journal": (
        "Ongeldig dagboek. Het dagboek moet een memoriaal zijn.",
        "Invalid journal. The journal must be a general journal.",
        "Journal non valide. Le journal doit être un journal d'opérations diverses.",
    ),
    "closing_balance": (
        "Beginsaldo plus alle boekingsregels moet het eindsaldo opleveren",
        "Opening balance plus all {kind} entry lines should result in the closing balance",
        "Le solde d'ouverture plus toutes les lignes doit donner le solde de clôture",
    ),
    "out_of_balance": (
        "De boeking is niet in evenwicht. Verschil {currency} {difference}",
        "The entry is not in balance. Difference {currency} {difference}",
        "L'écriture n'est pas équilibrée. Différence {currency} {difference}",
    ),
    "vat_code_for_purchases": (
        "{value}: Ongeldig: Type (Btw-factuur te betalen)",
        "{value}: Invalid: Type (VAT invoice to be paid)",
        "{value} : Non valide : Type (TVA à payer)",
    ),
    "callback_failed": (
        "Ongeldig: Post naar callback-URL geeft {value}",
        "Invalid: Post to callback URL endpoint returns {value}",
        "Non valide : l'envoi à l'URL de rappel renvoie {value}",
    ),
    "vat_number_check": (
        "Ongeldig controlecijfer voor btw-nummer.",
        "Invalid check digit for VAT number.",
        "Chiffre de contrôle non valide pour le numéro de TVA.",
    ),
    "account_is_now": (
        "De grootboekrekening {value} is nu van het type {type}",
        "The ledger account {value} is now type {type}",
        "Le compte général {value} est maintenant du type {type}",
    ),
    "processed": (
        "Niet toegestaan: {term} is verwerkt",
        "Not allowed: {term} has been processed",
        "Non autorisé : {term} a été traité",
    ),
}
_COLUMN: dict[str, int] = {"nl": 0, "en": 1, "fr": 2}


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason for a refusal: `Problem("mandatory", term="customer")` -> "Obligatoire : Client"."""

    pattern: str
    term: str = ""
    value: str = ""
    facts: tuple[tuple[str, object], ...] = ()

    def text(self, language: str) -> str:
        """The sentence in that language; English where Exact has no such language here."""
        column = _COLUMN.get(language, _COLUMN["en"])
        term = TERMS[self.term][column] if self.term else ""
        return PATTERNS[self.pattern][column].format(term=term, value=self.value, **dict(self.facts))


def problem(pattern: str, term: str = "", value: object = "", **facts: object) -> Problem:
    """A problem with its facts by name."""
    return Problem(pattern, term, str(value), tuple(facts.items()))


def joined(problems: tuple[Problem, ...], language: str) -> str:
    """Several reasons in one message, as rules 4.1 shows."""
    return "\r\n".join(entry.text(language) for entry in problems)
