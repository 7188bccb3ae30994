"""How often whoever holds a link that is over may have a new one mailed: one rule for all links."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

AGAIN_AFTER = timedelta(minutes=10)
AGAIN_A_DAY = 5
DAY = timedelta(days=1)


def asked_too_often(mailed: QuerySet[Any], at: str) -> bool:
    """Whether no further one goes out now: `mailed` are all that went to one address on a holder's word, `at` is when.

    To be asked under a lock that whoever asks for the same address takes too.
    """
    now = timezone.now()
    just_now = mailed.filter(**{f"{at}__gt": now - AGAIN_AFTER}).exists()
    return just_now or mailed.filter(**{f"{at}__gt": now - DAY}).count() >= AGAIN_A_DAY
