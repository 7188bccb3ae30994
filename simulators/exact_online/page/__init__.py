"""The page at `/`: the books, the latest calls and the faults in force, for people."""
