"""The lane: sending one division's postings, one after the other, each into the books once."""
