"""`webhooks/WebhookSubscriptions` (rules 9): per app and company, one of each topic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.exact_online.bodies import read_properties
from simulators.exact_online.books.company import Company
from simulators.exact_online.database import Database
from simulators.exact_online.edm import Resource
from simulators.exact_online.errors import Refused
from simulators.exact_online.identifiers import Identifiers
from simulators.exact_online.messages import Problem, problem
from simulators.exact_online.oauth.grants import Caller
from simulators.exact_online.webhooks import callback, topics
from simulators.exact_online.webhooks.outbox import Outbox

from .writer import Writer

TERMS = {"CallbackURL": "callback_url", "Topic": "topic"}


@dataclass(frozen=True, slots=True)
class SubscriptionWriter(Writer):
    """Writes subscriptions for one caller. The program stands still while a subscriber is checked: a second at most."""

    database: Database
    identifiers: Identifiers
    outbox: Outbox
    company: Company
    resource: Resource
    caller: Caller
    base: str

    def create(self, body: dict[str, Any]) -> str:
        """A new subscription, once its address has answered the empty POST."""
        properties = read_properties(self.resource, body, "POST", self.company.body_rules)
        self._check(properties, own_id=None)
        row_id = self.identifiers.guid()
        with self.database.transaction():
            self.database.insert(
                "webhook_subscription",
                {
                    "id": row_id,
                    "division": self.company.division,
                    "client_id": self.caller.client_id,
                    "topic": properties["Topic"],
                    "callback_url": properties["CallbackURL"],
                    "base": self.base,
                    "user_id": properties.get("UserID") or self.caller.user_id,
                    "created": self.company.now,
                    "creator": self.caller.user_id,
                },
            )
        return row_id

    def change(self, row_id: str, body: dict[str, Any]) -> None:
        """Refused, as callers report it, although the reference has a PUT; or read otherwise."""
        properties = read_properties(self.resource, body, "PUT", self.company.body_rules)
        if self.outbox.readings.webhook_put == "refused":
            raise Refused([problem("not_allowed", "subscription")])
        row = self.database.row_where("webhook_subscription", self.company.division, "id", row_id)
        assert row is not None
        wanted = {"CallbackURL": row["callback_url"], "Topic": row["topic"], **properties}
        self._check(wanted, own_id=row_id)
        with self.database.transaction():
            changed = {"callback_url": wanted["CallbackURL"], "topic": wanted["Topic"]}
            self.database.update("webhook_subscription", row_id, changed)

    def delete(self, row_id: str) -> None:
        """No more events, also none of those that wait."""
        with self.database.transaction():
            self.database.delete("webhook_subscription", row_id)
        self.outbox.drop(row_id)

    def _check(self, properties: Mapping[str, Any], own_id: str | None) -> None:
        problems = [problem("mandatory", term) for name, term in TERMS.items() if not properties.get(name)]
        if not problems:
            problems = self._find_wrong(properties["Topic"], properties["CallbackURL"], own_id)
        if problems:
            raise Refused(problems)
        failure = callback.check(properties["CallbackURL"])
        if failure is not None:
            raise Refused([problem("callback_failed", value=failure)])

    def _find_wrong(self, topic: str, url: str, own_id: str | None) -> list[Problem]:
        found = []
        if topic not in topics.KNOWN:
            found.append(problem("invalid_reference", "topic"))
        if not callback.is_acceptable(url):
            found.append(problem("invalid", "callback_url"))
        taken = self.database.value(
            "SELECT id FROM webhook_subscription WHERE division = ? AND client_id = ? AND topic = ?",
            (self.company.division, self.caller.client_id, topic),
        )
        if taken is not None and taken != own_id:
            found.append(problem("already_exists", "topic", topic))
        return found
