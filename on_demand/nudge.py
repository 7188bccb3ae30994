"""What this room asks workers to look at now. A lost or doubled message changes nothing."""

from uuid import UUID

from exact.nudge import nudge

RUN = "on_demand.perform_run"


def nudge_run(run_id: UUID) -> None:
    """Ask a worker to perform a run of the export on demand."""
    nudge(RUN, str(run_id))
