"""What ends here when a customer is handed over to another reseller: codes that pair its tills. Keys stay."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from clyo_ingest.models import PairingCode
from tenants.handing_over import Ending, Leaving


def _select_codes(leaving: Leaving) -> QuerySet[PairingCode]:
    open_ones = PairingCode.objects.filter(tenant=leaving.tenant, used_at=None, expires_at__gt=timezone.now())
    return open_ones.filter(made_by__reseller=leaving.former).select_related("till__establishment").order_by("pk")


def _end_codes(codes: QuerySet[Any], _by: object) -> int:
    return codes.order_by().update(expires_at=timezone.now())


CODES = Ending(
    select=_select_codes,
    call=lambda code: str(code.till),
    say=lambda count: ngettext(
        "{count} pairing code that nobody used yet ends; the till's key stays:",
        "{count} pairing codes that nobody used yet end; the tills' keys stay:",
        count,
    ).format(count=count),
    end=_end_codes,
    anew=gettext_lazy("Make new codes for the tills that still wait to be paired."),
)
