"""One company of Exact: its master data as last read, and what it would refuse."""
