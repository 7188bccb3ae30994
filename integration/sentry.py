"""Error reports that carry ids and codes, never a customer's figures or a secret."""

import sentry_sdk
from pydantic import SecretStr
from sentry_sdk.scrubber import DEFAULT_DENYLIST, EventScrubber

OUR_SECRETS = [
    "access_token",
    "refresh_token",
    "client_secret",
    "key",
    "code",
    "document",
    "entry",
    "body",
    "signature",
]


def start_sentry(dsn: SecretStr | None, *, stage: str) -> None:
    """Report errors to `dsn`; without one, do nothing.

    Local variables and request bodies stay home: they hold closings and tokens, and Sentry's own scrubber matches
    exact key names only.
    """
    if dsn is None:
        return
    sentry_sdk.init(
        dsn=dsn.get_secret_value(),
        environment=stage,
        include_local_variables=False,
        max_request_body_size="never",
        send_default_pii=False,
        event_scrubber=EventScrubber(denylist=[*DEFAULT_DENYLIST, *OUR_SECRETS], recursive=True),
    )
