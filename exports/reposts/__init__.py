"""Sending again, and putting new entries in the place of old ones."""
