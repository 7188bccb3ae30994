"""What this room asks workers to look at now. A lost or doubled message changes nothing."""

from uuid import UUID

from exact.nudge import nudge

PERFORM = "on_demand.perform_export"


def nudge_export(export_id: UUID) -> None:
    """Ask a worker to perform an export on demand."""
    nudge(PERFORM, str(export_id))
