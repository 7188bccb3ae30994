"""What writing a resource means."""

from typing import Any

from simulators.exact_online.errors import MethodNotAllowed


class Writer:
    """Writes one resource for one caller. A resource has those of the three that its model allows."""

    def create(self, body: dict[str, Any]) -> str:
        """A new row of the body's properties; its key."""
        raise MethodNotAllowed(["GET"])

    def change(self, row_id: str, body: dict[str, Any]) -> None:
        """Only the properties given change."""
        raise MethodNotAllowed(["GET"])

    def delete(self, row_id: str) -> None:
        """The row goes."""
        raise MethodNotAllowed(["GET"])
