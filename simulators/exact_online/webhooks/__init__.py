"""Webhooks: who wants to hear of what, and telling them (rules 9)."""
