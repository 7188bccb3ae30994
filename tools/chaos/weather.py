"""The simulated Exact's faults during a run: how often each strikes, where, and for how long."""

from collections.abc import Iterable, Iterator

import httpx

from simulators.exact_online.faults import Fault

TIMEOUT_S = 2.0
EVERYWHERE = (
    "salesentry/SalesEntries",
    "financialtransaction/CashEntries",
    "financialtransaction/CashEntryLines",
)
# The share of calls each fault strikes. `delay` and `late_commit` outlast our timeout, so the caller has gone when
# the call is carried out; but not the settle delay: what a server does after minutes of silence nobody can know.
SHARES: dict[Fault, float] = {
    Fault.RESET_BEFORE: 0.01,
    Fault.RESET_AFTER_COMMIT: 0.015,
    Fault.DELAY: 0.01,
    Fault.LATE_COMMIT: 0.01,
    Fault.STATUS_408: 0.005,
    Fault.STATUS_500: 0.005,
    Fault.STATUS_503: 0.01,
    Fault.STATUS_504: 0.005,
    Fault.STATUS_504_AFTER_COMMIT: 0.01,
    Fault.STATUS_400_AFTER_COMMIT: 0.002,
    Fault.STATUS_401_AFTER_COMMIT: 0.002,
    Fault.STATUS_403_AFTER_COMMIT: 0.002,
    Fault.STATUS_404_AFTER_COMMIT: 0.002,
    Fault.STATUS_429_AFTER_COMMIT: 0.002,
    Fault.STATUS_500_AFTER_COMMIT: 0.002,
    Fault.STATUS_502_AFTER_COMMIT: 0.002,
    Fault.EMPTY_200_AFTER_COMMIT: 0.002,
    Fault.GATEWAY_502_AFTER_COMMIT: 0.002,
    Fault.GATEWAY_504_AFTER_COMMIT: 0.005,
    Fault.ERROR_AFTER_COMMIT: 0.005,
    Fault.HTML_200: 0.005,
    Fault.TRUNCATE: 0.01,
    Fault.BROKEN_BODY: 0.01,
    Fault.RATE_LIMIT: 0.002,
    Fault.GATEWAY_FAULT: 0.005,
    Fault.SLOW_BYTES: 0.005,
}
# Faults that are left out. A bookkeeper changes the books on purpose, so they could not be compared. A closed port
# would close the simulator's controls to us too, and is like an outage for the caller. After a refusal in Exact's own
# form a person must repost, and there is none here. Lists that twice in a row lack existing rows would mislead any
# look-up.
LEFT_OUT = (
    Fault.BOOKKEEPER_EDITS,
    Fault.BOOKKEEPER_DELETES,
    Fault.BOOKKEEPER_DOUBLES,
    Fault.REFUSE,
    Fault.GENERAL_ERROR,
    Fault.REFUSAL_AFTER_COMMIT,
    Fault.NO_ROWS,
)
DELAYS_S = {Fault.SLOW_BYTES: 1.0, Fault.DELAY: TIMEOUT_S + 0.5, Fault.LATE_COMMIT: TIMEOUT_S + 0.7}
# A token call that is carried out and not answered loses the consent (rules.md §1.5): those faults stay away from it.
TOKEN_FAULTS = (Fault.RESET_BEFORE, Fault.STATUS_503, Fault.HTML_200, Fault.RATE_LIMIT, Fault.GATEWAY_FAULT)
TOKEN_SHARE = 0.05
CLOCK_BEHIND_S = 46


class Weather:
    """The faults in force at the simulator."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def usual(self) -> None:
        """Every fault the simulator knows, each now and then."""
        self._set(_list_usual_rules())

    def storm(self) -> None:
        """429 on everything, on top."""
        self._set([*(_rule(Fault.RATE_LIMIT, resource, 0.5) for resource in EVERYWHERE), *_list_usual_rules()])

    def outage(self) -> None:
        """503 on everything, tokens too."""
        self._set([{"fault": Fault.STATUS_503, "count": None}])

    def clear(self) -> None:
        """No faults any more."""
        self._set([])

    def set_clock_back(self) -> None:
        """Set Exact's clock behind ours, so that a limit "until the next minute" ends soon: in 1 to 15 seconds."""
        self._post("clock", {"real": True})
        self._post("clock", {"advance": -CLOCK_BEHIND_S})

    def expire_tokens(self, user: str) -> None:
        """Let Exact end a user's access tokens now; the refresh tokens stay valid."""
        self._post("tokens/expire", {"client_id": "demo-client", "user": user})

    def _set(self, rules: Iterable[dict[str, object]]) -> None:
        self._http.delete("/_control/faults").raise_for_status()
        for rule in rules:
            self._post("faults", rule)

    def _post(self, path: str, body: dict[str, object]) -> None:
        self._http.post(f"/_control/{path}", json=body).raise_for_status()


def _list_usual_rules() -> Iterator[dict[str, object]]:
    for fault, share in SHARES.items():
        yield from (_rule(fault, resource, share) for resource in EVERYWHERE)
    yield from (_rule(fault, "oauth2/token", TOKEN_SHARE) for fault in TOKEN_FAULTS)


def _rule(fault: Fault, resource: str, share: float) -> dict[str, object]:
    return {
        "fault": fault,
        "resource": resource,
        "probability": share,
        "count": None,
        "delay_s": DELAYS_S.get(fault, 0.0),
    }
