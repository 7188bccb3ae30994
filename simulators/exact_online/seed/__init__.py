"""What stands in the books before the first call."""
