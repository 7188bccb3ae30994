"""The calls that came in: counters for tests, and the last ones for people."""

import json
from collections import Counter, deque
from dataclasses import dataclass

LAST_CALLS_MAX = 500
ANSWER_MAX = 400


@dataclass(frozen=True, slots=True)
class Call:
    """One call and its answer; status 0 stands for no answer at all.

    `answer` is the text of a refusal, or the address of a new row; an answer with rows or tokens in it is not kept.
    `fault` names the fault that struck.
    """

    at_ms: int
    division: int | None
    method: str
    resource: str
    query: str
    status: int
    answer: str = ""
    fault: str | None = None


def noteworthy(status: int, body: bytes, location: str) -> str:
    """What to keep of an answer: of a refusal its text, of a new row its address."""
    if status == 201:
        return location.rpartition("/")[2]
    if status < 400:
        return ""
    try:
        told = json.loads(body)["error"]["message"]["value"]
    except (ValueError, KeyError, TypeError):
        told = body.decode("utf-8", "replace")
    return str(told)[:ANSWER_MAX]


class Calls:
    """Counts every call by company, method, resource and status."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int | None, str, str, int]] = Counter()
        self.last: deque[Call] = deque(maxlen=LAST_CALLS_MAX)

    def note(self, call: Call) -> None:
        """One more call."""
        self._counts[call.division, call.method, call.resource, call.status] += 1
        self.last.append(call)

    def summary(self, division: int | None) -> list[dict[str, object]]:
        """Counters by method and resource, of one company or of all calls."""
        totals: dict[tuple[str, str], Counter[int]] = {}
        for (company, method, resource, status), count in self._counts.items():
            if division is None or company == division:
                totals.setdefault((method, resource), Counter())[status] += count
        return [
            {
                "method": method,
                "resource": resource,
                "count": statuses.total(),
                "statuses": {str(status): count for status, count in sorted(statuses.items())},
            }
            for (method, resource), statuses in sorted(totals.items())
        ]

    def forget(self, division: int | None = None) -> None:
        """Set the counters of one company, or all, to zero."""
        for key in [key for key in self._counts if division is None or key[0] == division]:
            del self._counts[key]
        if division is None:
            self.last.clear()
