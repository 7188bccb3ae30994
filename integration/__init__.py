"""The Django project: settings, URLs, the Celery app, health, metrics, and the console."""
