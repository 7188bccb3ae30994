"""Signals by which this room tells others of an event: it may not import them, only they import `exact`."""

from django.dispatch import Signal

# Postings that waited may go on. Sent after commit with `division_id`: the division whose lane has to be woken.
may_go_on = Signal()
