"""The log-in at Exact Online, on social-auth's OAuth2: its address, its state, its refusals.

Only the browser's half is social-auth's. The code is exchanged by `exact.api.connection.connect`, so that the tokens go
straight into the encrypted connection row: no session, no pipeline and no social-auth table ever holds one. The state
is kept with the activation link and is good once.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from social_core.backends.oauth import BaseOAuth2
from social_core.exceptions import AuthException
from social_django.strategy import DjangoStrategy

from exact.activation.links import digest_of
from exact.models import ActivationLink, ExactApp, LinkStep


class LoginRefused(Exception):
    """The person said no at Exact, or Exact would not let the person in."""


class ForgedLogin(Exception):
    """The answer belongs to no log-in that was begun in this browser, or it came a second time."""


class _LinkStates:
    """social-auth's store of used states: the row of one link, where a state is put once and taken once."""

    def __init__(self, link: ActivationLink) -> None:
        self._link = link

    def use(self, _scope: str, _timestamp: int, state: str) -> bool:
        rows = ActivationLink.objects.filter(pk=self._link.pk, expires_at__gt=timezone.now())
        return rows.update(state_digest=digest_of(state)) == 1

    def consume(self, _scope: str, _timestamp: int, state: str) -> bool:
        rows = ActivationLink.objects.filter(pk=self._link.pk, state_digest=digest_of(state), step=LinkStep.LOGIN)
        return rows.update(state_digest=None) == 1


class _LinkStorage:
    """The storage that social-auth uses here: the state only."""

    def __init__(self, link: ActivationLink) -> None:
        self.nonce = _LinkStates(link)


class ExactOnlineOAuth2(BaseOAuth2[HttpResponse]):
    """Exact Online of one country (rules.md §1.1–1.3). It has no scopes: the registration fixes what the app may do."""

    name = "exact-online"
    REDIRECT_STATE = False  # the redirect address must be the registered one to the letter
    STATE_LIFETIME = 1800

    def __init__(self, strategy: DjangoStrategy, *, app: ExactApp, redirect_uri: str) -> None:
        super().__init__(strategy, redirect_uri=redirect_uri)
        self._app = app

    def authorization_url(self) -> str:
        return f"{self._app.base_url.rstrip('/')}/api/oauth2/auth"

    def get_key_and_secret(self) -> tuple[str, str]:
        return self._app.client_id, self._app.client_secret

    def auth_extra_arguments(self) -> dict[str, Any]:
        """The person logs in anew: a shop's browser may still know somebody else."""
        return {"force_login": "1"}


def _backend(request: HttpRequest, link: ActivationLink, app: ExactApp, redirect_uri: str) -> ExactOnlineOAuth2:
    return ExactOnlineOAuth2(DjangoStrategy(_LinkStorage(link), request), app=app, redirect_uri=redirect_uri)


def login_address(request: HttpRequest, link: ActivationLink, app: ExactApp, redirect_uri: str) -> str:
    """Where to send the browser. A new state is kept with the link and in this browser's session."""
    return _backend(request, link, app, redirect_uri).auth_url()


def login_code(request: HttpRequest, link: ActivationLink, app: ExactApp, redirect_uri: str) -> str:
    """The code of a log-in that Exact sent back. Raises `ForgedLogin`, `LoginRefused`.

    The state is checked before anything else, and is used up by that.
    """
    backend = _backend(request, link, app, redirect_uri)
    try:
        backend.validate_state()
    except AuthException as error:
        raise ForgedLogin(str(error)) from error
    try:
        backend.process_error(backend.data)
    except AuthException as error:
        raise LoginRefused(str(error)) from error
    code = backend.data.get("code")
    if not isinstance(code, str) or not code:
        raise LoginRefused("Exact sent no code")
    return code
