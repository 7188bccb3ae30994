"""This room's Celery tasks: each calls one function. The database says what is due: a doubled message does nothing."""

from uuid import UUID

from celery import shared_task

from on_demand.monthly import ask_for_due_months
from on_demand.nudge import RUN, nudge_run
from on_demand.perform import due_runs, perform


@shared_task(name=RUN)
def perform_run(run_id: str) -> None:
    """Perform one run of the export on demand."""
    perform(UUID(run_id))


@shared_task(name="on_demand.sweep")
def sweep() -> None:
    """Find runs that nobody performs: a message was lost, or a worker died."""
    for run_id in due_runs():
        nudge_run(run_id)


@shared_task(name="on_demand.monthly")
def monthly() -> None:
    """Ask for the files of last month whose day has come."""
    ask_for_due_months()
