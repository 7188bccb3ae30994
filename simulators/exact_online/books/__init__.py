"""Double-entry bookkeeping of its own: a document comes in, a balanced entry of ledger lines stands in the books."""
