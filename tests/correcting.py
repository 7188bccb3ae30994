"""A till that sends a number again with other figures, and the person who takes that as the corrected version."""

from typing import Any

from django.urls import reverse

from clyo_ingest.models import Push
from tenants.factories import SupportFactory
from tests.clients import english_client_of
from tests.conftest import Caller, closing


def other(**changes: Any) -> dict[str, Any]:
    """The same number, with 10.00 more in cash and at 10 %."""
    told = closing()
    told["sales"][0] |= {"net": "1009.09", "tax": "100.92", "gross": "1110.01"}
    told["payments"][0]["amount"] = "335.00"
    told["totals"] |= {"gross": "1410.00", "perpetual_after": "905621.10"}
    return told | changes


def refused(till: Caller, document: dict[str, Any]) -> Push:
    assert till.post("closings", document).status_code == 409
    return Push.objects.filter(answer_status=409).latest("pk")


def correct(push: Push, why: str = "the till sent it again after a correction", user: Any = None) -> Any:
    client = english_client_of(user or SupportFactory())
    return client.post(reverse("admin:clyo_ingest_push_correct", args=[push.pk]), {"why": why}, follow=True)
