"""How an establishment's closings are booked: its settings, whose each value is, and what was changed."""
