"""What this room tells others: its own callers may not know them (imports run towards `exact`, never out of it)."""

from django.dispatch import Signal

# Something that waited may go on: sent after commit with `division_id`, the division whose lane should look.
may_go_on = Signal()
