"""`/_control/webhooks`: how tests steer the events and see what became of them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .control_requests import ControlError, body_of, safe, value_of
from .simulator import Simulator
from .webhooks.outbox import ORDERS, Delivery

COPIES_MAX = 10


def webhook_routes(simulator: Simulator) -> list[Route]:
    """The routes below `/_control/webhooks`."""
    control = _WebhookControl(simulator)
    return [
        Route("/webhooks", safe(control.webhooks), methods=["GET", "POST", "DELETE"]),
        Route("/webhooks/release", safe(control.release), methods=["POST"]),
    ]


class _WebhookControl:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def webhooks(self, request: Request) -> Response:
        """Every event with its attempts; POST sets how events are sent, DELETE forgets those that are or wait."""
        outbox = self._simulator.webhooks
        if request.method == "DELETE":
            outbox.deliveries = []
        body = await body_of(request) if request.method == "POST" else {}
        copies = value_of(body, "copies", int, outbox.copies)
        if not 1 <= copies <= COPIES_MAX:
            raise ControlError(f"copies is not between 1 and {COPIES_MAX}")
        outbox.copies = copies
        outbox.holds = value_of(body, "hold", bool, outbox.holds)
        return JSONResponse(
            {
                "hold": outbox.holds,
                "copies": outbox.copies,
                "events": [_describe(delivery) for delivery in outbox.deliveries],
            }
        )

    async def release(self, request: Request) -> Response:
        """Send what is held, in the order asked for."""
        order = value_of(await body_of(request), "order", str, "oldest_first")
        if order not in ORDERS:
            raise ControlError(f"order is none of {', '.join(ORDERS)}")
        return JSONResponse({"released": self._simulator.webhooks.release(order)})


def _describe(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "subscription": delivery.subscription,
        "url": delivery.url,
        "topic": delivery.topic,
        "division": delivery.change.division,
        "action": delivery.change.action,
        "key": delivery.change.key,
        "state": delivery.state,
        "attempts": delivery.attempts,
    }
