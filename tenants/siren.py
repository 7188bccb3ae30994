"""The numbers of a company and of its establishments: their check digit, and when one no longer changes.

SIREN and SIRET end with a check digit by Luhn's formula (INSEE); the SIRETs of La Poste alone are told by the sum of
their digits.
"""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LA_POSTE = "356000000"

_given_under: list[Callable[[int], bool]] = []


def check_siren(number: str) -> None:
    """Refuse a SIREN whose check digit is wrong. Raises `ValidationError`; another length is said elsewhere."""
    if number.isdecimal() and len(number) == 9 and not _adds_up(number):
        raise ValidationError(_("No company has this SIREN: a digit is wrong, or two are swapped. Check the number."))


def check_siret(number: str) -> None:
    """Refuse a SIRET whose check digit is wrong. Raises `ValidationError`; another length is said elsewhere."""
    if not number.isdecimal() or len(number) != 14 or _adds_up(number):
        return
    if number.startswith(LA_POSTE) and sum(map(int, number)) % 5 == 0:
        return
    raise ValidationError(_("No establishment has this SIRET: a digit is wrong, or two are swapped. Check the number."))


def _adds_up(number: str) -> bool:
    """Luhn: every second digit from the right counts twice, and the sum of all digits is a multiple of ten."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(it - 9 if it > 9 else it for it in doubled) % 10 == 0


def ask_also(is_given: Callable[[int], bool]) -> None:
    """Ask a room above, too, whether it gave numbers under the SIREN of a customer, by its row."""
    _given_under.append(is_given)


def refuse_another(stored: str, siren: str, *, tenant_id: int) -> None:
    """Refuse another SIREN for a customer under whose SIREN numbers were given. Raises `ValidationError`.

    The database refuses it too (`on_demand_siren_stays`).
    """
    if stored and stored != siren and any(is_given(tenant_id) for is_given in _given_under):
        words = _("Entries were numbered under SIREN {siren}: it stays. Make a new customer for the new company.")
        raise ValidationError({"siren": words.format(siren=stored)})
