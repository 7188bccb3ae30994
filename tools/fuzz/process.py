"""What one process of a run does: it is told where the programs are, then which batches are its own.

Nothing of Django's is imported before `begin`: the processes start with no settings read.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.fuzz.tally import Failure, Tally

_urls: list[str] = []


def begin(exact_url: str, web_url: str) -> None:
    """Set Django up in this process. Mail goes nowhere, to be looked at."""
    import django
    from django.conf import settings

    django.setup()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    _urls[:] = [exact_url, web_url]


def one_batch(number: int, run_seed: int, size: int) -> "Tally":
    """Batch `number` of a run."""
    from tools.fuzz.batch import run_batch
    from tools.fuzz.doors import Socket

    exact_url, web_url = _urls
    return run_batch(exact_url, number, run_seed=run_seed, size=size, socket=Socket(web_url))


def send_again(told: dict[str, Any]) -> "list[Failure]":
    """Send a reproducer's call to new customers, under their keys. What it breaks."""
    from tools.fuzz.batch import send_call
    from tools.fuzz.call import Call

    return send_call(_urls[0], Call.from_document(told["call"]), told["names"])
