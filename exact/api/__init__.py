"""Speaking to Exact Online: tokens, calls and their limits, what an answer means."""
