"""Tills that push closings at a pace while something is done to the service, and a count of every answer.

`python -m tools.release.under_load --port 18443 --host clyo.localhost --authority FILE --keys FILE` (a till key a
line). It pushes until it is asked to end (SIGTERM), goes on until each till has its last closing acknowledged, and
prints the counts. Exits with 1 when any answer was neither 2xx nor 503 with `Retry-After`.
"""

import argparse
import json
import signal
import ssl
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import httpx

from tools.fleet.closings import closings

TIMEOUT_S = 110.0
GIVE_UP_S = 180.0
STATION = 1_000_000


class Tills:
    """One thread a till: a closing at a time, again after what `Retry-After` says, as a till does."""

    def __init__(self, address: str, host: str, authority: Path, pace_s: float) -> None:
        self._address, self._host, self._pace_s = address, host, pace_s
        self._trust = ssl.create_default_context(cafile=authority)
        self._counting = threading.Lock()
        self.answers: Counter[str] = Counter()
        self.slowest_s = 0.0
        self.acknowledged = 0
        self.given_up = 0
        self.ended = threading.Event()

    def push_all(self, key: str, first: int) -> None:
        """Push one till's closings from number `first` on, at its pace, until the run ends."""
        headers = {"Authorization": f"Bearer {key}", "Host": self._host}
        with httpx.Client(base_url=self._address, verify=self._trust, timeout=TIMEOUT_S, headers=headers) as http:
            for number, document in enumerate(closings(f"load {first}", first=first)):
                due = self.begun + number * self._pace_s
                if self.ended.wait(max(0.0, due - time.monotonic())):
                    return
                self._push(http, document)

    def _push(self, http: httpx.Client, document: dict[str, object]) -> None:
        until = time.monotonic() + GIVE_UP_S
        while time.monotonic() < until:
            began = time.monotonic()
            word, wait_s = self._ask(http, document)
            with self._counting:
                self.answers[word] += 1
                self.slowest_s = max(self.slowest_s, time.monotonic() - began)
                self.acknowledged += word in ("200", "201")
            if word.startswith("2"):
                return
            time.sleep(wait_s)
        with self._counting:
            self.given_up += 1

    def _ask(self, http: httpx.Client, document: dict[str, object]) -> tuple[str, float]:
        try:
            named = {"sni_hostname": self._host.partition(":")[0]}
            answer = http.post("/api/v1/closings", json=document, extensions=named)
        except httpx.HTTPError as error:
            return f"no answer ({type(error).__name__})", 1.0
        later = answer.headers.get("Retry-After")
        word = f"{answer.status_code}{' with Retry-After' if later else ''}"
        return word, float(later) if later else 1.0

    def run(self, keys: list[str], first: int) -> None:
        """Push with all of them until `ended`, then until each is through."""
        self.begun = time.monotonic()
        # A station of its own for each till, which is its number's millions: no two print the same tickets.
        numbers = [first + place * STATION for place in range(len(keys))]
        threads = [threading.Thread(target=self.push_all, args=it) for it in zip(keys, numbers, strict=True)]
        for thread in threads:
            thread.start()
            time.sleep(self._pace_s / len(keys))
        for thread in threads:
            thread.join()


def main() -> int:
    """Push until it is asked to end, and print the counts. Returns 1 for an answer that no till may be given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--authority", type=Path, required=True)
    parser.add_argument("--keys", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=20.0, help="pushes a second, of all tills together")
    parser.add_argument("--first", type=int, default=1, help="the number of each till's first closing")
    given = parser.parse_args()
    keys = given.keys.read_text().split()
    tills = Tills(f"https://127.0.0.1:{given.port}", given.host, given.authority, pace_s=len(keys) / given.rate)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: tills.ended.set())
    began = time.monotonic()
    tills.run(keys, given.first)
    seconds = time.monotonic() - began
    others = {it: count for it, count in tills.answers.items() if not allowed(it)}
    said = {"seconds": round(seconds), "answers": dict(tills.answers), "acknowledged": tills.acknowledged}
    print(json.dumps(said | {"slowest_s": round(tills.slowest_s, 1), "given_up": tills.given_up, "others": others}))
    return 1 if others or tills.given_up else 0


def allowed(word: str) -> bool:
    """Whether a till may be answered so while the service is upgraded."""
    return word.startswith("2") or word == "503 with Retry-After"


if __name__ == "__main__":
    sys.exit(main())
