"""POST, PUT and DELETE: bodies to entries, master data, documents and subscriptions."""
