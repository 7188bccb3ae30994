"""`make bench`: how fast the service is, beside what the same machine could do at all, measured in the same run."""
