"""What beat sends is read: every task is registered, and goes into the one queue that every worker reads."""

from celery import current_app

from integration.celery import app
from tests.conftest import ROOT


def test_beat__sends_tasks_that_workers_know() -> None:
    app.loader.import_default_modules()
    sent = {it["task"] for it in app.conf.beat_schedule.values()}
    assert sent - {*current_app.tasks} == set()
    assert len(sent) == len(app.conf.beat_schedule)


def test_queues__are_one_and_each_worker_reads_it() -> None:
    """A second queue would need a worker of its own, in `docker-compose.yml` and in Kubernetes."""
    app.loader.import_default_modules()
    ours = [it for name, it in app.tasks.items() if not name.startswith("celery.")]
    assert {getattr(it, "queue", None) for it in ours} == {None}
    assert not app.conf.task_routes and not app.conf.task_queues
    assert not any("options" in it and "queue" in it["options"] for it in app.conf.beat_schedule.values())
    entrypoint = (ROOT / "deploy/image/entrypoint").read_text()
    worker = entrypoint.partition("  worker)")[2].partition(";;")[0]
    assert "celery" in worker and " -Q" not in worker and "--queues" not in worker
