"""Each archive and each erasure is written down when it begins and when it ends, for who looks what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from retention.models import ActKind, RetentionAct
from tenants.models import Tenant


@contextmanager
def written_down(kind: ActKind, *, customer: Tenant | None = None) -> Iterator[RetentionAct]:
    """Store the act, give it to be filled in (`rows`, `person`), and store its end; an error is named and raised on."""
    act = RetentionAct.objects.create(kind=kind, customer=customer)
    try:
        yield act
    except BaseException as error:
        act.failed = type(error.__cause__ or error).__name__
        raise
    finally:
        act.ended_at = timezone.now()
        act.save(update_fields=["ended_at", "rows", "failed", "person"])
