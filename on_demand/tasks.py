"""This room's Celery tasks: each calls one function. The database says what is due: a doubled message does nothing."""

from uuid import UUID

from celery import shared_task

from on_demand.monthly import ask_for_due_months
from on_demand.nudge import PERFORM, nudge_export
from on_demand.perform import due_exports, perform


@shared_task(name=PERFORM)
def perform_export(export_id: str) -> None:
    """Perform one export on demand."""
    perform(UUID(export_id))


@shared_task(name="on_demand.sweep")
def sweep() -> None:
    """Find exports that nobody performs: a message was lost, or a worker died."""
    for export_id in due_exports():
        nudge_export(export_id)


@shared_task(name="on_demand.monthly")
def monthly() -> None:
    """Ask for the files of last month whose day has come."""
    ask_for_due_months()
