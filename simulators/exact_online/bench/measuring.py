"""What is measured: sales entries a second from several callers, and look-ups by reference one at a time."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles

from .caller import Caller, access_token

SALES = "salesentry/SalesEntries"
LINES = (("706010", 80.00, "VR"), ("706020", 120.50, "VN"), ("701000", 45.30, "VB"))
LOOK_UP_SELECT = "EntryID,EntryNumber,YourRef,AmountFC,Status"


@dataclass(frozen=True, slots=True)
class Writing:
    """Entries that were written, each acknowledged with 201."""

    entries: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Entries a second."""
        return self.entries / self.seconds


@dataclass(frozen=True, slots=True)
class LookUps:
    """How long look-ups took, in milliseconds."""

    count: int
    median_ms: float
    p99_ms: float
    worst_ms: float


def write_entries(host: str, port: int, first: int, count: int, callers: int) -> Writing:
    """POST entries `R<first>` onwards; every caller has a connection of its own and posts one after the other."""
    token = access_token(host, port)
    bodies = _Bodies(host, port, token, first, count)
    failures: list[BaseException] = []

    def post_all() -> None:
        caller = Caller(host, port, token)
        try:
            for body in bodies:
                caller.post(SALES, body)
        except Exception as error:
            failures.append(error)
        finally:
            caller.close()

    threads = [threading.Thread(target=post_all) for _ in range(callers)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if failures:
        raise failures[0]
    return Writing(count, seconds)


class _Bodies:
    """The bodies still to be posted, shared by the callers."""

    def __init__(self, host: str, port: int, token: str, first: int, count: int) -> None:
        caller = Caller(host, port, token)
        (customer,) = caller.find("crm/Accounts", "trim(Code) eq '0000002'", "ID")
        self._customer = customer["ID"]
        self._lines = [
            {
                "GLAccount": caller.find("financial/GLAccounts", f"Code eq '{code}'", "ID")[0]["ID"],
                "AmountFC": amount,
                "VATCode": vat_code,
                "Description": f"Ventes {code}",
            }
            for code, amount, vat_code in LINES
        ]
        caller.close()
        self._numbers = iter(range(first, first + count))
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            with self._lock:
                number = next(self._numbers, None)
            if number is None:
                return
            yield self._body(number)

    def _body(self, number: int) -> bytes:
        entry = {
            "Journal": "70",
            "Customer": self._customer,
            "EntryDate": "2026-11-20",
            "YourRef": reference(number),
            "Description": f"Clôture {number}",
            "SalesEntryLines": self._lines,
        }
        return json.dumps(entry).encode()


def reference(number: int) -> str:
    """The `YourRef` of an entry of the bench."""
    return f"R{number:07d}"


def look_up(host: str, port: int, numbers: list[int]) -> LookUps:
    """GET each of these entries by its reference, one call after the other."""
    caller = Caller(host, port, access_token(host, port))
    times = []
    for number in numbers:
        started = time.perf_counter()
        rows = caller.find(SALES, f"YourRef eq '{reference(number)}'", LOOK_UP_SELECT)
        times.append((time.perf_counter() - started) * 1000)
        assert [row["YourRef"] for row in rows] == [reference(number)]
    caller.close()
    cuts = quantiles(times, n=100)
    return LookUps(len(times), cuts[49], cuts[98], max(times))
