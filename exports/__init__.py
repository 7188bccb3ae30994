"""Where a closing goes: to Exact or into a file; what holds it back; progress."""
