"""`make demo`: a week of a French restaurant's closings, from the tills into Exact Online's books."""
