"""The names of the rooms. All lists of rooms come from here, so that a new room is in every one."""

# Each is a Django app with models, pages and permissions of its own.
APPS = ("tenants", "booking", "exact", "exports", "on_demand", "concerns", "clyo_ingest", "retention")
# Rooms with sentences that people read: these are translated.
WITH_SENTENCES = (*APPS, "integration")
# All that is the product: what mypy and the import rules look at.
ROOMS = (*WITH_SENTENCES, "ledger", "postgres", "simulators", "tools")
