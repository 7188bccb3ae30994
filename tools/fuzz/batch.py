"""One batch: customers of its own, so many calls drawn from a seed, each looked at; then all that is done later."""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace

from hypothesis import HealthCheck, Phase, given, seed, settings

from exports.models import StoredClosing
from integration.wsgi import plain_application
from tools.fuzz.afterwards import afterwards
from tools.fuzz.books import Books
from tools.fuzz.broken_calls import SIBLINGS, siblings
from tools.fuzz.call import Call
from tools.fuzz.doors import Answer, Application, Door
from tools.fuzz.files import broken_by_file, files
from tools.fuzz.promises import broken_promises
from tools.fuzz.stage import Stage, set_stage
from tools.fuzz.tally import Failure, Tally
from tools.fuzz.watch import Watch, watching

# Every so many calls one goes over the socket, when there is one.
SOCKET_EVERY = 20
WHOLE_EVERY = 10
CALLS_A_FILE = 10
FILES = "/console/set-up/import/"


def run_batch(exact_url: str, number: int, *, run_seed: int, size: int, socket: Door | None = None) -> Tally:
    """Send `size` calls. The same seed and number draw the same ones."""
    tally = Tally()
    with watching() as watch:
        stage = set_stage(exact_url, number)
        inside = Application(plain_application)
        visit = _Visit(stage=stage, tally=tally, watch=watch, number=number)

        def doors() -> Door:
            return socket if socket is not None and tally.inputs % SOCKET_EVERY == 0 else inside

        drawn(size, run_seed=run_seed + number, stage=stage)(lambda call: visit.send(call, doors(), inside))
        _send_files(stage, tally, number, run_seed=run_seed + number, size=max(1, size // CALLS_A_FILE))
        dice = random.Random(run_seed + number)  # noqa: S311 - a repeatable run, no secret
        for said in afterwards(stage, dice, whole=number % WHOLE_EVERY == 0):
            tally.fail(Failure(said=said, batch=number, call=None, log=tuple(watch.take())))
        for heard in watch.take():
            tally.fail(Failure(said=f"afterwards, an error in the log: {heard}", batch=number, call=None))
        states = StoredClosing.objects.filter(till=stage.booking).values_list("state", flat=True)
        tally.states = Counter(states)
    return tally


def drawn(size: int, *, run_seed: int, stage: Stage) -> Callable[[Callable[[Call], None]], None]:
    """Calls `do` with `size` calls that hypothesis draws."""
    relaxed = settings(
        max_examples=size // SIBLINGS,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )

    def with_each(do: Callable[[Call], None]) -> None:
        @seed(run_seed)
        @relaxed
        @given(siblings(stage.names))
        def each(made: list[Call]) -> None:
            for call in made:
                do(call)

        each()

    return with_each


def _send_files(stage: Stage, tally: Tally, number: int, *, run_seed: int, size: int) -> None:
    """Read `size` customer files."""
    reseller = stage.booking.tenant.reseller

    @seed(run_seed)
    @settings(
        max_examples=size,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )
    @given(files())
    def each(content: bytes) -> None:
        call = Call(kind="file", method="POST", path=FILES, body=content)
        tally.kinds[call.kind] += 1
        try:
            said = [*broken_by_file(content, reseller)]
        except Exception as error:
            said = [f"a file raised {type(error).__name__}: {error}"[:200]]
        for promise in said:
            tally.fail(Failure(said=promise, batch=number, call=call))

    each()


def send_call(exact_url: str, call: Call, names: dict[str, str], *, number: int = 0) -> list[Failure]:
    """Send one call that named `names` to the customers of batch `number`. What it breaks."""
    tally = Tally()
    with watching() as watch:
        stage = set_stage(exact_url, number)
        for name, value in asdict(stage.names).items():
            call = _rename(call, names[name], value)
        inside = Application(plain_application)
        _Visit(stage=stage, tally=tally, watch=watch, number=0).send(call, inside, inside)
    return tally.failures


def _rename(call: Call, before: str, now: str) -> Call:
    headers = tuple((name, value.replace(before, now)) for name, value in call.headers)
    path, body = call.path.replace(before, now), call.body.replace(before.encode(), now.encode())
    return replace(call, path=path, headers=headers, body=body)


class _Visit:
    """Sends calls one after the other, and compares the books before and after each."""

    def __init__(self, *, stage: Stage, tally: Tally, watch: Watch, number: int) -> None:
        self._stage, self._tally, self._watch, self._number = stage, tally, watch, number
        self._books: Books = stage.books

    def send(self, call: Call, door: Door, inside: Door) -> None:
        """Through `door`, or `inside` when that does not let it through."""
        answer = door.send(call)
        if answer is None:
            door, answer = inside, inside.send(call)
        assert answer is not None
        self._tally.over_socket += door is not inside
        self._tally.note(call, answer, _code_of(answer))
        before, self._books = self._books, self._books.now()
        log = tuple(self._watch.take())
        for said in broken_promises(call, answer, before, self._books):
            self._fail(said, call, log)
        if log and answer.status < 500:
            self._fail("an error in the log", call, log)
        if call.kind == "pairing" and answer.status == 201:
            self._stage.renew_code()

    def _fail(self, said: str, call: Call, log: tuple[str, ...]) -> None:
        names = asdict(self._stage.names)
        self._tally.fail(Failure(said=said, batch=self._number, call=call, log=log, names=names))


def _code_of(answer: Answer) -> str:
    if answer.status < 400 or "problem+json" not in answer.headers.get("content-type", "") or not answer.body:
        return ""
    return str(json.loads(answer.body).get("code", ""))
