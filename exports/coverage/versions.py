"""The versions of one closing: the earlier ones that it corrects, and the later ones that correct it.

At most one of them counts, whether or not they tell tickets: a version counts once all earlier ones are set aside, and
an earlier one is not looked at again while a later one is not set aside. The database keeps both rules
(`exports_only_what_counts`, `exports_set_aside_ends`).
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from exports.models import SetAside, StoredClosing


def earlier_versions(closing: StoredClosing) -> list[UUID]:
    """The closing that this one corrects, the one that that one corrects, and so on; none if it corrects none."""
    found: list[UUID] = []
    before = closing.corrects_id
    while before is not None:
        found.append(before)
        before = StoredClosing.objects.values_list("corrects", flat=True).get(pk=before)
    return found


def later_versions(closing_id: UUID) -> list[UUID]:
    """The closing that corrects this one, the one that corrects that one, and so on."""
    found: list[UUID] = []
    newest = [closing_id]
    while newest:
        newest = [*StoredClosing.objects.filter(corrects__in=newest).values_list("pk", flat=True)]
        found += newest
    return found


def not_set_aside(closing_ids: Iterable[UUID]) -> QuerySet[StoredClosing]:
    """The closings among these that are not set aside."""
    aside = SetAside.objects.filter(closing=OuterRef("pk"), ended_at=None)
    return StoredClosing.objects.filter(~Exists(aside), pk__in=[*closing_ids])
