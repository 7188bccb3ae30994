"""`/_control/readings`: see and choose how doubtful behaviour is read, while the program runs."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .control_requests import ControlError, body_of, safe
from .readings import QUESTIONS, UnknownReading
from .simulator import Simulator


def reading_routes(simulator: Simulator) -> list[Route]:
    """The route below `/_control`."""

    async def readings(request: Request) -> Response:
        """All of them by name; POST changes those it names, DELETE goes back to those of the start."""
        if request.method == "DELETE":
            simulator.choose_readings_of_the_start()
        if request.method == "POST":
            try:
                simulator.readings.choose(await body_of(request))
            except UnknownReading as error:
                raise ControlError(str(error)) from error
        chosen = simulator.readings.chosen()
        return JSONResponse(
            {
                question.name: {
                    "reading": chosen[question.name],
                    "choices": question.choices,
                    "rules": question.section,
                    "certainty": question.certainty,
                }
                for question in QUESTIONS
            }
        )

    return [Route("/readings", safe(readings), methods=["GET", "POST", "DELETE"])]
