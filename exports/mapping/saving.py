"""Putting people's settings in force: noted with who did it, checked again; closings that waited for them can go."""

from django.db import transaction

from booking.codes import CodeKind
from booking.effective import codes_named, effective_settings
from booking.mapping import Overrides, set_overrides
from booking.models import Mapping
from exact.activation.switch import learn_third_parties, recheck
from exact.api.errors import ExactError
from exact.models import CatalogueKind
from exports.mapping.desk import Desk
from exports.nudge import learn_if_unknown, nudge_release
from tenants.models import User


def change_settings(desk: Desk, overrides: Overrides, *, actor: User | None, shown: str) -> bool:
    """Save settings over those of the stamp `shown`. Returns whether anything changed. Raises `ChangedMeanwhile`."""
    establishment = desk.establishment
    with transaction.atomic():
        if not set_overrides(establishment, overrides, actor=actor, shown=shown):
            return False
        activation = recheck(establishment, way="console")
        transaction.on_commit(nudge_release, robust=True)
        if activation:
            learn_if_unknown(problem["code"] for problem in activation.problems)
    return True


def ask_exact_about_third_parties(desk: Desk, draft: Mapping) -> bool:
    """Look up in Exact the third parties a draft names for the first time. Returns whether Exact could be asked.

    A company's customers are not in the catalogue: they are asked for one by one.
    """
    if desk.division is None:
        return True
    named = codes_named(effective_settings(draft), CodeKind.THIRD_PARTY)
    known = desk.division.catalogue.filter(kind=CatalogueKind.THIRD_PARTY, code__in=named)
    new = named - {*known.values_list("code", flat=True)}
    try:
        return not new or learn_third_parties(desk.division, new) or True
    except ExactError:
        return False
