"""What all bodies of the till API's answers share."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from rest_framework.response import Response


class AnswerBody(BaseModel):
    """Base of what is answered."""

    model_config = ConfigDict(use_attribute_docstrings=True)


def answered(body: AnswerBody, *, status: int = 200) -> Response:
    """The answer with this body."""
    return Response(written(body), status=status)


def written(body: AnswerBody) -> dict[str, Any]:
    """The body as it is answered: an optional field of which nothing was said is not in it."""
    return body.model_dump(exclude_unset=True)
