"""The versions of one closing: those it corrects, one before the other, and those that correct it.

At most one of them counts, whether or not they told their tickets: a version counts once all earlier ones are set
aside, and none of these is looked at again while a later one is not. The database keeps both
(`exports_only_what_counts`, `exports_set_aside_ends`).
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from exports.models import SetAside, StoredClosing


def earlier_versions(closing: StoredClosing) -> list[UUID]:
    """What a closing corrects, and what that one corrected, to the first; nothing of one that corrects none."""
    found: list[UUID] = []
    before = closing.corrects_id
    while before is not None:
        found.append(before)
        before = StoredClosing.objects.values_list("corrects", flat=True).get(pk=before)
    return found


def later_versions(closing_id: UUID) -> list[UUID]:
    """What corrects a closing, and what corrects that."""
    found: list[UUID] = []
    newest = [closing_id]
    while newest:
        newest = [*StoredClosing.objects.filter(corrects__in=newest).values_list("pk", flat=True)]
        found += newest
    return found


def not_set_aside(closing_ids: Iterable[UUID]) -> QuerySet[StoredClosing]:
    """Those of the closings that no person's word keeps out of the books."""
    aside = SetAside.objects.filter(closing=OuterRef("pk"), ended_at=None)
    return StoredClosing.objects.filter(~Exists(aside), pk__in=[*closing_ids])
