"""What a till tells its shop keeper, in French or English."""

WORDS = {
    "fr": {
        "paired": "Caisse appairée : {what}",
        "rotated": "Nouvelle clé en service.",
        "parameters": "Paramètres envoyés ({what}).",
        "again": "Nouvel essai : {what}",
        "refused": "Refusé par le serveur, à faire voir au support : {what}",
        "taken": "Clôture reçue : {what}",
        "asked_again": "Le serveur redemande des clôtures : {what} de nouveau en attente.",
        "export": "Export terminé : {what} clôtures.",
        "export_problem": "À corriger : {what}",
        "export_missing": "Clôtures jamais reçues par le serveur, à renvoyer : {what}",
        "export_file": "Fichier enregistré : {what}",
        "given_up": "Délai écoulé ; les clôtures restent en attente sur la caisse.",
        "turn": "Un autre envoi est en cours ; attente de la fin.",
        "busy": "Un autre envoi est toujours en cours ; les clôtures restent en attente sur la caisse.",
        "not_paired": "Cette caisse n'est pas appairée.",
        "pairing_in_doubt": "La réponse du serveur n'est pas arrivée ({what}) : le code est sans doute utilisé, "
        "et un code ne sert qu'une fois. Demandez un nouveau code à votre revendeur.",
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
        "asked_again": "The server asks for closings again: {what} wait once more.",
        "export": "Export ended: {what} closings.",
        "export_problem": "To mend: {what}",
        "export_missing": "Closings the server never got, push them: {what}",
        "export_file": "File saved: {what}",
        "given_up": "Time is up; the closings stay on the till.",
        "turn": "Another process is sending; waiting until it is done.",
        "busy": "Another process is still sending; the closings stay on the till.",
        "not_paired": "This till is not paired.",
        "pairing_in_doubt": "The server's answer did not arrive ({what}): the code is probably used, and a code works "
        "only once. Ask your reseller for a new code.",
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
