"""What accounts, journals and third parties are called in a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from ledger.entry import EntryKind

# Names of the French chart of accounts (PCG), for accounts the establishment gave no name; the longest prefix counts.
PCG_NAMES: Mapping[str, str] = {
    "108": "Compte de l'exploitant",
    "411": "Clients",
    "419": "Clients créditeurs",
    "4191": "Clients, avances et acomptes reçus",
    "4198": "Avoirs à établir",
    "426": "Personnel, dépôts",
    "4261": "Pourboires à répartir",
    "4456": "TVA déductible",
    "44566": "TVA déductible sur achats",
    "4457": "TVA collectée",
    "455": "Associés, comptes courants",
    "467": "Autres comptes débiteurs ou créditeurs",
    "4675": "Cartes et chèques cadeaux",
    "471": "Compte d'attente",
    "511": "Valeurs à l'encaissement",
    "5112": "Chèques à encaisser",
    "5115": "Cartes bancaires à encaisser",
    "5118": "Titres-restaurant à encaisser",
    "512": "Banque",
    "530": "Caisse",
    "53": "Caisse",
    "58": "Virements internes",
    "607": "Achats de marchandises",
    "627": "Services bancaires",
    "658": "Charges diverses de gestion courante",
    "706": "Prestations de services",
    "707": "Ventes de marchandises",
    "709": "Rabais, remises et ristournes accordés",
    "758": "Produits divers de gestion courante",
}

DEFAULT_JOURNAL_NAMES: Mapping[EntryKind, str] = {
    EntryKind.SALES: "Ventes caisse",
    EntryKind.RECEIPTS: "Encaissements caisse",
}


def _pcg_name(account: str) -> str:
    prefixes = (account[:length] for length in range(len(account), 1, -1))
    return next((PCG_NAMES[prefix] for prefix in prefixes if prefix in PCG_NAMES), "")


class FileJournal(NamedTuple):
    """A journal as the file names it: VE, "Ventes caisse"."""

    code: str
    name: str = ""


class FileThirdParty(NamedTuple):
    """A third party as the file names it: CAISSE, "Clients comptoir".

    ``account`` is for packages without a sub-ledger (Ciel), where it replaces the general account; empty, it is the
    first three digits of the general account and the code: 411CAISSE.
    """

    code: str
    name: str = ""
    account: str = ""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Names and codes for a file; each key is the code that the entries use. All of it is a setting.

    ``journals`` turns 70 into VE, ``third_parties`` 0000002 into CAISSE. What is not there keeps its code.
    """

    accounts: Mapping[str, str] = field(default_factory=dict)
    journals: Mapping[str, FileJournal] = field(default_factory=dict)
    third_parties: Mapping[str, FileThirdParty] = field(default_factory=dict)

    # Each is worked out once: a year of lines asks for the same ones again and again.
    @cached_property
    def account_name(self) -> Callable[[str], str]:
        """Returns the name of an account, "" when neither the establishment nor the PCG names it."""
        return lru_cache(maxsize=4_096)(lambda account: self.accounts.get(account, "").strip() or _pcg_name(account))

    @cached_property
    def journal(self) -> Callable[[str, EntryKind], FileJournal]:
        """Returns a journal's code and name in the file."""
        return cache(self._journal)

    @cached_property
    def third_party(self) -> Callable[[str], FileThirdParty]:
        """Returns a third party's code and name in the file, "" for nobody; without a name its code is its name."""
        return lru_cache(maxsize=4_096)(self._third_party)

    def _journal(self, code: str, kind: EntryKind) -> FileJournal:
        given = self.journals.get(code) or FileJournal(code=code)
        return FileJournal(code=given.code, name=given.name.strip() or DEFAULT_JOURNAL_NAMES[kind])

    def _third_party(self, code: str) -> FileThirdParty:
        given = self.third_parties.get(code) or FileThirdParty(code=code)
        return FileThirdParty(code=given.code, name=given.name.strip() or given.code, account=given.account)
