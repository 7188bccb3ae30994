"""Subscriptions to webhooks, those of the calling app."""

from .projection import Projection

WEBHOOKS = {
    "webhooks/WebhookSubscriptions": Projection(
        source=(
            "webhook_subscription t JOIN client c ON c.id = t.client_id"
            " LEFT JOIN user creator ON creator.id = t.creator"
        ),
        scope="t.division = :division AND t.client_id = :client",
        columns={
            "ID": "t.id",
            "CallbackURL": "t.callback_url",
            "ClientID": "c.guid",
            "Created": "t.created",
            "Creator": "t.creator",
            "CreatorFullName": "creator.full_name",
            "Description": "c.name",
            "Division": "t.division",
            "IsInstant": "0",
            "Topic": "t.topic",
            "UserID": "t.user_id",
        },
    )
}
