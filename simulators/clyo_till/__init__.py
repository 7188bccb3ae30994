"""Tills to run the server against: what a good till does, and a week of a restaurant's closings for it to send."""
