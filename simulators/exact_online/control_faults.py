"""`/_control/faults`, `/release`, `/door`, `/bookkeeper`: what goes wrong, and when it is over."""

import asyncio
from enum import StrEnum
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .bookkeeper import Act, Done, Edit
from .clock import wall_clock_text
from .control_requests import ControlError, body_of, division_of, safe, value_of
from .door import Door
from .errors import NotFound, Refused
from .faults import Fault, Rule
from .simulator import Simulator

FAULT_FIELDS: dict[str, tuple[type, ...]] = {
    "resource": (str, type(None)),
    "method": (str, type(None)),
    "division": (int, type(None)),
    "count": (int, type(None)),
    "probability": (int, float),
    "delay_s": (int, float),
    "hold": (bool,),
}
DELAY_MAX_S = 3_600
NO_WAY_BACK = "nobody could open the door again: give a time, or start the program with --control-port"


def fault_routes(simulator: Simulator) -> list[Route]:
    """The routes below `/_control` that make things go wrong."""
    control = _FaultControl(simulator)
    return [
        Route("/faults", safe(control.faults), methods=["GET", "POST", "DELETE"]),
        Route("/release", safe(control.release), methods=["POST"]),
        Route("/door", safe(control.door), methods=["GET", "POST"]),
        Route("/bookkeeper", safe(control.bookkeeper), methods=["GET", "POST"]),
    ]


class _FaultControl:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def faults(self, request: Request) -> Response:
        """The rules in force; POST adds one, DELETE lifts all."""
        faults = self._simulator.faults
        if request.method == "POST":
            fields = _fault_fields(await body_of(request))
            if fields["fault"] is Fault.REFUSE:
                self._require_way_back(fields)
            return JSONResponse(_rule(faults.add(**fields)), 201)
        if request.method == "DELETE":
            faults.clear()
            await self._open_door()
        return JSONResponse({"faults": [_rule(rule) for rule in faults.rules]})

    async def release(self, request: Request) -> Response:
        """Let the calls go on that a fault with `hold` keeps waiting, and open the door."""
        self._simulator.faults.release()
        await self._open_door()
        return JSONResponse({"released": True})

    async def door(self, request: Request) -> Response:
        """Refuse connections from now on, for `for_s` seconds or until told otherwise."""
        door = self._door()
        if request.method == "POST":
            body = await body_of(request)
            seconds = body.get("for_s")
            if value_of(body, "open", bool):
                self._simulator.faults.release()
                await door.open()
            elif seconds is None and not door.has_second:
                raise ControlError(NO_WAY_BACK)
            elif seconds is None:
                door.shut(self._simulator.faults.wait_for_release)
            else:
                pause_s = _seconds("for_s", seconds)
                door.shut(lambda: asyncio.sleep(pause_s))
        return JSONResponse({"open": door.is_open})

    async def _open_door(self) -> None:
        """At once: who is told that it is open may connect."""
        if self._simulator.door is not None:
            await self._simulator.door.open()

    def _door(self) -> Door:
        if self._simulator.door is None:
            raise ControlError("the program does not listen by itself")
        return self._simulator.door

    def _require_way_back(self, fields: dict[str, Any]) -> None:
        if not fields.get("hold") and not fields.get("delay_s"):
            raise ControlError("refuse needs delay_s or hold")
        if fields.get("hold") and not self._door().has_second:
            raise ControlError(NO_WAY_BACK)

    async def bookkeeper(self, request: Request) -> Response:
        """What the bookkeeper did so far; POST: let her act."""
        bookkeeper = self._simulator.bookkeeper
        if request.method == "GET":
            division = division_of(request)
            done = [act for act in bookkeeper.done if division is None or act.division == division]
            return JSONResponse({"acts": [_describe_act(act) for act in done]})
        body = await body_of(request)
        act, edit = _choice(body, "act", Act), _choice(body, "edit", Edit) if "edit" in body else None
        entry_id = value_of(body, "entry_id", str, None)
        try:
            done_now = bookkeeper.act(
                value_of(body, "division", int), act, entry_id.lower() if entry_id is not None else None, edit
            )
        except (NotFound, Refused) as error:
            raise ControlError(str(error)) from error
        return JSONResponse(_describe_act(done_now), 201)


def _choice(body: dict[str, Any], name: str, choices: type[StrEnum]) -> Any:
    value = value_of(body, name, str)
    if value not in list(choices):
        raise ControlError(f"{name} is none of {', '.join(choices)}")
    return choices(value)


def _describe_act(done: Done) -> dict[str, Any]:
    return {
        "at": wall_clock_text(done.at_ms),
        "division": done.division,
        "act": done.act,
        "edit": done.edit,
        "entry_id": done.entry_id,
        "entry_number": done.entry_number,
        "copy_id": done.copy_id,
    }


def _seconds(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= DELAY_MAX_S:
        raise ControlError(f"{name} is not a number from 0 to {DELAY_MAX_S}")
    return float(value)


def _fault_fields(body: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(body) - set(FAULT_FIELDS) - {"fault"})
    if unknown:
        raise ControlError(f"unknown fields: {', '.join(unknown)}")
    names = [fault.value for fault in Fault]
    if body.get("fault") not in names:
        raise ControlError(f"fault is none of {', '.join(names)}")
    for name, kinds in FAULT_FIELDS.items():
        value = body.get(name)
        if name in body and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            raise ControlError(f"{name} has the wrong type")
    if not 0 <= body.get("probability", 1) <= 1:
        raise ControlError("probability is not from 0 to 1")
    if (1 if body.get("count") is None else body["count"]) < 1:
        raise ControlError("count is not positive; null is for ever")
    _seconds("delay_s", body.get("delay_s", 0))
    return {**body, "fault": Fault(body["fault"])}


def _rule(rule: Rule) -> dict[str, Any]:
    """A rule as the control address shows it, with how often it has struck."""
    return {
        "id": rule.id,
        "fault": rule.fault.value,
        "resource": rule.resource,
        "method": rule.method,
        "division": rule.division,
        "count": rule.count,
        "probability": rule.probability,
        "delay_s": rule.delay_s,
        "hold": rule.hold,
        "struck": rule.struck,
    }
