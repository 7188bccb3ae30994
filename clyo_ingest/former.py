"""A device that goes on under another customer, and what it closed before that day: it belongs to the former one.

A till keeps what it could not send, and is paired anew meanwhile. So what comes with its new key and is dated before
the take-over is taken as the former till's, in the former customer's place, which the new one never sees; so is what
the former till had sent already when the take-over was said afterwards. The push names it, so that the device that sent
it may ask how far it is (docs/decisions/0054).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from clyo_ingest.document import ClosingDocument, digest_of
from clyo_ingest.errors import ApiError
from clyo_ingest.inbox import note_refusal
from clyo_ingest.keys import KnownTill, viewer_of_till
from clyo_ingest.models import Push, ReceivedClosing
from clyo_ingest.receive import Received, receive
from ledger.closing import Closing
from postgres.viewer import EVERYTHING, serving
from tenants.models import Till


def receive_where_it_belongs(push: Push, document: ClosingDocument, known: KnownTill) -> Received:
    """Take a closing as the till's whose key it came with, or as the former till's. Raises what `receive` raises."""
    if known.former_till is None or not _belongs_to_former(known, document):
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
        received = _receive_as_own(own, document)
    sent = Push.objects.filter(pk=push.pk)
    if isinstance(received, ApiError):
        # What it met is the former one's: nobody takes it into the new one's books (`clyo_ingest.restarts`).
        sent.update(closing=received.closing_id)
        raise received
    sent.update(closing=received.export.pk, answer_status=201 if received.new else 200)
    return received


def _receive_as_own(own: Push, document: ClosingDocument) -> Received | ApiError:
    """What came of it, or its refusal, which the former till's push remembers too."""
    try:
        return receive(own, document)
    except ApiError as error:
        note_refusal(own, error)
        return error


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


def _belongs_to_former(known: KnownTill, document: ClosingDocument) -> bool:
    """Whether it is of before the day; or the former till has sent it already, when the day was said afterwards."""
    assert known.taken_over_on is not None, "there is a former till"
    if document.business_date < known.taken_over_on:
        return True
    content = document.canonical()
    facts = Closing.from_document(content)
    place = {"till": known.former_till, "kind": facts.kind.value, "scope": facts.scope, "number": facts.number}
    with serving(EVERYTHING):
        return ReceivedClosing.objects.filter(**place, digest=digest_of(content)).exists()


def _read(till_id: int) -> Till:
    with serving(EVERYTHING):
        return Till.objects.select_related("establishment__tenant").get(pk=till_id)
