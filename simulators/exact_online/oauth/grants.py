"""Codes and tokens: who gets one, how long it lives, what it opens (rules 1.2 to 1.9)."""

import hmac
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from simulators.exact_online.clock import DAY_MS, Clock
from simulators.exact_online.database import Database, Row
from simulators.exact_online.errors import Forbidden, NotFound, Unauthorized
from simulators.exact_online.identifiers import Identifiers
from simulators.exact_online.limits import TokenLimit
from simulators.exact_online.readings import Readings

CODE_LIFE_MS = 3 * 60_000
ACCESS_LIFE_MS = 600_000
EARLIEST_REFRESH_MS = {"570_s": 570_000, "600_s": ACCESS_LIFE_MS}
REFRESH_LIFE_MS = {"30_days": 30 * DAY_MS, "180_days": 180 * DAY_MS}
GRACE_MS = 600_000  # what a partner reports of a used refresh token (rules 1.5)
TOKEN_LENGTHS = {"long": (1_100, 700), "short": (60, 60)}  # real ones: longer than 1,000 characters (rules 1.3)
DIVISION_MAX = 2**31 - 1
LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "::1"}
LOOPBACK_RULE = "loopback"  # a registered address that stands for any port and path of this machine


class TokenRefused(Exception):
    """The token endpoint says no, in OAuth's own shape or as plain text (rules 1.5, 1.6)."""

    def __init__(self, status: int, body: dict[str, str] | str, reason: str | None = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body
        self.reason = reason


TOO_MANY = "Rate limit exceeded: no token calls left today"
TOO_EARLY = "Rate limit exceeded: access_token not expired"
USER_NOT_ACTIVE = {"error": "invalid_grant", "error_description": "The user is not active"}
# What was seen live when a used refresh token came again (rules 1.5).
REUSED_TOKEN_ANSWERS: dict[str, tuple[int, dict[str, str] | str]] = {
    "old_token_text": (401, "Old refresh token used"),
    "user_not_active": (400, USER_NOT_ACTIVE),
    "invalid_request": (400, {"error": "invalid_request"}),
}
# What a refresh that comes too early is answered, by source (rules 1.6); all have the words "not expired".
EARLY_ANSWERS: dict[str, tuple[int, dict[str, str] | str, str | None]] = {
    "access_denied": (
        400,
        {"error": "access_denied", "error_description": TOO_EARLY},
        f"TooEarlyToRefreshTokens: {TOO_EARLY}",
    ),
    "invalid_request": (400, {"error": "invalid_request", "error_description": TOO_EARLY}, None),
    "text_401": (401, "Access Token not expired", None),
}


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What the token endpoint hands out."""

    access_token: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: the app and the user behind an access token."""

    client_id: str
    user_id: str
    country: str
    language: str
    licence: str
    current_division: int | None


class Grants:
    """The consents, codes and tokens of all apps and users."""

    def __init__(
        self, database: Database, clock: Clock, identifiers: Identifiers, limit: TokenLimit, readings: Readings
    ) -> None:
        self._database = database
        self._clock = clock
        self._limit = limit
        self._identifiers = identifiers
        self.readings = readings
        self._log_ins: dict[str, str] = {}
        self._sessions: dict[str, str] = {}

    def client(self, client_id: str) -> Row | None:
        """The registered app, whatever its country."""
        return self._database.row("SELECT * FROM client WHERE id = ?", (client_id,))

    def client_in(self, country: str, client_id: str) -> Row | None:
        """The app as that country knows it: registrations are per country (rules 1.1)."""
        client = self.client(client_id)
        return client if client is not None and client["country"] == country else None

    def allows_redirect(self, client_id: str, redirect_uri: str) -> bool:
        """Whether the address is registered: letter by letter, or by the loopback rule (rules 1.2)."""
        if self.readings.redirect_scheme == "https_only" and urlsplit(redirect_uri).scheme != "https":
            return False
        rows = self._database.rows("SELECT uri FROM redirect_uri WHERE client_id = ?", (client_id,))
        registered = {row["uri"] for row in rows}
        return redirect_uri in registered or (LOOPBACK_RULE in registered and _is_loopback(redirect_uri))

    def log_in(self, country: str, name: str, password: str) -> Row | None:
        """The user of that country with that name and password."""
        user = self.user(name)
        if (
            user is None
            or user["country"] != country
            or not hmac.compare_digest(user["password"].encode(), password.encode())
        ):
            return None
        return user

    def begin_consent(self, user_id: str) -> str:
        """A ticket that carries a log-in to the consent page, so that no password has to."""
        ticket = self._identifiers.secret(40)
        self._log_ins[ticket] = user_id
        return ticket

    def consenting_user(self, ticket: str) -> str | None:
        """The id of the user who logged in for this ticket; it is good once."""
        return self._log_ins.pop(ticket, None)

    def begin_session(self, user_id: str) -> str:
        """What a browser is given to be known by at its next log-in (rules 1.2)."""
        session = self._identifiers.secret(40)
        self._sessions[session] = user_id
        return session

    def user_of_session(self, country: str, session: str | None) -> Row | None:
        """The user of that country who logged in with this browser."""
        user = self._database.row("SELECT * FROM user WHERE id = ?", (self._sessions.get(session or ""),))
        return user if user is not None and user["country"] == country else None

    def user(self, name: str) -> Row | None:
        """The user with that name."""
        return self._database.row("SELECT * FROM user WHERE name = ?", (name,))

    def authorize(self, client_id: str, user_id: str, redirect_uri: str, divisions: list[int] | None = None) -> str:
        """The user consents for these companies (all of them when null): a code, good for 3 minutes and once."""
        prefix = "stamp!" if self.readings.code_characters == "special" else "stamp"
        code = f"{prefix}{self._identifiers.secret(80)}"  # a `!` must survive the way through a URL (rules 1.2)
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO consent (client_id, user_id, divisions) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET divisions = excluded.divisions",
                (client_id, user_id, json.dumps(divisions) if divisions is not None else None),
            )
            self._database.insert(
                "authorization_code",
                {
                    "code": code,
                    "client_id": client_id,
                    "user_id": user_id,
                    "redirect_uri": redirect_uri,
                    "expires_at": self._clock.now_ms() + CODE_LIFE_MS,
                },
            )
        return code

    def exchange(self, client_id: str, code: str, redirect_uri: str) -> TokenPair:
        """A code for the first pair of tokens."""
        row = self._database.row("SELECT * FROM authorization_code WHERE code = ?", (code,))
        if (
            row is None
            or row["used"]
            or row["client_id"] != client_id
            or row["redirect_uri"] != redirect_uri
            or self._clock.now_ms() >= row["expires_at"]
        ):
            raise _invalid_grant("The authorization code is not valid.")
        self._take_call(client_id, row["user_id"])
        with self._database.transaction():
            self._database.execute("UPDATE authorization_code SET used = 1 WHERE code = ?", (code,))
            return self._issue(client_id, row["user_id"])

    def refresh(self, client_id: str, refresh_token: str) -> TokenPair:
        """A refresh token for the next pair; it dies at its use, and is refused before 570 s (rules 1.5, 1.6)."""
        row = self._database.row("SELECT * FROM token WHERE refresh_token = ?", (refresh_token,))
        now = self._clock.now_ms()
        if row is None or row["client_id"] != client_id:
            raise _invalid_grant("The refresh token is not valid.")
        self._take_call(client_id, row["user_id"])
        if row["successor"] is not None and not self._has_grace(row["successor"], now):
            raise TokenRefused(*REUSED_TOKEN_ANSWERS[self.readings.reused_refresh_token])
        if now >= row["refresh_expires_at"]:
            raise _invalid_grant("The refresh token is no longer valid.")
        if self._consent(client_id, row["user_id"]) is None:
            self._refuse_without_consent()
        # An access token that was taken away early does not have to be waited for.
        earliest = row["issued_at"] + EARLIEST_REFRESH_MS[self.readings.earliest_refresh]
        if now < min(earliest, row["access_expires_at"]):
            raise TokenRefused(*EARLY_ANSWERS[self.readings.early_refresh])
        ends_at = now if self.readings.access_token_after_refresh == "ends" else row["access_expires_at"]
        with self._database.transaction():
            pair = self._issue(client_id, row["user_id"])
            self._database.execute(
                "UPDATE token SET successor = ?, access_expires_at = min(access_expires_at, ?) WHERE refresh_token = ?",
                (pair.refresh_token, ends_at, refresh_token),
            )
        return pair

    def _has_grace(self, successor: str, now: int) -> bool:
        """Whether a used refresh token works once more: ten minutes long, or until the new one is used (rules 1.5)."""
        if self.readings.used_refresh_token_grace == "none":
            return False
        newer = self._database.row("SELECT * FROM token WHERE refresh_token = ?", (successor,))
        return newer is not None and newer["successor"] is None and now < newer["issued_at"] + GRACE_MS

    def _refuse_without_consent(self) -> None:
        if self.readings.withdrawn_refresh == "user_not_active":
            raise TokenRefused(400, USER_NOT_ACTIVE)
        raise _invalid_grant("The refresh token is no longer valid.")

    def _take_call(self, client_id: str, user_id: str) -> None:
        """One of the day's token calls (rules 1.6); a call that finds none left uses nothing up."""
        if not self._limit.take(client_id, user_id):
            raise TokenRefused(429, {"error": "access_denied", "error_description": TOO_MANY}, reason=TOO_MANY)

    def _issue(self, client_id: str, user_id: str) -> TokenPair:
        now = self._clock.now_ms()
        access, refresh = TOKEN_LENGTHS[self.readings.access_token_length]
        pair = TokenPair(f"AAEA{self._identifiers.secret(access)}", f"gAAA{self._identifiers.secret(refresh)}")
        self._database.insert(
            "token",
            {
                "access_token": pair.access_token,
                "refresh_token": pair.refresh_token,
                "client_id": client_id,
                "user_id": user_id,
                "issued_at": now,
                "access_expires_at": now + ACCESS_LIFE_MS,
                "refresh_expires_at": now + REFRESH_LIFE_MS[self.readings.refresh_token_life],
            },
        )
        return pair

    def caller(self, access_token: str) -> Caller:
        """Who holds the access token; 401 when it is unknown, expired, or the consent is gone."""
        row = self._database.row(
            "SELECT t.client_id, t.access_expires_at, c.user_id IS NULL AS withdrawn, u.* FROM token t"
            " JOIN user u ON u.id = t.user_id"
            " LEFT JOIN consent c ON c.client_id = t.client_id AND c.user_id = t.user_id WHERE t.access_token = ?",
            (access_token,),
        )
        if row is None or self._clock.now_ms() >= row["access_expires_at"]:
            raise Unauthorized("Unauthorized")
        if row["withdrawn"]:
            raise Forbidden if self.readings.withdrawn_consent == "403" else Unauthorized("Unauthorized")
        return Caller(
            row["client_id"], row["id"], row["country"], row["language"], row["licence"], row["current_division"]
        )

    def holder(self, access_token: str) -> tuple[str, str] | None:
        """App and user the token was made for, expired or not: the error limit counts by them (rules 2.1)."""
        row = self._database.row("SELECT client_id, user_id FROM token WHERE access_token = ?", (access_token,))
        return (row["client_id"], row["user_id"]) if row is not None else None

    def enter(self, caller: Caller, division: int) -> None:
        """403 unless the user may enter the company and permitted it for the app (rules 1.9)."""
        exists = division <= DIVISION_MAX and self._database.row(
            "SELECT 1 FROM company WHERE division = ?", (division,)
        )
        if not exists:
            raise NotFound("No such division.") if self.readings.unknown_company == "404" else Forbidden
        member = self._database.row(
            "SELECT 1 FROM membership WHERE user_id = ? AND division = ?", (caller.user_id, division)
        )
        consent = self._consent(caller.client_id, caller.user_id)
        permitted = json.loads(consent["divisions"]) if consent is not None and consent["divisions"] else None
        if member is None or (permitted is not None and division not in permitted):
            raise Forbidden

    def require_right(self, caller: Caller, resource: str) -> None:
        """403 when this user lacks the right on the resource (rules 1.9)."""
        row = self._database.row(
            "SELECT 1 FROM forbidden WHERE user_id = ? AND resource = ?", (caller.user_id, resource)
        )
        if row is not None:
            raise Forbidden

    def _consent(self, client_id: str, user_id: str) -> Row | None:
        return self._database.row("SELECT * FROM consent WHERE client_id = ? AND user_id = ?", (client_id, user_id))


def _invalid_grant(description: str) -> TokenRefused:
    return TokenRefused(400, {"error": "invalid_grant", "error_description": description})


def _is_loopback(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK_HOSTS
