"""A client that writes every 100 ms, with sessions like the product's, and notes when each write was acknowledged."""

import threading
import time
from contextlib import suppress
from itertools import pairwise

import psycopg

from integration.database import database_at
from postgres.session import Session

EVERY_S = 0.1
TABLE = "CREATE TABLE IF NOT EXISTS cluster_probe (prober text, number bigint, PRIMARY KEY (prober, number))"
WRITE = "INSERT INTO cluster_probe VALUES (%s, %s)"
FOUND = "SELECT number FROM cluster_probe WHERE prober = %s"


class Prober:
    """One way to the database, `name`d. `acknowledged`: moments of `time.monotonic`, by the number that was written."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, url
        self.acknowledged: dict[int, float] = {}
        self.failures: dict[str, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write_for_ever, name=f"prober {name}", daemon=True)

    def start(self) -> None:
        """Make its table and begin to write, a number every `EVERY_S` seconds."""
        with self._connect() as session:
            session.execute(TABLE)
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the write that is under way."""
        self._stop.set()
        self._thread.join()

    def lost(self) -> list[int]:
        """The numbers of acknowledged writes that are missing in the database."""
        with self._connect() as session:
            found = {number for (number,) in session.execute(FOUND, [self.name])}
        return sorted(self.acknowledged.keys() - found)

    def longest_gap(self, begin: float, end: float) -> float:
        """The longest time between two acknowledged writes in that span, its ends counted as such."""
        moments = [begin, *(moment for moment in self.acknowledged.values() if begin < moment < end), end]
        return max(later - earlier for earlier, later in pairwise(moments))

    def _write_for_ever(self) -> None:
        number, session = 0, None
        while not self._stop.wait(EVERY_S):
            number += 1
            try:
                session = session or self._connect()
                session.execute(WRITE, [self.name, number])
            except psycopg.Error as error:
                self.failures[type(error).__name__] = self.failures.get(type(error).__name__, 0) + 1
                if session is not None:
                    with suppress(psycopg.Error):
                        session.close()
                session = None
            else:
                self.acknowledged[number] = time.monotonic()
        if session is not None:
            session.close()

    def _connect(self) -> Session:
        said = database_at(self.url)
        reach = {name: value for name, value in said["OPTIONS"].items() if name != "server_side_binding"}
        address = {"host": said["HOST"], "port": said["PORT"], "user": said["USER"], "password": said["PASSWORD"]}
        return Session.connect(dbname=said["NAME"], autocommit=True, **address, **reach)
