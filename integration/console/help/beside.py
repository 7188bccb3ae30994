"""Which chapter belongs to which page: a row for each page of the console, or for all pages of a model.

A page without a row fails a test, and so does a row whose chapter is not in the book.
"""

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse

from tenants.models import Role, User

# By the address' name, or by the model's name that Django's own pages of it begin with: "book#chapter".
CHAPTERS: Mapping[str, str] = {
    "admin:index": "revendeur#votre-matinee-en-cinq-minutes",
    "admin:search": "support#par-ou-commencer",
    "admin:password_change": "revendeur#votre-mot-de-passe",
    "console_account": "revendeur#recevoir-les-courriels",
    "console_webhook": "revendeur#recevoir-les-courriels",
    "console_causes": "support#une-cloture-en-echec",
    "console_check": "comptable#verifier-un-mois",
    "console_closed": "revendeur#fermer-pour-conges",
    "console_correction": "revendeur#corriger-l-histoire-apres-un-changement-de-compte",
    "console_correction_run": "revendeur#corriger-l-histoire-apres-un-changement-de-compte",
    "console_customer": "support#par-ou-commencer",
    "console_entry_pages": "support#apprendre-l-adresse-des-ecritures",
    "console_factor_reset": "support#un-second-facteur-perdu",
    "console_find_customer": "support#ne-regarder-qu-un-client",
    "console_import": "revendeur#importer-des-clients-par-fichier",
    "console_invite": "revendeur#inviter-un-collegue-ou-un-comptable",
    "console_level": "support#une-cloture-retenue",
    "console_log": "support#le-journal-d-une-journee",
    "console_mapping": "revendeur#regler-la-comptabilite",
    "console_mapping_fec": "revendeur#regler-la-comptabilite",
    "console_hand_over": "revendeur#un-client-change-de-revendeur",
    "console_offered": "revendeur#un-client-change-de-revendeur",
    "console_move_shop": "revendeur#un-etablissement-change-de-societe",
    "console_move_shop_back": "revendeur#un-etablissement-change-de-societe",
    "console_recovery_codes": "exploitant#la-premiere-heure",
    "console_repost": "support#une-cloture-retenue",
    "console_repost_run": "support#une-cloture-retenue",
    "console_replace_till": "revendeur#remplacer-une-caisse",
    "console_retention": "support#un-client-part-une-personne-veut-etre-oubliee",
    "console_search": "support#chercher",
    "console_second_factor": "exploitant#la-premiere-heure",
    "console_second_factor_new": "exploitant#la-premiere-heure",
    "console_set_up": "revendeur#installer-un-client",
    "console_set_up_codes": "revendeur#appairer-une-caisse",
    "console_set_up_customer": "revendeur#installer-un-client",
    "console_set_up_establishment": "revendeur#installer-un-client",
    "console_set_up_link": "revendeur#faire-relier-exact-par-le-client",
    "console_set_up_new": "revendeur#installer-un-client",
    "console_set_up_tills": "revendeur#appairer-une-caisse",
    "console_shop": "support#par-ou-commencer",
    "console_shops": "support#par-ou-commencer",
    "console_start": "revendeur#faire-relier-exact-par-le-client",
    "console_suspend": "revendeur#une-caisse-n-a-pas-cloture",
    "console_take_up_till": "revendeur#remplacer-une-caisse",
    "console_unused_till": "revendeur#remplacer-une-caisse",
    "console_way": "support#une-cloture-retenue",
    "admin:booking_mapping": "revendeur#regler-la-comptabilite",
    "admin:clyo_ingest_push": "support#un-envoi-refuse",
    "admin:clyo_ingest_tillkey": "revendeur#appairer-une-caisse",
    "admin:exact_activation": "revendeur#faire-relier-exact-par-le-client",
    "admin:exact_connection": "revendeur#la-liaison-avec-exact-est-perdue",
    "admin:exact_exactapp": "exploitant#la-premiere-heure",
    "admin:exact_finding": "support#une-difference-avec-exact",
    "admin:exact_lane": "support#une-file-d-envoi-a-l-arret",
    "admin:exports_storedclosing": "support#lire-la-page-d-une-cloture",
    "admin:on_demand_bookyear": "comptable#obtenir-un-fichier-fec-ciel-ou-sage",
    "admin:on_demand_filesettings": "comptable#obtenir-un-fichier-fec-ciel-ou-sage",
    "admin:on_demand_monthlyexport": "comptable#chaque-mois-tout-seul",
    "admin:on_demand_ondemandexport": "comptable#obtenir-un-fichier-fec-ciel-ou-sage",
    "admin:tenants_change": "support#qui-a-change-quoi",
    "admin:tenants_establishment": "revendeur#installer-un-client",
    "admin:tenants_lookthrough": "support#regarder-avec-les-yeux-d-un-client",
    "admin:tenants_membership": "revendeur#inviter-un-collegue-ou-un-comptable",
    "admin:tenants_reseller": "exploitant#la-premiere-heure",
    "admin:tenants_tenant": "revendeur#installer-un-client",
    "admin:tenants_till": "revendeur#remplacer-une-caisse",
    "admin:tenants_user": "revendeur#inviter-un-collegue-ou-un-comptable",
}


# Chapters of pages that mean something else to some readers: those of their own book.
OF_ROLE: Mapping[str, Mapping[str, str]] = {
    Role.ACCOUNTANT: {
        "admin:index": "comptable#votre-premiere-visite",
        "console_causes": "comptable#dire-que-vous-vous-en-occupez",
        "console_closed": "comptable#un-jour-sans-cloture",
        "console_customer": "comptable#votre-premiere-visite",
        "console_mapping": "comptable#changer-un-compte",
        "console_search": "comptable#chercher",
        "console_shop": "comptable#votre-premiere-visite",
        "console_shops": "comptable#votre-premiere-visite",
        "console_account": "comptable#etre-averti",
        "admin:booking_mapping": "comptable#changer-un-compte",
        "admin:exact_finding": "comptable#une-difference-avec-exact",
        "admin:exports_storedclosing": "comptable#ce-qui-est-comptabilise",
    },
    Role.MERCHANT: {
        "admin:index": "commercant#chaque-soir",
        "console_closed": "commercant#fermer-pour-conges",
        "console_customer": "commercant#chaque-soir",
        "console_shop": "commercant#chaque-soir",
        "console_shops": "commercant#chaque-soir",
        "admin:exports_storedclosing": "commercant#un-doute-sur-un-montant",
    },
}
# One address, many ways out: those that are about something else than a held closing.
OF_WAY: Mapping[str, str] = {"take-out": "support#une-difference-avec-exact"}


def chapter_of(view_name: str, role: str = "", way: str = "") -> str:
    """The chapter of a page by its address' name, as "book#anchor"; "" when it has none.

    Django's own pages of a model (`admin:tenants_till_changelist`, `…_add`, `…_change`, and what stands beside them)
    have the model's chapter, unless one has a row of its own. `role`: the reader's; `way`: which way out.
    """
    if way in OF_WAY:
        return OF_WAY[way]
    chapters = {**CHAPTERS, **OF_ROLE.get(role, {})}
    names = [name for name in chapters if view_name == name or view_name.startswith(f"{name}_")]
    return chapters[max(names, key=len)] if names else ""


def help_beside(request: HttpRequest) -> dict[str, str]:
    """A context processor: the chapter to which the question mark of a page of the console leads."""
    match = request.resolver_match
    in_console = request.path_info.startswith("/console/")
    if match is None or not in_console or match.view_name.startswith("console_help"):
        return {}
    role = request.user.role if isinstance(request.user, User) else ""
    book, _, anchor = chapter_of(match.view_name, role, match.kwargs.get("way", "")).partition("#")
    if not book:
        return {"help_address": reverse("console_help")}
    return {"help_address": f"{reverse('console_help_book', args=[book])}#{anchor}"}
