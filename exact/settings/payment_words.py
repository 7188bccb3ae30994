"""What accounts of the kinds of payment are called and numbered in French charts, and which kinds a label speaks of."""

import unicodedata
from collections.abc import Mapping as ReadOnly

from ledger.kinds import PaymentKind

# Words in an account's name, without accents and capitals, and the beginnings of numbers it may have.
Signs = tuple[tuple[str, ...], tuple[str, ...]]
MONEY, OWED = ("51", "58"), ("41", "42", "46", "47")
OF_PAYMENTS: ReadOnly[PaymentKind, Signs] = {
    PaymentKind.CARD: (("carte", "cb"), MONEY),
    PaymentKind.CHEQUE: (("cheque", "cheques"), MONEY),
    PaymentKind.MEAL_VOUCHER: (("restaurant", "resto", "swile", "edenred", "pluxee", "sodexo"), (*MONEY, *OWED)),
    PaymentKind.GIFT_CARD: (("cadeau", "cadeaux"), OWED),
    PaymentKind.CREDIT_NOTE: (("avoir", "avoirs"), ("419", *OWED[2:])),
    PaymentKind.DEPOSIT_USED: (("acompte", "acomptes", "arrhes"), ("419",)),
    PaymentKind.TRANSFER: (("virement", "virements"), ("511",)),
    PaymentKind.PLATFORM: (("plateforme", "plateformes", "uber", "deliveroo", "eat"), (*MONEY, *OWED)),
}
KIND_WORDS = frozenset(word for named, _roots in OF_PAYMENTS.values() for word in named)
# Of the company's own words in a means' label: "TR Swile" is found by "swile".
WORD_MIN = 4
# From this many digits on, the number usual for a kind is no other kind's: 5112 is for cheques, whatever 511 is for.
OWN_DIGITS = 4


def kinds_named(label: str) -> list[PaymentKind]:
    """The kinds of payment that a means' label speaks of: "Swile" of meal vouchers."""
    words = words_of(label)
    return [kind for kind, (named, _numbers) in OF_PAYMENTS.items() if words.intersection(named)]


def kinds_of_account(number: str, name: str) -> set[PaymentKind]:
    """The kinds of payment that an account is for, by its name where that says one, else by its number."""
    words = words_of(name)
    called = {
        kind for kind, (named, roots) in OF_PAYMENTS.items() if words.intersection(named) and number.startswith(roots)
    }
    return called or {kind for kind in PaymentKind if _is_numbered(number, kind)}


def called_alike(label: str, name: str) -> bool:
    """Whether an account's name has a word of a means' label that is no word of a kind, such as an issuer's."""
    return bool((own_words(label) - KIND_WORDS) & words_of(name))


def own_words(label: str) -> frozenset[str]:
    """The words of a label by which an account is found that is called like it."""
    return frozenset(word for word in words_of(label) if len(word) >= WORD_MIN)


def _is_numbered(number: str, kind: PaymentKind) -> bool:
    usual = kind.usual.number
    return len(usual) >= OWN_DIGITS and number.startswith(usual)


def words_of(text: str) -> frozenset[str]:
    """The words of a name, without accents and capitals."""
    plain = "".join(it for it in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(it))
    return frozenset("".join(it if it.isalnum() else " " for it in plain).split())
