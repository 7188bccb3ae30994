"""The till's parameters: every version kept, the newest of an establishment in force."""

from django.db import transaction

from clyo_ingest.document import ParametersDocument
from clyo_ingest.models import Parameters
from exports.destination import take_parameters
from tenants.models import Establishment, Till


def keep_parameters(till: Till, document: ParametersDocument) -> Parameters:
    """Keep a new version and put it in force. The same content again makes no new version; returns what is in force."""
    content = document.model_dump(mode="json")
    with transaction.atomic():
        Establishment.objects.select_for_update(of=("self",), no_key=True).get(pk=till.establishment_id)
        latest = Parameters.objects.filter(establishment=till.establishment).first()
        if latest is not None and latest.document == content:
            return latest
        row = Parameters.objects.create(
            tenant_id=till.tenant_id,
            establishment=till.establishment,
            till=till,
            version=latest.version + 1 if latest else 1,
            document=content,
        )
        take_parameters(till.establishment, content)
    return row
