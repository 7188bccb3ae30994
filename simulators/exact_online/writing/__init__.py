"""POST, PUT and DELETE: bodies to entries and to master data."""
