"""What tests of the till API share: suspending, colleagues of a till, and raw pushes."""

import gzip
import json
from typing import Any

from django.test import Client
from django.utils import timezone

from clyo_ingest.keys import issue_key
from clyo_ingest.models import Push
from tenants.factories import TillFactory
from tenants.models import Till
from tests.conftest import Caller

LEVELS = ["till", "establishment", "customer", "reseller"]


def stranger() -> Caller:
    """A till of another customer of another reseller."""
    row = TillFactory()
    return Caller(row, issue_key(row))


def suspend(till: Till, level: str) -> None:
    establishment = till.establishment
    rows = {
        "till": till,
        "establishment": establishment,
        "customer": establishment.tenant,
        "reseller": establishment.tenant.reseller,
    }
    row = rows[level]
    type(row)._default_manager.filter(pk=row.pk).update(suspended_at=timezone.now())


def push_bytes(till: Caller, body: bytes, content_type: str = "application/json", **headers: str) -> Any:
    """POST /closings with a body as it is."""
    return Client().post("/api/v1/closings", body, content_type=content_type, headers=till.headers | headers)


def gzipped(document: Any) -> bytes:
    return gzip.compress(json.dumps(document).encode())


def pointers(answer: Any) -> dict[str, str]:
    """Where the faults of a refusal are, and their codes."""
    return {fault["pointer"]: fault["code"] for fault in answer.json().get("errors", [])}


def codes(answer: Any) -> dict[str, bool]:
    """The problems of a taken closing, and whether each holds it."""
    return {problem["code"]: problem["blocking"] for problem in answer.json()["problems"]}


def kept(till: Caller) -> list[tuple[int | None, str]]:
    """What the till's raw pushes were answered, oldest first."""
    return [*Push.objects.filter(till=till.till).order_by("pk").values_list("answer_status", "answer_code")]
