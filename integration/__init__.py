"""The Django project: settings, URLs, Celery app, health, the local stack and the demo."""
