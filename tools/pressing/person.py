"""One till's closings, each met by an unclear answer, and a person who presses *Renvoyer* three times for each."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

import httpx
from django.db.models import Q, QuerySet
from django.utils import timezone

from exact.lane.lane import run_lane
from exact.models import Lane, Posting, PostingState
from exports.models import ClosingState, StoredClosing
from exports.reposts.repost import CannotRepost, repost
from exports.way.ended_postings import settle
from integration.wsgi import plain_application
from simulators.exact_online.faults import Fault
from tools.chaos.verdict import Verdict, compare
from tools.fleet.closings import Document, closings
from tools.fleet.shops import Shop
from tools.fleet.tills import Pushed

PRESSES = 3
# The first press comes while the answer is looked into; before each other one what is on its way has come to its end.
LOOKS_BETWEEN = 2
# After the last press nobody does anything: what is on its way comes to its end by itself.
LOOKS_AFTER = 6
SALES, RECEIPTS = "salesentry/SalesEntries", "financialtransaction/CashEntries"
# Which POST of a closing meets the answer, and how often: the second time is what is sent again.
STRUCK = ((SALES, 1), (RECEIPTS, 2), (RECEIPTS, 1), (SALES, 2))


@dataclass(slots=True, kw_only=True)
class Row:
    """What became of the closings that met one answer."""

    fault: str
    documents: int
    verdict: Verdict = field(default_factory=Verdict)
    pressed: int = 0
    adopted: int = 0
    sent_again: int = 0
    stuck: int = 0

    @property
    def good(self) -> bool:
        """Whether all of it stands in the books, once, and nothing waits."""
        faults = self.verdict.faults
        return self.stuck == 0 and self.verdict.in_books == self.documents and not any(faults.values())


@dataclass(slots=True, kw_only=True)
class Desk:
    """A company, its till, the answer that its POSTs meet, and who sits there."""

    http: httpx.Client
    shop: Shop
    fault: Fault

    def work(self, documents: int) -> Row:
        """Push so many closings, one after the other, see each through, and compare with Exact's books."""
        row, pushed = Row(fault=self.fault.value, documents=documents), []
        for document, (resource, times) in zip(self._documents(documents), cycle(STRUCK), strict=False):
            self._strike(resource, times=times)
            pushed.append(self._push(document))
            row.pressed += self._see_through(document["number"])
            self.http.delete("/_control/faults").raise_for_status()
        row.verdict.pushed = row.verdict.acknowledged = len(pushed)
        compare(pushed, {self.shop.division: self._books()}, row.verdict)
        row.stuck = self._closings().exclude(state=ClosingState.EXPORTED).count()
        posted = Posting.objects.filter(division__code=self.shop.division, state=PostingState.POSTED)
        row.sent_again = posted.filter(Q(attempts__gt=1) | Q(revision__gt=1)).count()
        row.adopted = posted.filter(events__before__in=["unknown", "sought"], events__after="posted").count()
        return row

    def _documents(self, documents: int) -> Iterator[Document]:
        return islice(closings(f"pressing {self.fault}", first=self.shop.first), documents)

    def _strike(self, resource: str, *, times: int) -> None:
        rule = {"fault": self.fault.value, "resource": resource, "method": "POST", "count": times}
        self.http.post("/_control/faults", json=rule | {"division": self.shop.division}).raise_for_status()

    def _push(self, document: Document) -> Pushed:
        begun_at = time.monotonic()
        with httpx.Client(transport=httpx.WSGITransport(app=plain_application), base_url="http://127.0.0.1") as till:
            answer = till.post("/api/v1/closings", json=document, headers={"Authorization": f"Bearer {self.shop.key}"})
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return Pushed(shop=self.shop, document=document, begun_at=begun_at, acknowledged_at=time.monotonic())

    def _see_through(self, number: int) -> int:
        """Work, and press three times in between. Returns how many presses did something."""
        closing, pressed = self._closings().get(number=number), 0
        self._lane()
        for _press in range(PRESSES):
            try:
                repost(closing.pk, actor=None, why="pressed")
                pressed += 1
            except CannotRepost:
                pass  # what is on its way, or stands there, cannot be sent again
            self._lane()
            for _look in range(LOOKS_BETWEEN):
                self._wait()
                self._lane()
        for _look in range(LOOKS_AFTER):
            if self._closings().get(number=number).state == ClosingState.EXPORTED:
                break
            self._wait()
            self._lane()
        return pressed

    def _lane(self) -> None:
        [division_id] = {*self._closings().values_list("establishment__activation__division", flat=True)}
        run_lane(division_id, holder="pressing", settled=settle)

    def _wait(self) -> None:
        """Let the settle time, and every pause, be over, as if they had been waited for."""
        postings = Posting.objects.filter(division__code=self.shop.division)
        postings.filter(not_before__isnull=False).update(not_before=timezone.now())
        Lane.objects.filter(division__code=self.shop.division).update(paused_until=None, minute=None)

    def _closings(self) -> QuerySet[StoredClosing]:
        return StoredClosing.objects.filter(establishment__code=self.shop.name)

    def _books(self) -> dict[str, object]:
        answer = self.http.get("/_control/books", params={"division": self.shop.division})
        answer.raise_for_status()
        books: dict[str, object] = answer.json()
        return books
