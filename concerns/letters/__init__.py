"""Letters: made, and sent."""
