"""An establishment's settings against its company in Exact: what is wrong, and what would mend it."""
