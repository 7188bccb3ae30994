"""Letters to an address of a person's own: where they may go, how they are signed and sent (docs/webhooks.md)."""
