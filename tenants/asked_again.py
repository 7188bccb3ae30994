"""How often the holder of an ended link may have a new one mailed: one rule for all links."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

AGAIN_AFTER = timedelta(minutes=10)
AGAIN_A_DAY = 5
DAY = timedelta(days=1)


def asked_too_often(mailed: QuerySet[Any], at: str) -> bool:
    """Whether no further mail may be sent now. `mailed`: all links mailed to one address on request; `at`: their time.

    Call it under a lock that every request for the same address takes.
    """
    now = timezone.now()
    just_now = mailed.filter(**{f"{at}__gt": now - AGAIN_AFTER}).exists()
    return just_now or mailed.filter(**{f"{at}__gt": now - DAY}).count() >= AGAIN_A_DAY
