"""A till linked the short way: what Exact and the product answer of each new one is what they answered of the first.

`tests/test_known_link.py` holds the rows that it leaves against those of the front door.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.utils import timezone

from clyo_ingest.document import ParametersDocument
from clyo_ingest.models import Push, TillKey
from clyo_ingest.parameters import keep_parameters
from exact.activation import switch
from exact.api.connection import identify
from exact.company.companies import Company, Entered
from exact.models import Connection, Division
from exact.settings.checks import Check
from simulators.exact_online.seed.stable import stable_id
from tenants.models import Establishment, Till
from tests.known_catalogue import KnownCatalogue


@dataclass(frozen=True, slots=True)
class KnownLink:
    """What the first till sent, what Exact told of its user and company, and the master data read there."""

    push: Push
    document: ParametersDocument
    consent: Connection
    company: str
    catalogue: KnownCatalogue

    @classmethod
    def of(cls, till: Till, division: Division) -> "KnownLink":
        """What was just made by the front door."""
        push = Push.objects.get(till=till)
        document = ParametersDocument.model_validate_json(bytes(push.body))
        consent = Connection.objects.get(pk=division.connection_id)
        assert consent.user_id == stable_id("user", consent.user_email), "the seed is another one"
        return cls(push, document, consent, division.name, KnownCatalogue.of(division))

    def send_parameters(self, till: Till) -> None:
        """Leave behind what the first till's call would."""
        now = timezone.now()
        TillKey.objects.filter(till=till).update(last_used_at=now)
        push = copy.copy(self.push)
        push.pk, push.tenant_id, push.till_id, push.received_at = None, till.tenant_id, till.pk, now
        push.save(force_insert=True)
        keep_parameters(till, self.document)

    @contextmanager
    def nothing_asked(self, division: int, user: str) -> Iterator[None]:
        """Who the user is and which company it may enter, and that all settings are right, is known meanwhile."""
        me = {
            "FullName": self.consent.user_name,
            "LanguageCode": self.consent.user_language,
            "UserID": stable_id("user", user),
            "Email": user,
        }

        def enter(connection: Connection) -> Entered:
            identify(connection, me)
            return Entered(companies=[Company(code=division, name=self.company)])

        def find_all_right(_establishment: Establishment, _division: Division) -> list[Check]:
            return []

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(switch, "companies_of", enter)
            patched.setattr(switch, "check_establishment", find_all_right)
            yield
