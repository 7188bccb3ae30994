"""What a till tells its shop keeper, in French or English."""

WORDS = {
    "fr": {
        "paired": "Caisse appairée : {what}",
        "rotated": "Nouvelle clé en service.",
        "parameters": "Paramètres envoyés ({what}).",
        "again": "Nouvel essai : {what}",
        "refused": "Refusé par le serveur, à faire voir au support : {what}",
        "taken": "Clôture reçue : {what}",
        "given_up": "Délai écoulé ; les clôtures restent en attente sur la caisse.",
        "busy": "Un autre envoi est déjà en cours.",
        "not_paired": "Cette caisse n'est pas appairée.",
        "unreachable": "Le serveur ne répond pas comme il faut ({what}) ; à refaire plus tard.",
        "wrong_call": "Fichier illisible ou introuvable : {what}",
        "open": "À ouvrir dans un navigateur : {what}",
        "inactive": "L'export vers Exact n'est pas activé.",
        "awaiting_login": "En attente de la connexion à Exact…",
        "awaiting_division": "En attente du choix de la société…",
        "invalid": "Des réglages sont à corriger ({what}).",
        "active": "Export vers Exact actif : {what}",
        "reconnect_required": "Il faut se reconnecter à Exact ({what}).",
        "to_mend": "  - {what}",
    },
    "en": {
        "paired": "Till paired: {what}",
        "rotated": "The new key is in use.",
        "parameters": "Parameters sent ({what}).",
        "again": "Trying again: {what}",
        "refused": "Refused by the server, show this to support: {what}",
        "taken": "Closing taken: {what}",
        "given_up": "Time is up; the closings stay on the till.",
        "busy": "Another process is sending already.",
        "not_paired": "This till is not paired.",
        "unreachable": "The server does not answer as it should ({what}); try later.",
        "wrong_call": "Unreadable or missing file: {what}",
        "open": "Open in a browser: {what}",
        "inactive": "The export to Exact is not activated.",
        "awaiting_login": "Waiting for the log-in at Exact…",
        "awaiting_division": "Waiting for the company to be chosen…",
        "invalid": "Settings must be mended ({what}).",
        "active": "Export to Exact is on: {what}",
        "reconnect_required": "Log in at Exact again ({what}).",
        "to_mend": "  - {what}",
    },
}


def tell(language: str, word: str, what: str = "", till: str = "") -> None:
    """Print one line for the shop keeper."""
    line = WORDS[language][word].format(what=what)
    print(f"[{till}] {line}" if till else line, flush=True)
