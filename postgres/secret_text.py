"""Text that is encrypted at rest (OAuth tokens, client secrets) with keys that can be rotated."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class SecretText(_Text):
    """A text column that holds Fernet ciphertext. The first of `TOKEN_KEYS` encrypts, all of them decrypt.

    It cannot be searched, and an empty string stays empty, so that "no token" can be a database constraint.
    """

    def get_prep_value(self, value: Any) -> Any:
        return fernet(tuple(settings.TOKEN_KEYS)).encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        return fernet(tuple(settings.TOKEN_KEYS)).decrypt(value).decode() if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        # Encryption is salted: comparing ciphertexts would never match. Emptiness is all that can be asked.
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


@lru_cache(maxsize=4)
def fernet(keys: tuple[str, ...]) -> MultiFernet:
    """The cipher of these keys, each 32 bytes in base64: the first encrypts, all decrypt. Raises `ValueError`."""
    return MultiFernet([Fernet(key) for key in keys])
