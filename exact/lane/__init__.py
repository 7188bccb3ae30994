"""The lane: one division's postings, one after the other, each in the books once."""
