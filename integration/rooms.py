"""The rooms of the house by name: whoever needs a list takes it from here, so that a new room is in every list."""

# Each is a Django app with models, pages and permissions of its own.
APPS = ("tenants", "booking", "exact", "exports", "on_demand", "concerns", "clyo_ingest")
# Sentences that people read stand in these.
WITH_SENTENCES = (*APPS, "integration")
# All that is the product: what mypy and the import rules look at.
ROOMS = (*WITH_SENTENCES, "ledger", "postgres", "simulators", "tools")
