"""`manage.py reencrypt`: write every stored secret again with the first of `TOKEN_KEYS`, so that an old key can go."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Model

from postgres.secret_text import SecretText


class Command(BaseCommand):
    help = "Encrypts tokens and client secrets again with the first of TOKEN_KEYS; then the others may go."

    def handle(self, *_: Any, **__: Any) -> None:
        for model in apps.get_models():
            names = [field.name for field in model._meta.concrete_fields if isinstance(field, SecretText)]
            if names:
                self.stdout.write(f"{model._meta.label}: {sum(_encrypt_again(model, pk, names) for pk in _ids(model))}")


def _ids(model: type[Model]) -> list[Any]:
    return [*model._default_manager.order_by("pk").values_list("pk", flat=True)]


def _encrypt_again(model: type[Model], pk: Any, names: list[str]) -> int:
    """One row, locked: a token that is renewed meanwhile must not be put back."""
    with transaction.atomic():
        row = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
        if row is None:
            return 0
        row.save(update_fields=names)
    return 1
