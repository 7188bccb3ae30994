"""Which closings cover the same sales, which of them counts, and what no closing covers."""
