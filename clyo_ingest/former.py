"""A device that goes on under another customer, and what it closed before that day: it belongs to the former one.

A till keeps what it could not send, and is paired anew meanwhile. So what comes with its new key and is dated before
the take-over is taken as the former till's, in the former customer's place, which the new one never sees; the push
names it, so that the device that sent it may ask how far it is (docs/decisions/0054).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from clyo_ingest.document import ClosingDocument
from clyo_ingest.keys import KnownTill, viewer_of_till
from clyo_ingest.models import Push, ReceivedClosing
from clyo_ingest.receive import Received, receive
from postgres.viewer import EVERYTHING, serving
from tenants.models import Till


def receive_where_it_belongs(push: Push, document: ClosingDocument, known: KnownTill) -> Received:
    """Take a closing as the till's whose key it came with, or as the former till's. Raises what `receive` raises."""
    if known.former_till is None or known.taken_over_on is None or document.business_date >= known.taken_over_on:
        return receive(push, document)
    former = _read(known.former_till)
    with serving(viewer_of_till(former)):
        own = Push.objects.create(
            tenant_id=former.tenant_id,
            till=former,
            kind=push.kind,
            content_type=push.content_type,
            content_encoding=push.content_encoding,
            body=push.body,
        )
        received = receive(own, document)
    status = 201 if received.new else 200
    Push.objects.filter(pk=push.pk).update(closing=received.export.pk, answer_status=status)
    return received


@contextmanager
def serving_sent_for_former(known: KnownTill, closing_id: UUID) -> Iterator[ReceivedClosing | None]:
    """A closing that this very till sent and that belongs to the former one, for as long as it is looked at; else None.

    What the former till sent by its own key is none of the new customer's business.
    """
    sent = Push.objects.filter(till=known.till_id, closing=closing_id)
    if known.former_till is None or not sent.exists():
        yield None
        return
    former = _read(known.former_till)
    with serving(viewer_of_till(former)):
        yield ReceivedClosing.objects.filter(till=former, pk=closing_id).select_related("export").first()


def _read(till_id: int) -> Till:
    with serving(EVERYTHING):
        return Till.objects.select_related("establishment__tenant").get(pk=till_id)
